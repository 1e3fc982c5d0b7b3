// SPDX-License-Identifier: Apache-2.0
#include "core/http/message.h"

#include <algorithm>
#include <cctype>

namespace sigstore::http {
namespace {

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) {
                      return std::tolower(x) == std::tolower(y);
                    });
}

}  // namespace

std::string_view Response::header(std::string_view name) const {
  for (const Header& header : headers)
    if (equal_in_any_case(header.name, name)) return header.value;
  return {};
}

}  // namespace sigstore::http
