// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// How git comes to call our hooks, beside the file that the helper writes.

// The lines of the included configuration that name them.
//
//   git 2.54 and newer   hook.sigstore-<event>.event and .command: git runs
//                        them beside the hooks of the repository
//   older                core.hooksPath, only with `install --hooks-only`: it
//                        hides the repository's own hooks, so a folder of
//                        links calls those as well
struct HookRoutes {
  bool hooks_only = false;  // no helper: pre-push signs
  bool configured = false;  // git is new enough
  std::filesystem::path folder;

  bool uses_folder() const { return hooks_only && !configured; }
  std::string to_config() const;
  // Was it written by to_config() with hooks_only?
  static bool is_hooks_only(std::string_view config);
};

// The folder of links to `program`, one for every event but those whose mere
// presence changes what git does.
Result<void> make_hook_folder(const std::filesystem::path& folder,
                              const std::string& program);
// Only what is a link to git-sigstore-hook; the folder when it is empty then.
Result<bool> remove_hook_folder(const std::filesystem::path& folder);

// A line for every hook of the user and of the repository here that core.
// hooksPath hides: whether ours calls it.
std::vector<std::string> hidden_hooks(const git::Git& git,
                                      const std::filesystem::path& folder);

}  // namespace sigstore
