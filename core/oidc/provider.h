// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/http/client.h"
#include "core/oidc/identity_token.h"

namespace sigstore {

// Who we are to an identity provider of Sigstore's, and what we ask for
// (sigstore.md 4.2): a client without a secret.
inline constexpr std::string_view kClientId = "sigstore";
inline constexpr std::string_view kLoginScope = "openid email";

// Where an identity provider is asked.
struct Provider {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string device_endpoint;  // "": it has none
};

// The provider's discovery document (OpenID Connect Discovery 1.0, 4): it must
// be about this issuer, and all in it https or on this machine.
Result<Provider> discover(http::Client& client, const std::string& issuer);

// A POST of a form to one of its endpoints. Never sent twice: codes serve once.
http::Request form_request(const std::string& url, const std::string& form);

// What a token endpoint said: its identity token, for `sigstore` ... or why
// there is none. `error` (RFC 6749 5.2) is for the caller to decide on.
struct TokenAnswer {
  std::string error;        // "": there is a token
  std::string description;  // fit for one line
  std::string token = {};   // a secret
};
Result<TokenAnswer> read_token_answer(const http::Response& answer);

// Parses and checks what was given: a token for Sigstore.
Result<IdentityToken> accept_token(const TokenAnswer& answer);

// unauthorized: "the login failed: access_denied (...)".
Error login_failed(std::string_view error, std::string_view description);

// What nobody can guess, for one login: RFC 7636 4.1 (43 characters), RFC
// 6749 10.12, OpenID Connect Core 3.1.2.1.
struct LoginSecrets {
  std::string verifier;
  std::string state;
  std::string nonce;
  static Result<LoginSecrets> make();
  // RFC 7636 4.2, S256.
  std::string challenge() const;
};

}  // namespace sigstore
