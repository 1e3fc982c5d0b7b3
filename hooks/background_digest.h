// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/crypto/message_digest.h"

namespace sigstore {

// SHA-256 on its own thread, in bounded memory: while one buffer is hashed the
// next ones are filled, and copying and hashing take the time of the slower of
// the two.
class BackgroundDigest {
 public:
  struct Buffer {
    Bytes bytes;
    std::vector<ByteView> parts;  // of `bytes`, what is to be hashed
  };

  static constexpr std::size_t kBufferSize = 256 * 1024;

  explicit BackgroundDigest(MessageDigest digest);
  ~BackgroundDigest();
  BackgroundDigest(const BackgroundDigest&) = delete;
  BackgroundDigest& operator=(const BackgroundDigest&) = delete;

  // A buffer that nobody reads; waits for one.
  Buffer& next();
  // Hands over what next() gave. Its bytes may still be read by the caller,
  // until four more were taken.
  void submit();
  // The digest of all parts since the last finish().
  Sha256Digest finish();

 private:
  void work();

  static constexpr std::size_t kBuffers = 4;
  std::array<Buffer, kBuffers> buffers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t submitted_ = 0;
  std::uint64_t hashed_ = 0;
  bool stopping_ = false;
  MessageDigest digest_;  // the thread's while submitted_ > hashed_
  std::thread thread_;
};

}  // namespace sigstore
