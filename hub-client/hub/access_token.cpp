// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/access_token.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "core/crypto/private_key.h"

namespace sigstore::hub {

Result<AccessToken> AccessToken::parse(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return AccessToken();
  text = text.substr(first, text.find_last_not_of(kBlank) - first + 1);
  if (text.size() > limits::kIdentityToken)
    return fail(ErrorKind::invalid_input, "the token is too long");
  if (!std::all_of(text.begin(), text.end(),
                   [](char c) { return c > ' ' && c < 0x7F; }))
    return fail(ErrorKind::invalid_input,
                "the token has blanks or control characters");
  AccessToken token;
  token.secret_ = to_bytes(text);
  return token;
}

AccessToken& AccessToken::operator=(const AccessToken& other) {
  if (this != &other) {
    wipe(secret_);
    secret_ = other.secret_;
  }
  return *this;
}

AccessToken& AccessToken::operator=(AccessToken&& other) noexcept {
  std::swap(secret_, other.secret_);
  return *this;
}

AccessToken::~AccessToken() { wipe(secret_); }

http::Header AccessToken::authorization() const {
  return {"Authorization", concat("Bearer ", reveal_secret())};
}

}  // namespace sigstore::hub
