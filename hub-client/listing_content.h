// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/manifest/content.h"
#include "core/manifest/manifest.h"
#include "hub-client/hub/listing.h"

namespace sigstore::hub {

// Names that every file system keeps as they are, and takes for different
// files: what check_tree_name asks of each part, and no two that differ in
// case or composition alone. unsafe_tree naming the path.
Result<void> check_listing_names(const Listing& listing);

// What a signature lists, by file.
class SignedFiles {
 public:
  explicit SignedFiles(const Manifest& manifest);  // which lives longer

  // The resources of this file: one, or its shards in order; none when it is
  // not listed.
  std::vector<Resource> find(std::string_view path) const;

 private:
  const Manifest& manifest_;
  // Of the first resource, and one behind the last.
  std::unordered_map<std::string_view, std::pair<std::size_t, std::size_t>>
      ranges_;
};

// A model as the Hub lists it. The digests of files that git-lfs keeps are in
// the listing, and compared if they are of the signature's kind. What the
// listing cannot tell (plain files, shards, other hashes) is taken to be what
// the signature lists: who downloads compares those bytes as they come.
class ListingContent final : public Content {
 public:
  // Both live longer than this object.
  ListingContent(const Listing& listing, const SignedFiles& expected)
      : listing_(listing), expected_(expected) {}

  Result<Manifest> manifest(const Parameters& parameters,
                            const Selection& selection) override;

 private:
  const Listing& listing_;
  const SignedFiles& expected_;
};

}  // namespace sigstore::hub
