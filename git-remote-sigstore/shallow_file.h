// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// The list of commits where a repository's history was cut off (gitformat
// "shallow"). `git fetch-pack` rewrites it before anybody could judge what
// came; a refusal puts it back.
class ShallowFile {
 public:
  // As it is now; "" when the repository is complete.
  static Result<ShallowFile> read(const git::Git& git);

  bool is_empty() const { return content_.empty(); }
  // Leaves a copy in `folder`, for the run after one that was killed.
  Result<void> save(const std::filesystem::path& folder) const;
  // Under git's own lock. Nothing to do when it did not change.
  Result<void> restore() const;

  // Puts back what save() left in `folder`, if anything, and forgets it.
  static Result<void> restore_saved(const git::Git& git,
                                    const std::filesystem::path& folder);
  static Result<void> forget_saved(const std::filesystem::path& folder);

 private:
  ShallowFile(std::filesystem::path path, Bytes content)
      : path_(std::move(path)), content_(std::move(content)) {}
  std::filesystem::path path_;
  Bytes content_;
};

}  // namespace sigstore
