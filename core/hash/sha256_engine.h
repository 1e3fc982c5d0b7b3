// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: several SHA-256 messages at once.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/digest.h"
#include "core/hash/hash_engine.h"

namespace sigstore {

// A message between two blocks (FIPS 180-4, 5.3.3).
struct Sha256State {
  std::uint32_t words[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                            0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

  Sha256Digest digest() const;  // of a message that was padded
};

// What is left of a message is padded here: at most two blocks (5.1.1).
// `rest` is what follows the last whole block, `size` all of it in bytes.
struct Sha256Tail {
  std::array<std::uint8_t, 128> bytes{};
  std::size_t blocks = 0;
  Sha256Tail(std::span<const std::uint8_t> rest, std::uint64_t size);
};

// One message of several that advance together.
struct Sha256Lane {
  Sha256State* state = nullptr;
  const std::uint8_t* data = nullptr;
};

class Sha256Lanes {
 public:
  static constexpr std::size_t kMost = 16;

  // Needs an engine that is supported.
  explicit Sha256Lanes(HashEngine engine);

  // How many messages at once it has code for: ascending, always with 1.
  std::span<const std::size_t> widths() const {
    return std::span(widths_).first(width_count_);
  }
  // Takes `blocks` blocks into each of at most kMost messages.
  void advance(std::span<const Sha256Lane> lanes, std::size_t blocks) const;

 private:
  using Kernel = void (*)(std::uint32_t (*const* states)[8],
                          const std::uint8_t* const* data, std::size_t blocks);
  void add(std::size_t width, Kernel kernel);
  // How many of `left` messages go next, and by which kernel (null: OpenSSL).
  std::size_t choose(std::size_t left, Kernel& kernel,
                     std::size_t& width) const;

  std::array<std::size_t, 4> widths_{1};
  std::array<Kernel, 4> kernels_{nullptr};
  std::size_t width_count_ = 1;
};

}  // namespace sigstore
