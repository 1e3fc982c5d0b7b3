// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sigstore {

// In every hook file that we write.
inline constexpr std::string_view kHookMark =
    "# Written by hf-sigstore; 'git sigstore uninstall' removes it.";
// Behind the name of a hook that was there before ours.
inline constexpr std::string_view kHookBefore = ".before-sigstore";

// Configured hooks are called "sigstore-<event>" (git-hook(1), since 2.54).
inline constexpr std::string_view kConfiguredHook = "sigstore-";

}  // namespace sigstore
