// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/manifest/manifest.h"
#include "hub-client/bundle_claims.h"
#include "hub-client/hub/hub.h"

namespace sigstore::hub {

// The files of a commit as the Hub lists them, for bundles that say that they
// are about them. Signatures and attestations are no part of the model. Of
// what is in LFS the Hub's digests count; plain files are fetched when the
// first bundle asks for it, and hashed.
class ModelState {
 public:
  // Both live longer than this object.
  ModelState(Hub& hub, const RepoName& repo, Listing listing)
      : hub_(hub), repo_(repo), listing_(std::move(listing)) {}

  const Listing& listing() const { return listing_; }

  // Which part of it: "all 12 files", "model.safetensors", "commit 3f2a91c".
  // content_differs when it is about something else; another kind of error
  // when the listing cannot tell.
  Result<std::string> covered_by(const Bundle& bundle,
                                 const BundleClaims& claims);

 private:
  Result<const Manifest*> manifest();
  Result<std::string> covered_by_model(const Bundle& bundle);
  Result<std::string> covered_by_subjects(const BundleClaims& claims);
  // The whole model as its model.sig lists it, which may leave files out;
  // nothing where there is none that fits.
  Result<std::optional<std::string>> listed_root();

  Hub& hub_;
  const RepoName& repo_;
  Listing listing_;
  std::optional<Result<Manifest>> manifest_;
};

}  // namespace sigstore::hub
