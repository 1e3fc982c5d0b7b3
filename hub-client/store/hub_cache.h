// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hub-client/hub/repo_name.h"
#include "hub-client/store/partials.h"
#include "hub-client/store/root_folder.h"
#include "hub-client/store/store.h"

namespace sigstore::hub {

struct CacheOptions {
  std::filesystem::path folder;  // HF_HUB_CACHE
  bool no_symlinks = false;      // HF_HUB_DISABLE_SYMLINKS
};

// One repository in the cache that huggingface_hub and its relatives share:
//
//   CACHEDIR.TAG
//   .locks/models--org--name/<etag>.lock
//   models--org--name/
//     blobs/<etag>                   the content, or a link to a shared blob
//     refs/<revision>                40 digits, no newline; "/" nests
//     snapshots/<commit>/<path>      link to ../../blobs/<etag>
//     .no_exist/<commit>/<path>      empty: the Hub has no such file
//     trees/<commit>.json            listing_file.h
//   blobs/<2 hex>/<Xet hash>         shared blobs (huggingface_hub 2.x), which
//                                    are read here, and not made
//
// Where links cannot be made the file itself is in the snapshot. A blob's name
// is no evidence of its content: huggingface_hub looks at the size alone.
class HubCache final : public Store {
 public:
  // Makes the folders. A cache that may only be read is opened if it is
  // there.
  static Result<std::unique_ptr<HubCache>> make(const CacheOptions& options,
                                                const RepoName& repo);
  // Makes nothing. not_found when the repository is not in the cache.
  static Result<std::unique_ptr<HubCache>> open(const CacheOptions& options,
                                                const RepoName& repo);

  Result<void> lock(int seconds) override;
  std::optional<std::filesystem::path> find(const git::CommitId& commit,
                                            const ListedFile& file) override;
  std::vector<std::filesystem::path> roots() const override {
    return {repo_.path(), cache_.path()};
  }
  Result<std::filesystem::path> partial_path(const ListedFile& file) override;
  Result<std::filesystem::path> place(
      const git::CommitId& commit, const ListedFile& file,
      const std::filesystem::path& partial) override;
  Result<std::filesystem::path> adopt(const git::CommitId& commit,
                                      const ListedFile& file) override;
  Result<bool> share(const git::CommitId& commit,
                     const ListedFile& file) override;
  // In a cache that may only be read, what cannot be written is left out when
  // the snapshot is there (huggingface_hub does the same).
  Result<void> finish(std::string_view revision,
                      const Listing& listing) override;
  std::filesystem::path folder(const git::CommitId& commit) const override;
  Result<git::CommitId> read_ref(std::string_view revision) override;
  Result<std::optional<Listing>> read_listing(
      const git::CommitId& commit) override;

  // The Hub has no file of this name: others need not ask.
  Result<void> note_missing(const git::CommitId& commit, std::string_view path);

  const RootFolder& cache_folder() const { return cache_; }
  const RootFolder& repo_folder() const { return repo_; }

 private:
  // What this file system gives and takes.
  struct Manners {
    bool writable = true;
    bool has_links = true;
    unsigned file_mode = 0644;
    std::int64_t now_ns = 0;  // by the clock of the file system
  };
  static Result<Manners> probe(const RootFolder& cache);

  HubCache(RootFolder cache, RootFolder repo, std::string name, bool no_links)
      : cache_(std::move(cache)),
        repo_(std::move(repo)),
        name_(std::move(name)),
        no_links_(no_links),
        partials_(repo_) {}

  std::optional<std::filesystem::path> find_blob(const std::string& etag) const;
  Result<void> point(const std::string& snapshot, const std::string& blob);
  Result<void> write_ref(const std::string& revision, const std::string& hex);
  // Held for the time of one place(); "" when it cannot be had.
  std::optional<FileDescriptor> lock_blob(const std::string& etag) const;

  RootFolder cache_;
  RootFolder repo_;
  std::string name_;  // models--org--name
  bool no_links_;
  Manners manners_;
  Partials partials_;
  std::optional<FileDescriptor> lock_;
};

// May a blob have this name? Letters, digits, "-", "_" and "." only, and none
// of the names that mean something: unsafe_tree otherwise.
Result<void> check_etag(std::string_view etag);

// Where a link at blobs/<etag> leads when it is one to a shared blob, below
// the cache's folder; nothing for any other link (utils/_shared_blobs.py).
std::optional<std::string> shared_blob_path(std::string_view target);

// May a revision be a path below refs/? unsafe_tree otherwise.
Result<void> check_revision(std::string_view revision);

}  // namespace sigstore::hub
