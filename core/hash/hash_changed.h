// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/hash/hash_files.h"
#include "core/hash/known_digests.h"

namespace sigstore {

// Shorter files are read as quickly as they are looked up.
inline constexpr std::uint64_t kLeastKnown = 64 * 1024;

// hash_files(), but of what is in `known` and did not change since, by the
// rules of hash/file_state.h, nothing is read; the digests of the rest are
// added, where those rules allow it. Without `known` everything is read.
Result<std::vector<ContentDigest>> hash_changed_files(
    int root_fd, std::vector<HashJob> jobs, const HashOptions& options,
    KnownDigests* known);

}  // namespace sigstore
