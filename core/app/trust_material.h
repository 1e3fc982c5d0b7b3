// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/app/settings.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/trust/trusted_root.h"

namespace sigstore {

// The trusted root that verifications use, and where it is from.
struct TrustMaterial {
  TrustedRoot root;
  std::string origin;  // a file's path, or the package it was taken from
  // When the copy that this program carries was taken; nothing for a file of
  // the user's, whose age is the user's business.
  std::optional<Timestamp> taken;
  // Why it is too old to be believed, by `now`; empty when it is not.
  std::string stale;
};

// `file`, or the production root of the public good instance that is built
// in. stale_trust is the caller's answer to `stale` where the policy is
// strict.
Result<TrustMaterial> load_trust_material(const std::string& file,
                                          Timestamp now);

// The trusted root for this signature by the user's settings, or nothing when
// it is of a kind that needs none. stale_trust under sigstore.mode=require.
Result<std::optional<TrustMaterial>> find_trusted_root(ByteView signature,
                                                       const Settings& settings,
                                                       Timestamp now);

}  // namespace sigstore
