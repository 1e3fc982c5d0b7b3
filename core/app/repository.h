// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/object_reader.h"

namespace sigstore {

// A local repository and the objects it can read: its own, and those of a
// quarantine in front of them.
struct Repository {
  git::Git git;
  std::unique_ptr<git::ObjectReader> objects;
  // Where git-lfs finds objects: a remote's name or URL; "" for its own
  // choice, and nothing is uploaded.
  std::string remote = {};
};

// `quarantine` is an object folder, or "". The objects are read in this
// process where libgit2 can, else through `git cat-file`.
Result<Repository> open_repository(const git::Git& git,
                                   const std::string& quarantine,
                                   const std::string& remote = "");

}  // namespace sigstore
