// SPDX-License-Identifier: Apache-2.0
#include "core/hash/blake2b_engine.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "core/hash/blake_kernels.h"
#include "core/hash/blake_lanes.h"

namespace sigstore {
namespace {

// One message: the same code with plain words for vectors.
struct One {
  using Register = std::uint64_t;

  static Register add(Register x, Register y) { return x + y; }
  static Register exclusive_or(Register x, Register y) { return x ^ y; }
  template <int N>
  static Register rotate(Register x) {
    return std::rotr(x, N);
  }
};

// RFC 7693, 3.2: F. `count` includes this block.
void compress(std::uint64_t* words, const std::uint8_t* block,
              std::uint64_t count, bool is_last) {
  std::uint64_t message[16];
  for (std::size_t i = 0; i < 16; ++i) {
    message[i] = 0;
    for (std::size_t byte = 8; byte-- > 0;)
      message[i] = message[i] << 8U | block[8 * i + byte];
  }
  std::uint64_t v[16];
  for (std::size_t i = 0; i < 8; ++i) {
    v[i] = words[i];
    v[i + 8] = kBlake2bStart[i];
  }
  v[12] ^= count;
  if (is_last) v[14] = ~v[14];
  for (const auto& order : kBlake2bOrder)
    blake_round<One, 32, 24, 16, 63>(v, message, order);
  for (std::size_t i = 0; i < 8; ++i) words[i] ^= v[i] ^ v[i + 8];
}

}  // namespace

// RFC 7693, 2.5: digest length 64, no key, fanout and depth 1.
Blake2bState::Blake2bState() {
  std::copy(std::begin(kBlake2bStart), std::end(kBlake2bStart), words);
  words[0] ^= 0x01010040;
}

ContentDigest Blake2bState::finish(std::span<const std::uint8_t> rest) const {
  assert(rest.size() <= kBlake2bBlock);
  std::uint8_t block[kBlake2bBlock] = {};
  if (!rest.empty()) std::memcpy(block, rest.data(), rest.size());
  std::uint64_t last[8];
  std::copy(std::begin(words), std::end(words), last);
  compress(last, block, bytes + rest.size(), true);
  std::uint8_t digest[64];
  for (std::size_t i = 0; i < 64; ++i)
    digest[i] = static_cast<std::uint8_t>(last[i / 8] >> (8 * (i % 8)));
  return ContentDigest(digest);
}

Blake2bLanes::Blake2bLanes(HashEngine engine) {
#if defined(__x86_64__)
  const auto uses = [&](HashEngine one) {
    return (engine == one || engine == HashEngine::best) && is_supported(one);
  };
  if (uses(HashEngine::avx512)) {
    kernel_ = blake2b_avx512_x8;
    widths_[1] = 8;
  } else if (uses(HashEngine::avx2)) {
    kernel_ = blake2b_avx2_x4;
    widths_[1] = 4;
  }
#else
  static_cast<void>(engine);
#endif
}

void Blake2bLanes::advance(std::span<const Blake2bLane> lanes,
                           std::size_t blocks) const {
  const std::size_t width = widths_[1];
  while (!lanes.empty() && blocks > 0) {
    std::size_t taken = std::min(lanes.size(), width);
    if (kernel_ == nullptr || 2 * taken < width) {
      taken = 1;
      for (std::size_t block = 0; block < blocks; ++block)
        compress(lanes[0].state->words, lanes[0].data + block * kBlake2bBlock,
                 lanes[0].state->bytes + (block + 1) * kBlake2bBlock, false);
    } else {
      // Lanes without a message hash the first one again, for nothing.
      Blake2bState spare;
      std::uint64_t(*states[kMost])[8];
      std::uint64_t counts[kMost];
      const std::uint8_t* data[kMost];
      for (std::size_t i = 0; i < width; ++i) {
        const Blake2bLane& lane = lanes[i < taken ? i : 0];
        states[i] = i < taken ? &lane.state->words : &spare.words;
        counts[i] = lane.state->bytes;
        data[i] = lane.data;
      }
      kernel_(states, counts, data, blocks);
    }
    for (const Blake2bLane& lane : lanes.first(taken))
      lane.state->bytes += blocks * kBlake2bBlock;
    lanes = lanes.subspan(taken);
  }
}

}  // namespace sigstore
