// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace sigstore {

// Whom identity tokens for Sigstore are for.
inline constexpr std::string_view kSigstoreAudience = "sigstore";

// An OpenID Connect identity token (a JWT, RFC 7519): whoever holds it can
// sign in its owner's name until it expires. Not printable; wiped when it
// goes out of scope. Its signature is the certificate authority's to check,
// its claims are here to say early what would be refused.
class IdentityToken {
 public:
  // White space around it is left out, as files have it. invalid_input, which
  // shows nothing of the text, for what is not a token.
  static Result<IdentityToken> parse(std::string_view text);

  IdentityToken(IdentityToken&& other) noexcept = default;
  IdentityToken& operator=(IdentityToken&&) = delete;
  ~IdentityToken();

  // The one way to the token.
  std::string_view reveal_secret() const { return as_text(secret_); }

  const std::string& issuer() const { return issuer_; }    // iss, a URL
  const std::string& subject() const { return subject_; }  // sub
  const std::string& email() const { return email_; }      // "": not verified
  // Whom Dex asked (federated_claims.connector_id), a URL; "": nobody.
  const std::string& federated_issuer() const { return federated_issuer_; }
  const std::string& nonce() const { return nonce_; }  // "": none
  Timestamp expires() const { return expires_; }
  // Who will stand in the certificate, as far as the token says: the verified
  // e-mail address, else the subject. Fulcio's challenge claim (sigstore.md
  // 4.5) is the same.
  const std::string& identity() const {
    return email_.empty() ? subject_ : email_;
  }

  // Does a text, say of a service's answer, hold the token or the beginning of
  // one of its parts?
  bool is_in(std::string_view text) const;

  // `unauthorized` when it is for somebody else than `audience`, has expired
  // at `now`, or is not valid yet; five seconds of difference between clocks
  // are nothing.
  Result<void> check(std::string_view audience, Timestamp now) const;

 private:
  IdentityToken() = default;
  Result<void> read_claims(std::string_view payload);

  Bytes secret_;
  std::string issuer_;
  std::string subject_;
  std::string email_;
  std::string federated_issuer_;
  std::string nonce_;
  std::vector<std::string> audiences_;
  Timestamp expires_;
  Timestamp not_before_;  // 0: from ever
};

}  // namespace sigstore
