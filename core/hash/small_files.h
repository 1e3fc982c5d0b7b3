// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: files that are read whole and hashed several at once.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/hash/hash_files.h"

namespace sigstore {

constexpr std::size_t kMostSmall = 256 * 1024;  // bytes

// A job's number in, what it must be about and where it goes.
struct SmallItem {
  const HashJob* job = nullptr;
  std::uint64_t length = 0;  // of the whole file
  ContentDigest* digest = nullptr;
};

// The job's bytes into `to`, which has room for one more: a file that is
// longer than it should be shows.
Result<void> read_small(int root_fd, const SmallItem& item,
                        bool follow_symlinks, std::uint8_t* to);

// Jobs of at most kMostSmall bytes, for one thread. Method is one of
// lane_methods.h.
template <class Method>
class SmallFiles {
 public:
  using Item = SmallItem;

  SmallFiles(int root_fd, bool follow_symlinks,
             const typename Method::Lanes& lanes);

  // Hashes all of them; quickest when they are of like size in a row.
  // `progress` is told the bytes of each that is done.
  Result<void> hash(std::span<const Item> items,
                    const std::function<void(std::uint64_t)>& progress);

 private:
  struct Lane {
    std::unique_ptr<std::uint8_t[]> buffer;
    typename Method::State state;
    std::size_t next = 0;    // the block that goes next
    std::size_t blocks = 0;  // in all, padded
    std::size_t rest = 0;    // bytes after those of the body
    const Item* item = nullptr;
  };
  Result<void> load(Lane& lane, const Item& item);
  // Advances the lanes in use until at least one is done.
  void advance(std::span<Lane> used);

  int root_fd_;
  bool follow_symlinks_;
  const typename Method::Lanes& hasher_;
  std::vector<Lane> lanes_;
};

}  // namespace sigstore
