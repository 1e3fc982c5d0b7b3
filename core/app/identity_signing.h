// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/app/terminal.h"
#include "core/app/token_source.h"
#include "core/app/trust_material.h"
#include "core/base/result.h"
#include "core/http/client.h"
#include "core/policy/signer_rule.h"
#include "core/sign/identity_signer.h"

namespace sigstore {

// How the user wants to sign with an identity.
struct IdentityOptions {
  std::string token_file;
  // From a command line that another tool's protocol fixes.
  std::string token = {};
  std::string trusted_root = {};    // a file
  std::string signing_config = {};  // a file
  std::string trust_config = {};    // a file of both, in their place
  // What was fetched of the instance with this URL; "": of the public one, or
  // what is built in.
  std::string instance = {};
  // Who signs is asked before anything is signed: a login is made at once, and
  // not after an hour of hashing.
  bool needs_name = false;
};

// Does the user say where the token is? Else we ask for one.
bool has_given_token(const IdentityOptions& options);

// Signing with an identity, ready: services, trusted root and a token that is
// valid now, which are looked at before a model is hashed for an hour.
class IdentitySession {
 public:
  // The token is that of the options, or the next one of core/app/token_source;
  // a login waits until a certificate is needed. not_found when there is none.
  // The terminal lives longer.
  static Result<std::unique_ptr<IdentitySession>> open(
      const IdentityOptions& options, const Terminal& terminal);

  IdentitySigner& signer() { return *signer_; }
  // Who signs here: as the certificate says, or before there is one as it may
  // say, by the token.
  std::vector<SignerRule> own() const;

 private:
  IdentitySession() = default;
  Result<IdentityToken> token();
  Result<void> learn_name();

  std::unique_ptr<http::Client> network_;
  std::unique_ptr<http::Client> client_;
  TrustMaterial trust_;
  std::optional<TokenSource> tokens_;
  std::optional<IdentityToken> login_;  // not used yet
  std::vector<SignerRule> expected_;
  std::unique_ptr<IdentitySigner> signer_;
};

}  // namespace sigstore
