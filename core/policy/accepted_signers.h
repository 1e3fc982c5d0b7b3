// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/crypto/public_key.h"
#include "core/policy/trust_store.h"

namespace sigstore {

// Whose signatures count for a repository; any of them is enough.
struct AcceptedSigners {
  std::vector<TrustedSigner> signers;
  // Nobody is known for this repository yet: of these keys that the user
  // believes in general, the first one that is seen becomes the only one.
  bool first_use = false;

  std::vector<PublicKey> keys() const;
  std::vector<SignerRule> identities() const;
};

// `keyring` is what the user's configuration names. With `strict`
// (sigstore.mode=require) it counts as it stands, beside the keys that the
// user added by hand, and a key that was only seen first does not. Otherwise
// keys that are known for the repository are the only ones, so that another
// one of the keyring cannot take over, and the keyring is for repositories of
// which no key is known.
AcceptedSigners accepted_signers(const RepositoryTrust& trust,
                                 const std::vector<TrustedSigner>& keyring,
                                 bool strict);

}  // namespace sigstore
