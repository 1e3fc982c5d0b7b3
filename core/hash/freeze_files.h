// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/hash/known_digests.h"

namespace sigstore {

// Has the file system keep each of these files, below the directory `root_fd`,
// from ever changing (fs-verity); they can still be deleted, and replaced.
// What `known` has of a file that did not change since is known of it from
// then on, in whatever folder and after a restart; of others nothing is, and
// they have to be read again. unsupported where the file system or the kernel
// has no fs-verity; those that come before the one that fails are protected.
Result<void> freeze_files(int root_fd, std::span<const std::string> paths,
                          bool follow_symlinks, KnownDigests* known);

}  // namespace sigstore
