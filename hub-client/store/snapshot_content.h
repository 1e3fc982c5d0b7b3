// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/git/ids.h"
#include "core/manifest/content.h"
#include "core/manifest/directory_content.h"
#include "hub-client/store/hub_cache.h"

namespace sigstore::hub {

// What a file of a snapshot really is.
struct SnapshotFile {
  const RootFolder* root = nullptr;  // what `path` is below
  std::string path;
  std::string etag;  // the name of its blob; "" for a file without a blob
};

// Nothing when there is no such file. unsafe_tree for a link that leads
// anywhere else than to a blob of this repository, or through one to a shared
// blob of the cache; incomplete for one whose blob is gone.
Result<std::optional<SnapshotFile>> find_in_snapshot(
    const HubCache& cache, const git::CommitId& commit,
    const std::string& path);

// A snapshot in the cache as a model. Its links to blobs are how the cache
// stores files, and count as the files whatever the signer allowed; any other
// link is unsafe_tree.
class SnapshotContent final : public Content {
 public:
  // `cache` lives longer.
  SnapshotContent(const HubCache& cache, const git::CommitId& commit,
                  DirectoryContent::Progress progress = {});

  Result<Manifest> manifest(const Parameters& parameters,
                            const Selection& selection) override;
  // What the last manifest() said.
  const Manifest& last() const { return last_; }

 private:
  Result<void> check_links(const std::string& folder,
                           const Selection& selection, std::size_t depth);

  const HubCache& cache_;
  git::CommitId commit_;
  DirectoryContent files_;
  Manifest last_;
};

}  // namespace sigstore::hub
