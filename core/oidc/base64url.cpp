// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/base64url.h"

#include <algorithm>

#include "core/base/encoding.h"

namespace sigstore {

std::string to_base64url(ByteView bytes) {
  std::string text = to_base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

Result<Bytes> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos)
    return fail(ErrorKind::invalid_input,
                "base64url: character outside the alphabet");
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  standard.append((4 - standard.size() % 4) % 4, '=');
  return from_base64(standard);
}

}  // namespace sigstore
