// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/hash/hash_algorithm.h"
#include "core/hash/hash_engine.h"

namespace sigstore {

// A stretch of one file to hash.
struct HashJob {
  std::string path;  // below the root, "/" between components
  std::uint64_t start = 0;
  std::uint64_t size = 0;  // bytes that must be there
};

struct HashOptions {
  HashAlgorithm algorithm = HashAlgorithm::sha256;
  bool follow_symlinks = false;
  // Called now and then, from one thread, with the bytes done so far.
  std::function<void(std::uint64_t)> progress = {};
  // unsupported when this processor cannot run it.
  HashEngine engine = HashEngine::best;
};

// Hashes every job, in the order given, reading files below the directory
// `root_fd` (jobs of one file follow each other); a thread per core, memory
// bounded whatever the sizes. A file that is shorter than its jobs say, or
// longer than the last one's end, changed while it was read: content_differs.
// Errors name the file.
Result<std::vector<ContentDigest>> hash_files(int root_fd,
                                              const std::vector<HashJob>& jobs,
                                              const HashOptions& options);

}  // namespace sigstore
