// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// The hook file reference-transaction of a repository: a script that starts
// git-sigstore-hook. git-lfs and others never use that event, so nothing of
// theirs is in the way; a file that is there goes to
// reference-transaction.before-sigstore, and ours calls it.

// `program` with its path, called by a script named after an event. Where the
// program is gone, the script refuses refs of remotes and says what to do;
// local work goes on.
std::string hook_script(const std::string& program);

// Makes sure of the file in `git_dir`/hooks, and notes the path below
// `data_folder` for the day of `git sigstore uninstall`. `git_dir` may be that
// of a linked work tree.
Result<void> write_hook_file(const std::filesystem::path& git_dir,
                             const std::string& program,
                             const std::filesystem::path& data_folder);

// Removes every noted file that is still ours, and puts back what was there
// before. Returns the paths.
Result<std::vector<std::string>> remove_hook_files(
    const std::filesystem::path& data_folder);

// Has git a reference-transaction hook of ours by configuration, and is it new
// enough (2.54) to run it?
Result<bool> has_configured_hook(const git::Git& git);

// The program `name` beside the one that runs.
Result<std::string> program_beside(const std::string& name);

}  // namespace sigstore
