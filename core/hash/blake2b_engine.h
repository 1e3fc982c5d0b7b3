// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: several BLAKE2b messages at once (RFC 7693; digests of 64
// bytes, no key).

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/digest.h"
#include "core/hash/hash_engine.h"

namespace sigstore {

// A message between two blocks. Its last block, full or not, goes into
// finish() and nowhere else.
struct Blake2bState {
  Blake2bState();
  // `rest` is what follows the blocks taken in: at most a block, and empty
  // only if the message is.
  ContentDigest finish(std::span<const std::uint8_t> rest) const;

  std::uint64_t words[8];
  std::uint64_t bytes = 0;  // taken in
};

struct Blake2bLane {
  Blake2bState* state = nullptr;
  const std::uint8_t* data = nullptr;
};

class Blake2bLanes {
 public:
  static constexpr std::size_t kMost = 8;

  // Needs an engine that is supported; one that has no code for BLAKE2b takes
  // one message at a time.
  explicit Blake2bLanes(HashEngine engine);

  // As Sha256Lanes.
  std::span<const std::size_t> widths() const {
    return std::span(widths_).first(kernel_ == nullptr ? 1 : 2);
  }
  void advance(std::span<const Blake2bLane> lanes, std::size_t blocks) const;

 private:
  using Kernel = void (*)(std::uint64_t (*const* states)[8],
                          const std::uint64_t* counts,
                          const std::uint8_t* const* data, std::size_t blocks);
  std::size_t widths_[2] = {1, 1};
  Kernel kernel_ = nullptr;
};

}  // namespace sigstore
