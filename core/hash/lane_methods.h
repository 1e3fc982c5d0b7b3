// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: what hashing many files side by side needs of an
// algorithm: how far a message goes in lanes, and how it ends.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/hash/blake2b_engine.h"
#include "core/hash/blake_kernels.h"
#include "core/hash/sha256_engine.h"
#include "core/hash/sha256_kernels.h"

namespace sigstore {

struct Sha256Method {
  using Lanes = Sha256Lanes;
  using Lane = Sha256Lane;
  using State = Sha256State;
  static constexpr std::size_t kBlock = kSha256Block;
  static constexpr std::size_t kTail = 2 * kSha256Block;

  // Of so many bytes that are left, those that go in whole blocks.
  static std::uint64_t body(std::uint64_t left) {
    return left / kBlock * kBlock;
  }
  // `tail` has room for kTail bytes and begins with the rest of a message of
  // `size` bytes: how many blocks of it go in as they are then.
  static std::size_t pad(std::uint8_t* tail, std::size_t rest,
                         std::uint64_t size) {
    const Sha256Tail padded({tail, rest}, size);
    std::copy_n(padded.bytes.begin(), padded.blocks * kBlock, tail);
    return padded.blocks;
  }
  // When these are in.
  static ContentDigest end(const State& state,
                           std::span<const std::uint8_t> /*rest*/) {
    return state.digest();
  }
};

struct Blake2bMethod {
  using Lanes = Blake2bLanes;
  using Lane = Blake2bLane;
  using State = Blake2bState;
  static constexpr std::size_t kBlock = kBlake2bBlock;
  static constexpr std::size_t kTail = kBlake2bBlock;

  // The last block is kept back, even when it is a whole one.
  static std::uint64_t body(std::uint64_t left) {
    return left == 0 ? 0 : (left - 1) / kBlock * kBlock;
  }
  static std::size_t pad(std::uint8_t* /*tail*/, std::size_t /*rest*/,
                         std::uint64_t /*size*/) {
    return 0;
  }
  static ContentDigest end(const State& state,
                           std::span<const std::uint8_t> rest) {
    return state.finish(rest);
  }
};

}  // namespace sigstore
