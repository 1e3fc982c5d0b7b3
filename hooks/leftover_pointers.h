// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/app/terminal.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// The tracked files of the work tree that are git-lfs pointers on disk: their
// content was never fetched. None in a bare repository.
Result<std::vector<std::string>> find_leftover_pointers(const git::Git& git);

// One line about them, unless the user asked for pointers
// (GIT_LFS_SKIP_SMUDGE).
Result<void> warn_of_pointers(const git::Git& git, const Terminal& terminal);

}  // namespace sigstore
