// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/app/command_line.h"
#include "core/app/identity_signing.h"
#include "core/app/password.h"
#include "core/app/terminal.h"
#include "core/base/result.h"
#include "core/crypto/signing_key.h"
#include "core/sign/statement_signer.h"

namespace sigstore::hub {

// Who is to sign, as it is typed.
struct SigningOptions {
  std::string key;         // a file
  std::string pkcs11_uri;  // a key in a token
  PasswordOptions password;
  std::string signing_certificate;
  std::vector<std::string> certificate_chains;
  IdentityOptions identity;
};
void add_signing_options(CommandLine command, SigningOptions& options);

// Who signed, for people and as members of JSON.
struct Signatory {
  std::string text;
  std::vector<std::pair<std::string, std::string>> members;
};

// Who signs: a key, with or without a certificate, or an identity. Made before
// a model is hashed for an hour.
class ChosenSigner {
 public:
  static Result<ChosenSigner> choose(const SigningOptions& options,
                                     const Terminal& terminal);

  StatementSigner& signer();
  // After it signed.
  Signatory signatory() const;

 private:
  Result<void> add_certificate(const SigningOptions& options);

  std::unique_ptr<SigningKey> key_;
  std::unique_ptr<StatementSigner> signer_;  // by the key
  std::string certificate_;                  // its subject, or ""
  std::unique_ptr<IdentitySession> session_;
};

}  // namespace sigstore::hub
