// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>

#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore::git {

// In the environment of every git that we start: our process id. A hook of
// ours below it has nothing to do.
inline constexpr const char* kInternalRun = "GIT_SIGSTORE_INTERNAL";

// "2.39" of "git version 2.39.5".
struct Version {
  unsigned major = 0;
  unsigned minor = 0;
  auto operator<=>(const Version&) const = default;
};
// includeIf "hasconfig:remote.*.url:..."
inline constexpr Version kHasconfig{2, 36};
// hook.<name>.event and hook.<name>.command
inline constexpr Version kConfiguredHooks{2, 54};

Result<Version> read_version(const Git& git);

}  // namespace sigstore::git
