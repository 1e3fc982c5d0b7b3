// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "hub-client/store/partials.h"
#include "hub-client/store/root_folder.h"
#include "hub-client/store/store.h"

namespace sigstore::hub {

// A folder of the user's (--local-dir) that files are pulled into, with the
// records that huggingface_hub keeps there (_local_folder.py):
//
//   <path>                                       the file itself, never a link
//   .cache/huggingface/.gitignore                "*"
//   .cache/huggingface/CACHEDIR.TAG
//   .cache/huggingface/trees/<commit>.json       listing_file.h
//   .cache/huggingface/download/<path>.metadata  commit, etag, time; a line
//   each
//
// A name that some file system takes for one of git's, for another of the
// listing's or for one of these records is unsafe_tree. Nothing is written
// through a symbolic link, nor in the place of one.
class LocalFolder final : public Store {
 public:
  static Result<std::unique_ptr<LocalFolder>> make(
      const std::filesystem::path& folder);
  // Makes nothing. not_found when there is no such folder.
  static Result<std::unique_ptr<LocalFolder>> open(
      const std::filesystem::path& folder);

  Result<void> lock(int seconds) override;
  std::optional<std::filesystem::path> find(const git::CommitId& commit,
                                            const ListedFile& file) override;
  std::vector<std::filesystem::path> roots() const override {
    return {root_.path()};
  }
  Result<std::filesystem::path> partial_path(const ListedFile& file) override;
  Result<std::filesystem::path> place(
      const git::CommitId& commit, const ListedFile& file,
      const std::filesystem::path& partial) override;
  Result<std::filesystem::path> adopt(const git::CommitId& commit,
                                      const ListedFile& file) override;
  // Files of a folder are the user's, who may change one of them.
  Result<bool> share(const git::CommitId&, const ListedFile&) override {
    return false;
  }
  Result<void> finish(std::string_view revision,
                      const Listing& listing) override;
  std::filesystem::path folder(const git::CommitId&) const override {
    return root_.path();
  }
  // A folder knows commits alone.
  Result<git::CommitId> read_ref(std::string_view revision) override;
  Result<std::optional<Listing>> read_listing(
      const git::CommitId& commit) override;

 private:
  explicit LocalFolder(RootFolder root)
      : root_(std::move(root)), partials_(root_) {}

  Result<void> admit(const ListedFile& file);
  Result<void> note(const git::CommitId& commit, const ListedFile& file);

  RootFolder root_;
  Partials partials_;
  std::optional<FileDescriptor> lock_;
  unsigned file_mode_ = 0644;
  std::int64_t now_ns_ = 0;  // by the clock of the file system
  // Paths and folders above them, by what file systems may take them for.
  std::map<std::string, std::string> names_;
};

}  // namespace sigstore::hub
