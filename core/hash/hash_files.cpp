// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_files.h"

#include "core/hash/blake3_files.h"
#include "core/hash/stream_files.h"

namespace sigstore {
namespace {

// Jobs of one file follow each other: the last one ends where the file does.
std::vector<std::uint64_t> file_lengths(const std::vector<HashJob>& jobs) {
  std::vector<std::uint64_t> lengths(jobs.size());
  for (std::size_t i = jobs.size(); i-- > 0;) {
    const bool last = i + 1 == jobs.size() || jobs[i + 1].path != jobs[i].path;
    lengths[i] = last ? jobs[i].start + jobs[i].size : lengths[i + 1];
  }
  return lengths;
}

}  // namespace

Result<std::vector<ContentDigest>> hash_files(int root_fd,
                                              const std::vector<HashJob>& jobs,
                                              const HashOptions& options) {
  if (!is_supported(options.engine))
    return fail(ErrorKind::unsupported,
                "this processor cannot run the hash engine that was asked for");
  const std::vector<std::uint64_t> lengths = file_lengths(jobs);
  if (options.algorithm == HashAlgorithm::blake3)
    return hash_blake3_files(root_fd, jobs, lengths, options);
  return hash_stream_files(root_fd, jobs, lengths, options);
}

}  // namespace sigstore
