// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/app/command_line.h"
#include "core/app/trust_material.h"
#include "core/verify_model.h"

namespace sigstore::hub {

// Who may have signed, as it is typed.
struct SignerOptions {
  std::vector<std::string> keys;
  std::vector<std::string> certificate_chains;
  std::string identity;
  std::string identity_pattern;
  std::string issuer;
  std::vector<std::string> claims;  // NAME=VALUE
  std::string trusted_root;
  std::string instance;
};
void add_signer_options(CommandLine command, SignerOptions& options);

// The same as it is checked; `request` refers to it.
struct ExpectedSigners {
  std::vector<PublicKey> keys;
  std::vector<Certificate> roots;
  std::vector<SignerRule> identities;
  std::optional<TrustMaterial> trust;

  bool names_nobody() const {
    return keys.empty() && roots.empty() && identities.empty();
  }
  void put_into(VerifyRequest& request) const;
};
Result<ExpectedSigners> load_signers(const SignerOptions& options,
                                     Timestamp now);

}  // namespace sigstore::hub
