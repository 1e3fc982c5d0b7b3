// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/app/settings.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/trust/trusted_root.h"
#include "core/verify_model.h"

namespace sigstore {

// The trusted root that verifications use, and where it is from.
struct TrustMaterial {
  TrustedRoot root;
  std::string origin;  // a file's path, or the package it was taken from
  // When the copy that this program carries was taken; nothing for a file of
  // the user's, whose age is the user's business.
  std::optional<Timestamp> taken;
  // The services to sign with, of the same instance, as JSON; empty where it
  // names none, or for a file.
  Bytes signing_config = {};
  // Why it is too old to be believed, by `now`; empty when it is not.
  std::string stale = {};
};

// Which one the user wants: a file or an instance (trust_instance.h), not
// both; neither is the public instance.
struct TrustChoice {
  std::string file = {};
  std::string instance = {};
};

// The file, or what was fetched of the instance, or for the public one that
// was never fetched the copy that is built in. stale_trust is the caller's
// answer to `stale` where the policy is strict.
Result<TrustMaterial> load_trust_material(const TrustChoice& choice,
                                          Timestamp now);

// The root of the staging instance that is built in.
Result<TrustMaterial> load_staging_material(Timestamp now);

// The trusted root by the user's settings, or nothing where only keys count.
// Where nobody is known it serves to say who a certificate names.
Result<std::optional<TrustMaterial>> find_trusted_root(
    const VerifyRequest& request, const Settings& settings);

// Was this signer believed by a root that is too old? stale_trust under
// sigstore.mode=require, a note otherwise. A key needs no root.
Result<void> check_fresh(const TrustMaterial& trusted, const Signer& signer,
                         const Settings& settings,
                         std::vector<std::string>& notes);

}  // namespace sigstore
