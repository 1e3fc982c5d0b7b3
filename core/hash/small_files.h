// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: files that are read whole and hashed several at once.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/hash/hash_files.h"
#include "core/hash/sha256_engine.h"

namespace sigstore {

// Jobs of at most kMost bytes, for one thread.
class SmallFiles {
 public:
  static constexpr std::size_t kMost = 256 * 1024;
  // A job's number in, what it must be about and where it goes.
  struct Item {
    const HashJob* job = nullptr;
    std::uint64_t length = 0;  // of the whole file
    ContentDigest* digest = nullptr;
  };

  SmallFiles(int root_fd, bool follow_symlinks, const Sha256Lanes& lanes);

  // Hashes all of them; quickest when they are of like size in a row.
  // `progress` is told the bytes of each that is done.
  Result<void> hash(std::span<const Item> items,
                    const std::function<void(std::uint64_t)>& progress);

 private:
  struct Lane {
    std::unique_ptr<std::uint8_t[]> buffer;
    Sha256State state;
    std::size_t next = 0;    // the block that goes next
    std::size_t blocks = 0;  // in all, padded
    const Item* item = nullptr;
  };
  Result<void> load(Lane& lane, const Item& item);
  // Advances the lanes in use until at least one is done.
  void advance(std::span<Lane> used);

  int root_fd_;
  bool follow_symlinks_;
  const Sha256Lanes& hasher_;
  std::vector<Lane> lanes_;
};

}  // namespace sigstore
