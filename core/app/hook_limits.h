// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/limits.h"

// Hooks: what git says on stdin, a line for each ref of a mirror; other
// people's hook files; the files that we keep.
namespace sigstore::limits {

inline constexpr std::size_t kHookInput = 256 * kMiB;
inline constexpr std::size_t kFetchHead = 256 * kMiB;
inline constexpr std::size_t kHookFile = 1 * kMiB;
inline constexpr std::size_t kHookNotes = 4 * kMiB;
inline constexpr std::size_t kSignedPushNote = 1 * kMiB;

}  // namespace sigstore::limits
