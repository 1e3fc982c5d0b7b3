// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sigstore {

// A note of pre-push in the git folder, see hooks/signed_push.h.
inline constexpr std::string_view kSignedPushNote = "sigstore-signed-push";

// One call of a hook by git.
struct HookCall {
  std::string event;
  std::vector<std::string> arguments;
  std::string input;  // stdin, of the hooks that have one
};

// The folders of the repository that a hook is called for, found without
// starting git; "" when they cannot be.
struct GitFolders {
  std::string git_dir;
  std::string common_dir;

  // By GIT_DIR, else .git here, else here (githooks(5): hooks run at the top
  // of the work tree, or in the folder of a bare repository).
  static GitFolders find(const std::string& environment_git_dir);
};

bool reads_input(std::string_view event);

// Is there anything to do for us? Every `git commit` calls a hook several
// times, so this must cost nothing. It may say yes too often, never no too
// often: whatever cannot be told is a yes.
bool needs_us(const HookCall& call, const GitFolders& folders);

}  // namespace sigstore
