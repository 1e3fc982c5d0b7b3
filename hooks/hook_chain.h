// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "hooks/hook_need.h"

namespace sigstore {

// What else has to run for an event, because our file stands in its place:
// each an argv. `file` is ours, as git called it; "" when git runs the others
// itself (configured hooks, git 2.54).
//
//   * the hook that had our file's name before: <file>.before-sigstore
//   * where a folder of ours is core.hooksPath: the repository's own hook, in
//     its own core.hooksPath (husky) or in its folder hooks/
//   * `git lfs <event>`, unless one of these calls it: a push without it would
//     leave the weights behind
std::vector<std::vector<std::string>> find_chained(const HookCall& call,
                                                   const std::string& file,
                                                   const GitFolders& folders);

// Runs each with the same arguments and stdin; the first that fails ends it
// with its exit code.
Result<int> run_chained(const std::vector<std::vector<std::string>>& chained,
                        const HookCall& call);

// Runs a program with the call's input on its stdin.
Result<int> run_with_input(const std::vector<std::string>& argv,
                           const HookCall& call);

// Did one of our own programs start git, and thereby this hook? `variable`
// holds its process id, which must be one of our ancestors, so that a variable
// that was left in a shell switches nothing off.
bool is_below_process(const char* variable);

// Pure: core.hooksPath in the text of a configuration file, as husky and
// people write it (git-config(1), "Syntax"; without its escapes); "" without.
std::string find_hooks_path(std::string_view config);
// Pure: the parent in /proc/<id>/stat (proc(5): "pid (name) state ppid ...",
// where the name may hold ")"); 0 when there is none.
pid_t parent_in_stat(std::string_view stat);

}  // namespace sigstore
