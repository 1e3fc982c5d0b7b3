// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/git/ids.h"
#include "hub-client/hub/repo_name.h"

namespace sigstore::hub {

struct CachedRepo {
  RepoName repo;
  std::vector<git::CommitId> snapshots;  // sorted
};

// What the cache holds, sorted by the names of the folders; none where there
// is no cache. What is not called like a repository or a commit is somebody
// else's and left out.
Result<std::vector<CachedRepo>> scan_cache(const std::filesystem::path& cache);

// "datasets--org--data"; RepoName::folder() the other way round.
std::optional<RepoName> parse_repo_folder(std::string_view name);

}  // namespace sigstore::hub
