// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "core/http/message.h"
#include "core/oidc/identity_token.h"
#include "core/oidc/provider.h"

namespace sigstore {

// A login in the browser (RFC 6749 4.1 with PKCE, RFC 8252 7.3; sigstore.md
// 4.3). Pure: the caller opens the browser, listens for it to come back, and
// sends.
class BrowserLogin {
 public:
  static constexpr std::string_view kPath = "/auth/callback";

  BrowserLogin(Provider provider, std::string redirect_uri,
               LoginSecrets secrets)
      : provider_(std::move(provider)),
        redirect_uri_(std::move(redirect_uri)),
        secrets_(std::move(secrets)) {}

  // Where the browser goes.
  std::string authorization_url() const;

  // What it came back with, as the request for the token. Whether it is the
  // answer to this login is asked before anything else of it is looked at
  // (CVE-2026-24408); then whether it is a refusal.
  Result<http::Request> token_request(std::string_view query) const;

  // The token in the answer, if it was made for this login.
  Result<IdentityToken> read_token(const http::Response& answer) const;

 private:
  Provider provider_;
  std::string redirect_uri_;
  LoginSecrets secrets_;
};

// The page that the browser ends at; `text` may be anybody's.
std::string login_page(std::string_view title, std::string_view text);

}  // namespace sigstore
