// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: many files by SHA-256 or BLAKE2b, on every core.

#include <cstdint>
#include <vector>

#include "core/base/result.h"
#include "core/hash/hash_files.h"

namespace sigstore {

// hash_files for algorithms that take a message from its start to its end.
// `lengths` are what the whole file of each job must have. Needs
// options.engine to be supported.
//
// Long jobs are streams, which move between threads after every slice and are
// mapped into memory; short ones are read whole, as many at once as there are
// lanes. A thread that has neither reads ahead for those that do.
Result<std::vector<ContentDigest>> hash_stream_files(
    int root_fd, const std::vector<HashJob>& jobs,
    const std::vector<std::uint64_t>& lengths, const HashOptions& options);

// Usable cores: what this process may run on.
std::size_t usable_cores();

}  // namespace sigstore
