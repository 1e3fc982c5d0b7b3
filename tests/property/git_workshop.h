// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"
#include "tests/property/generated_case.h"

namespace sigstore {

// A commit in a repository on disk.
struct MadeCommit {
  std::string repository;
  std::string branch;
  git::CommitId commit;
};

// A folder with a HOME of its own, where the real git and git-lfs work. The
// environment of this process is changed: make only one.
class GitWorkshop {
 public:
  // Needs an empty folder.
  static Result<GitWorkshop> open(std::filesystem::path folder);

  // What git-lfs made of some files when they were added.
  const std::vector<StoredFile>& stored() const { return stored_; }

  // For each case, in this order. Its user's settings count from the first.
  Result<void> use_settings(const GeneratedCase& generated,
                            const std::string& name);
  Result<MadeCommit> make(const GeneratedCase& generated,
                          const std::string& name);
  // A clone of the commit's branch with its LFS files; returns the folder.
  Result<std::filesystem::path> check_out(const MadeCommit& made,
                                          const std::string& name);

  // With the user's settings of the case, in that repository.
  git::Git git_in(const std::string& repository) const {
    return git::Git().in_directory(repository);
  }

 private:
  explicit GitWorkshop(std::filesystem::path folder)
      : folder_(std::move(folder)) {}
  Result<void> fill_store();
  Result<MadeCommit> make_objects(const GeneratedCase& generated,
                                  const std::string& name);
  Result<MadeCommit> make_with_git_add(const GeneratedCase& generated,
                                       const std::string& name);

  std::filesystem::path folder_;
  std::vector<StoredFile> stored_;
};

}  // namespace sigstore
