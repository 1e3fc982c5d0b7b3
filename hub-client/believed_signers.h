// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/app/settings.h"
#include "core/app/trust_material.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/policy/signer_rule.h"
#include "hub-client/signer_options.h"

namespace sigstore::hub {

// Everybody who may have signed a repository; a request refers to it.
struct BelievedSigners {
  ExpectedSigners named;  // by options; nobody else counts then
  std::vector<PublicKey> keys;
  std::vector<SignerRule> identities;
  std::optional<TrustMaterial> trust;

  void put_into(VerifyRequest& request) const;
  // Why the root that they rest on is too old; "" when it is not.
  std::string stale() const;
};

// Those whom `options` name, else whom the user's configuration and memory
// name for this repository, as for a pull.
Result<BelievedSigners> find_believed(const SignerOptions& options,
                                      const Settings& settings,
                                      const RepoId& id, Timestamp now);

}  // namespace sigstore::hub
