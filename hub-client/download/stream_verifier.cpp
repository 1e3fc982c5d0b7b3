// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/stream_verifier.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/bytes.h"

namespace sigstore::hub {
namespace {

constexpr std::uint64_t kChunk = 1U << 20U;
// Then another file has its turn.
constexpr std::uint64_t kTurn = 32 * kChunk;

Result<std::size_t> read_at(int fd, std::uint64_t offset,
                            std::span<std::uint8_t> room) {
  while (true) {
    const ssize_t got =
        pread(fd, room.data(), room.size(), static_cast<off_t>(offset));
    if (got > 0) return static_cast<std::size_t>(got);
    if (got == 0)
      return fail(ErrorKind::io, "a file became shorter while it was hashed");
    if (errno != EINTR)
      return fail(ErrorKind::io,
                  "cannot read what was written: ", errno_text(errno));
  }
}

}  // namespace

StreamVerifier::StreamVerifier(int fd, std::uint64_t size, FileDigests digests,
                               Workers& workers, Done done)
    : fd_(fd),
      size_(size),
      digests_(std::move(digests)),
      workers_(workers),
      done_(std::move(done)) {}

StreamVerifier::~StreamVerifier() {
  std::unique_lock lock(mutex_);
  over_ = true;
  idle_.wait(lock, [&] { return !busy_; });
}

void StreamVerifier::advance(std::uint64_t prefix) {
  const std::lock_guard lock(mutex_);
  prefix_ = std::max(prefix_, prefix);
  if (busy_ || over_) return;
  busy_ = true;
  workers_.post([this] { work(); });
}

Result<void> StreamVerifier::hash_to(std::uint64_t end) {
  Bytes chunk(static_cast<std::size_t>(
      std::min(kChunk, std::max<std::uint64_t>(end - at_, 1))));
  while (at_ < end) {
    const std::size_t wanted = static_cast<std::size_t>(
        std::min<std::uint64_t>(chunk.size(), end - at_));
    TRY_ASSIGN(const std::size_t got,
               read_at(fd_, at_, std::span(chunk).first(wanted)));
    TRY(digests_.update(ByteView(chunk).first(got)));
    at_ += got;
    const std::lock_guard lock(mutex_);
    if (over_) return {};
  }
  if (at_ == size_) return digests_.finish();
  return {};
}

void StreamVerifier::work() {
  std::unique_lock lock(mutex_);
  const std::uint64_t end = std::min(prefix_, at_ + kTurn);
  if (!over_) {
    lock.unlock();
    Result<void> result = hash_to(end);
    const bool has_verdict = !result.ok() || at_ == size_;
    lock.lock();
    if (has_verdict && !over_) {
      over_ = true;
      // It may take its time, and must not be destroyed meanwhile: busy_.
      lock.unlock();
      done_(std::move(result));
      lock.lock();
    }
  }
  if (!over_ && at_ < prefix_) {
    workers_.post([this] { work(); });
    return;
  }
  busy_ = false;
  idle_.notify_all();
}

}  // namespace sigstore::hub
