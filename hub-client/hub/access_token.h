// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/http/message.h"

namespace sigstore::hub {

// A token of the Hub: whoever holds it acts in its owner's name. Cannot be
// printed; wiped when it goes out of scope. Endpoint::may_see_token() says
// where it may go.
class AccessToken {
 public:
  AccessToken() = default;  // none: requests go out in nobody's name
  // Line breaks and blanks around it are left out, as huggingface_hub does;
  // nothing else is none. invalid_input, which shows nothing of the text, for
  // one that no header can hold.
  static Result<AccessToken> parse(std::string_view text);

  AccessToken(const AccessToken&) = default;
  AccessToken(AccessToken&&) noexcept = default;
  AccessToken& operator=(const AccessToken& other);
  AccessToken& operator=(AccessToken&& other) noexcept;
  ~AccessToken();

  bool empty() const { return secret_.empty(); }
  // The one way to the token.
  std::string_view reveal_secret() const { return as_text(secret_); }
  // "Authorization: Bearer ..."; needs a token.
  http::Header authorization() const;

 private:
  Bytes secret_;
};

}  // namespace sigstore::hub
