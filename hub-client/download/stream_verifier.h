// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "core/base/result.h"
#include "hub-client/download/file_digests.h"
#include "hub-client/download/workers.h"

namespace sigstore::hub {

// Hashes a file while it arrives: its bytes without gaps, in order, read back
// from where they were written, by one of the workers at a time. So what is
// vouched for is what lies there, nothing waits in memory, and the network
// never waits for a hash. Bytes that were announced must not be written again.
class StreamVerifier {
 public:
  // Called once, from a worker, with the verdict.
  using Done = std::function<void(Result<void>)>;

  // `fd` and `workers` live longer.
  StreamVerifier(int fd, std::uint64_t size, FileDigests digests,
                 Workers& workers, Done done);
  // Waits for the worker that is at it, and calls Done no more.
  ~StreamVerifier();
  StreamVerifier(const StreamVerifier&) = delete;
  StreamVerifier& operator=(const StreamVerifier&) = delete;

  // The bytes before `prefix` are all there.
  void advance(std::uint64_t prefix);

 private:
  void work();
  // Hashes up to `end`, at most a turn's worth.
  Result<void> hash_to(std::uint64_t end);

  int fd_;
  std::uint64_t size_;
  FileDigests digests_;  // of the worker's, as the next
  std::uint64_t at_ = 0;
  Workers& workers_;
  Done done_;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::uint64_t prefix_ = 0;
  bool busy_ = false;
  bool over_ = false;
};

}  // namespace sigstore::hub
