// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: which streams go next, and how many side by side. Pure.

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

namespace sigstore {

// Long stretches of files that are being hashed, by their numbers 0..n-1. Wide
// code does more bytes a second in all, and each stream more slowly: one long
// stream that is left over would be the end that everybody waits for.
class StreamPool {
 public:
  // `sizes` in bytes. `widths` ascending, from 1: how many streams at once
  // there is code for. `other` bytes are hashed by the same threads later.
  StreamPool(std::span<const std::uint64_t> sizes,
             std::span<const std::size_t> widths, std::size_t threads,
             std::uint64_t other);

  // The streams that the caller is to advance, longest first; empty when
  // none is left unclaimed.
  std::vector<std::size_t> claim();
  // Back from the caller, `done` bytes further.
  void give_back(std::size_t stream, std::uint64_t done);
  // Claimed or not, some bytes are left.
  bool has_work() const { return unfinished_ > 0; }
  std::uint64_t left(std::size_t stream) const { return left_[stream]; }

 private:
  // Longest first, roughly; those that were begun before others as long.
  struct Rank {
    std::uint64_t size_class = 0;
    bool is_new = true;
    std::size_t stream = 0;
    bool operator<(const Rank& other) const;
  };
  Rank rank(std::size_t stream) const;
  std::size_t choose_width() const;

  std::vector<std::uint64_t> left_;
  std::vector<bool> begun_;
  std::set<Rank> unclaimed_;
  std::vector<std::size_t> widths_;
  std::size_t threads_;
  std::uint64_t all_left_;
  std::size_t unfinished_;
};

}  // namespace sigstore
