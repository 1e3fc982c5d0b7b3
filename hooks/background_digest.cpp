// SPDX-License-Identifier: Apache-2.0
#include "hooks/background_digest.h"

#include <algorithm>
#include <utility>

namespace sigstore {

BackgroundDigest::BackgroundDigest(MessageDigest digest)
    : digest_(std::move(digest)), thread_([this] { work(); }) {
  for (Buffer& buffer : buffers_) buffer.bytes.resize(kBufferSize);
}

BackgroundDigest::~BackgroundDigest() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

BackgroundDigest::Buffer& BackgroundDigest::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return submitted_ - hashed_ < kBuffers; });
  Buffer& buffer = buffers_.at(submitted_ % kBuffers);
  buffer.parts.clear();
  return buffer;
}

void BackgroundDigest::submit() {
  {
    const std::lock_guard lock(mutex_);
    ++submitted_;
  }
  changed_.notify_all();
}

Sha256Digest BackgroundDigest::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return submitted_ == hashed_; });
  Sha256Digest result;
  const ContentDigest digest = digest_.finish();
  std::copy_n(digest.view().begin(), result.bytes.size(), result.bytes.begin());
  return result;
}

void BackgroundDigest::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || submitted_ > hashed_; });
    if (stopping_) return;
    const Buffer& buffer = buffers_.at(hashed_ % kBuffers);
    lock.unlock();
    for (const ByteView part : buffer.parts) digest_.update(part);
    lock.lock();
    ++hashed_;
    changed_.notify_all();
  }
}

}  // namespace sigstore
