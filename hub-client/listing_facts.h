// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/app/state_check.h"
#include "hub-client/hub/listing.h"
#include "hub-client/listing_content.h"

namespace sigstore::hub {

// A state of a repository as the Hub lists it: what its signature can be
// compared with before any of its files is here. Modes of files and the tree
// that git knows are not listed, so of what a signature is bound to only the
// repository and the digests of files count.
class ListingFacts final : public StateFacts {
 public:
  // All three live longer than this object.
  ListingFacts(const Listing& listing, const CommitQuestion& question,
               const Settings& settings)
      : listing_(listing), question_(question), settings_(settings) {}

  Result<std::optional<Binding>> actual_state() override {
    return std::optional<Binding>();
  }
  Result<CheckedContent> check_content(const ModelSignature& model,
                                       const VerifyRequest& request,
                                       Trace& trace) override;
  Result<Ancestry> ancestry(const LastVerified& last) override;

  // After check_content() succeeded: what was signed, for whoever compares the
  // bytes.
  const std::optional<SignedManifest>& signed_manifest() const {
    return signed_manifest_;
  }

 private:
  Result<void> check_state(const SignedManifest& manifest,
                           std::vector<std::string>& notes) const;

  const Listing& listing_;
  const CommitQuestion& question_;
  const Settings& settings_;
  std::optional<SignedManifest> signed_manifest_;
};

// The digest that a signature is bound to of a file that OMS leaves out:
// .gitattributes or .gitignore at the top.
std::optional<Sha256Digest> bound_digest(const SignedManifest& manifest,
                                         std::string_view path);

}  // namespace sigstore::hub
