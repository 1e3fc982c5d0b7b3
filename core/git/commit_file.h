// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"

namespace sigstore::git {

struct FileToCommit {
  std::string name;  // at the top of the tree
  ByteView content;
  std::string message;
};

// A new commit on top of `parent` that adds or replaces one top-level file,
// by the user's identity. Only objects are written: no ref, index or work
// tree changes. `io` with git's words, for instance when no identity is set.
Result<CommitId> commit_file(const Git& git, ObjectReader& objects,
                             const CommitId& parent, const FileToCommit& file);

// Moves the local branch from `before` to its child `after`. If the branch is
// checked out here, index and work tree go along. On an error nothing has
// moved.
Result<void> advance_branch(const Git& git, const std::string& branch,
                            const CommitId& before, const CommitId& after);

}  // namespace sigstore::git
