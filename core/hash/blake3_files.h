// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: many files by BLAKE3, on every core.

#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/hash/hash_files.h"

namespace sigstore {

// hash_files for BLAKE3. `lengths` are what the whole file of each job must
// have. Needs options.engine to be supported.
//
// A job is hashed piece by piece, each a subtree, by whoever is free: one long
// file keeps all cores busy. What is kept of a file until its last piece is
// done are 32 bytes a piece, 4 MiB at most.
Result<std::vector<ContentDigest>> hash_blake3_files(
    int root_fd, const std::vector<HashJob>& jobs,
    const std::vector<std::uint64_t>& lengths, const HashOptions& options);

}  // namespace sigstore
