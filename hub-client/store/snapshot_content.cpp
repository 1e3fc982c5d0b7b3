// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/snapshot_content.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "core/base/limits.h"

namespace sigstore::hub {
namespace {

std::string snapshot_path(const git::CommitId& commit,
                          const std::string& path) {
  const std::string folder = "snapshots/" + commit.id.to_hex();
  return path.empty() ? folder : folder + "/" + path;
}

Error leads_out(const std::string& link) {
  return fail(ErrorKind::unsafe_tree, link,
              " is a symbolic link that leads out of the cache's blobs");
}

// The name of the blob that a link in a snapshot is for, by what is written in
// it: clients write the way as they like.
Result<std::string> find_etag(const RootFolder& repo, const std::string& link) {
  TRY_ASSIGN(const std::string target, repo.read_link(link));
  std::error_code error;
  const auto root = std::filesystem::canonical(repo.path(), error);
  if (error) return leads_out(link);
  const auto folder = std::filesystem::weakly_canonical(
      (root / link).parent_path() / std::filesystem::path(target).parent_path(),
      error);
  const std::string etag = std::filesystem::path(target).filename().string();
  if (error || folder != root / "blobs" || !check_etag(etag).ok())
    return leads_out(link);
  return etag;
}

Result<SnapshotFile> follow(const HubCache& cache, const std::string& link) {
  const RootFolder& repo = cache.repo_folder();
  TRY_ASSIGN(const std::string etag, find_etag(repo, link));
  SnapshotFile file{&repo, "blobs/" + etag, etag};
  TRY_ASSIGN(FoundEntry entry, repo.look(file.path));
  if (entry.type == FoundEntry::Type::link) {
    TRY_ASSIGN(const std::string target, repo.read_link(file.path));
    const std::optional<std::string> shared = shared_blob_path(target);
    if (!shared) return leads_out(file.path);
    file.root = &cache.cache_folder();
    file.path = *shared;
    TRY_ASSIGN(entry, file.root->look(*shared));
  }
  if (entry.type == FoundEntry::Type::none)
    return fail(ErrorKind::incomplete, "the blob of ", link, " is not there");
  if (entry.type != FoundEntry::Type::file)
    return fail(ErrorKind::unsafe_tree, file.path, " is no regular file");
  return file;
}

}  // namespace

Result<std::optional<SnapshotFile>> find_in_snapshot(
    const HubCache& cache, const git::CommitId& commit,
    const std::string& path) {
  const RootFolder& repo = cache.repo_folder();
  const std::string full = snapshot_path(commit, path);
  TRY_ASSIGN(const FoundEntry entry, repo.look(full));
  if (entry.type == FoundEntry::Type::none)
    return std::optional<SnapshotFile>();
  if (entry.type == FoundEntry::Type::file)
    return std::optional<SnapshotFile>({&repo, full, ""});
  if (entry.type != FoundEntry::Type::link)
    return fail(ErrorKind::unsafe_tree, full, " is no file");
  TRY_ASSIGN(SnapshotFile file, follow(cache, full));
  return std::optional<SnapshotFile>(std::move(file));
}

SnapshotContent::SnapshotContent(const HubCache& cache,
                                 const git::CommitId& commit,
                                 DirectoryContent::Progress progress)
    : cache_(cache),
      commit_(commit),
      files_(cache.folder(commit), std::move(progress)) {}

Result<void> SnapshotContent::check_links(const std::string& folder,
                                          const Selection& selection,
                                          std::size_t depth) {
  if (depth > limits::kTreeDepth)
    return fail(ErrorKind::unsafe_tree, folder, " is nested too deep");
  const RootFolder& repo = cache_.repo_folder();
  const std::string full = snapshot_path(commit_, folder);
  TRY_ASSIGN(const std::vector<std::string> names, repo.list(full));
  for (const std::string& name : names) {
    const std::string path = folder.empty() ? name : folder + "/" + name;
    const bool is_file = selection.has_file(path);
    const bool has_files = selection.has_folder(path);
    if (!is_file && !has_files) continue;
    TRY_ASSIGN(const FoundEntry entry, repo.look(full + "/" + name));
    if (entry.type == FoundEntry::Type::folder && has_files)
      TRY(check_links(path, selection, depth + 1));
    if (entry.type == FoundEntry::Type::link && is_file)
      TRY(follow(cache_, full + "/" + name));
  }
  return {};
}

Result<Manifest> SnapshotContent::manifest(const Parameters& parameters,
                                           const Selection& selection) {
  TRY(check_links("", selection, 0));
  Parameters with_links = parameters;
  with_links.allow_symlinks = true;
  TRY_ASSIGN(last_, files_.manifest(with_links, selection));
  last_.parameters = parameters;
  return last_;
}

}  // namespace sigstore::hub
