// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: files that the kernel keeps from ever changing, and checks
// whenever it reads from the disk (Linux, Documentation/filesystems/fsverity).
// Their digest is that of a tree over their blocks, and of their size: equal
// digests, equal bytes, wherever they lie and whatever their times are.

#include <optional>

#include "core/base/digest.h"

namespace sigstore {

// A digest of the kernel's own, and of its algorithm; nothing for a file that
// is not protected so, or where the answer does not come from a file system of
// the kernel's (ext4, btrfs, F2FS).
std::optional<Sha256Digest> measure_verity(int fd);

// 0 when the file is protected now, else errno. Takes the right to write to
// it, and that nobody has it open for writing; reads it whole.
int enable_verity(int fd);

}  // namespace sigstore
