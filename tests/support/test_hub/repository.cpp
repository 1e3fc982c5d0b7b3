// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/repository.h"

namespace test_hub {
namespace {

constexpr size_t kMaxPartLength = 200;

bool is_safe_part(std::string_view part) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !part.empty() && part.size() <= kMaxPartLength &&
         part.front() != '.' &&
         part.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace

std::optional<Repository> parse_repository(std::string_view org,
                                           std::string_view name) {
  if (name.ends_with(".git")) name.remove_suffix(4);
  if (!is_safe_part(org) || !is_safe_part(name)) return std::nullopt;
  return Repository{std::string(org), std::string(name)};
}

bool is_oid(std::string_view text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace test_hub
