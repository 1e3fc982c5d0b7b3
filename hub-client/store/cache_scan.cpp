// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/cache_scan.h"

#include <string>
#include <utility>

#include "hub-client/store/root_folder.h"
#include "hub-client/store/store.h"

namespace sigstore::hub {

std::optional<RepoName> parse_repo_folder(std::string_view name) {
  constexpr std::string_view kSeparator = "--";
  const std::size_t end = name.find(kSeparator);
  if (end == name.npos || !name.substr(0, end).ends_with('s'))
    return std::nullopt;
  const Result<RepoType> type = parse_type(name.substr(0, end - 1));
  if (!type.ok()) return std::nullopt;
  std::string id(name.substr(end + kSeparator.size()));
  const std::size_t separator = id.find(kSeparator);
  if (separator != id.npos) id.replace(separator, kSeparator.size(), "/");
  Result<RepoName> repo = RepoName::make(*type, id);
  if (!repo.ok()) return std::nullopt;
  return std::move(*repo);
}

Result<std::vector<CachedRepo>> scan_cache(const std::filesystem::path& cache) {
  std::vector<CachedRepo> repos;
  const Result<RootFolder> root = RootFolder::open(cache);
  if (!root.ok() && root.error().kind == ErrorKind::not_found) return repos;
  if (!root.ok()) return root.error();
  TRY_ASSIGN(const std::vector<std::string> names, root->list(""));
  for (const std::string& name : names) {
    const std::optional<RepoName> repo = parse_repo_folder(name);
    std::error_code error;
    // The folder itself may be a link, to another disk.
    if (!repo || !std::filesystem::is_directory(root->at(name), error))
      continue;
    TRY_ASSIGN(const RootFolder folder, RootFolder::open(root->at(name)));
    TRY_ASSIGN(const std::vector<std::string> snapshots,
               folder.list("snapshots"));
    CachedRepo found{*repo, {}};
    for (const std::string& snapshot : snapshots)
      if (const auto commit = parse_commit(snapshot))
        found.snapshots.push_back(*commit);
    repos.push_back(std::move(found));
  }
  return repos;
}

}  // namespace sigstore::hub
