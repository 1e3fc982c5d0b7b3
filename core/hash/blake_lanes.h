// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: BLAKE2b and BLAKE3 with an input in each lane of the
// vectors of V. Included by one file an instruction set; V is local to each,
// and so is this.

#include "core/hash/blake_kernels.h"

namespace sigstore {
namespace {

// Where a round of either mixes: columns first, then diagonals (RFC 7693, 3.2;
// BLAKE3, 2.2).
constexpr std::uint8_t kMixed[8][4] = {
    {0, 4, 8, 12},  {1, 5, 9, 13},  {2, 6, 10, 14}, {3, 7, 11, 15},
    {0, 5, 10, 15}, {1, 6, 11, 12}, {2, 7, 8, 13},  {3, 4, 9, 14}};

// Half a round: two at a time in step, because each is one long chain, and four
// need more registers than there are.
template <class V, int R1, int R2, int R3, int R4>
[[gnu::always_inline]] inline void blake_half_round(
    typename V::Register* v, const typename V::Register* message,
    const std::uint8_t* order, const std::uint8_t (*mixed)[4]) {
#pragma GCC unroll 4
  for (std::size_t step = 0; step < 4; ++step) {
    const std::size_t first = step / 2 * 2;
    const std::size_t half = step % 2;
#pragma GCC unroll 2
    for (std::size_t i = first; i < first + 2; ++i)
      v[mixed[i][0]] = V::add(v[mixed[i][0]], message[order[2 * i + half]]);
#pragma GCC unroll 2
    for (std::size_t i = first; i < first + 2; ++i)
      v[mixed[i][0]] = V::add(v[mixed[i][0]], v[mixed[i][1]]);
#pragma GCC unroll 2
    for (std::size_t i = first; i < first + 2; ++i) {
      auto& d = v[mixed[i][3]];
      d = V::exclusive_or(d, v[mixed[i][0]]);
      d = half == 0 ? V::template rotate<R1>(d) : V::template rotate<R3>(d);
    }
#pragma GCC unroll 2
    for (std::size_t i = first; i < first + 2; ++i)
      v[mixed[i][2]] = V::add(v[mixed[i][2]], v[mixed[i][3]]);
#pragma GCC unroll 2
    for (std::size_t i = first; i < first + 2; ++i) {
      auto& b = v[mixed[i][1]];
      b = V::exclusive_or(b, v[mixed[i][2]]);
      b = half == 0 ? V::template rotate<R2>(b) : V::template rotate<R4>(b);
    }
  }
}

template <class V, int R1, int R2, int R3, int R4>
[[gnu::always_inline]] inline void blake_round(
    typename V::Register* v, const typename V::Register* message,
    const std::uint8_t* order) {
  blake_half_round<V, R1, R2, R3, R4>(v, message, order, kMixed);
  blake_half_round<V, R1, R2, R3, R4>(v, message, order + 8, kMixed + 4);
}

template <class V>
[[gnu::always_inline]] inline void blake2b_lanes(
    std::uint64_t (*const* states)[8], const std::uint64_t* counts,
    const std::uint8_t* const* data, std::size_t blocks) {
  using R = typename V::Register;
  alignas(64) std::uint64_t transposed[8][V::kLanes];
  for (std::size_t lane = 0; lane < V::kLanes; ++lane)
    for (std::size_t i = 0; i < 8; ++i)
      transposed[i][lane] = (*states[lane])[i];
  R state[8];
  for (std::size_t i = 0; i < 8; ++i) state[i] = V::load(transposed[i]);
  alignas(64) std::uint64_t start[V::kLanes];
  for (std::size_t lane = 0; lane < V::kLanes; ++lane)
    start[lane] = counts[lane];
  R count = V::load(start);
  for (std::size_t block = 0; block < blocks; ++block) {
    R message[16];
    V::load_words(data, block * kBlake2bBlock, message);
    count = V::add(count, V::constant(kBlake2bBlock));
    R v[16];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i) {
      v[i] = state[i];
      v[i + 8] = V::constant(kBlake2bStart[i]);
    }
    v[12] = V::exclusive_or(v[12], count);
#pragma GCC unroll 12
    for (std::size_t round = 0; round < 12; ++round)
      blake_round<V, 32, 24, 16, 63>(v, message, kBlake2bOrder[round]);
#pragma GCC unroll 8
    for (std::size_t i = 0; i < 8; ++i)
      state[i] = V::exclusive_or(state[i], V::exclusive_or(v[i], v[i + 8]));
  }
  for (std::size_t i = 0; i < 8; ++i) V::store(transposed[i], state[i]);
  for (std::size_t lane = 0; lane < V::kLanes; ++lane)
    for (std::size_t i = 0; i < 8; ++i)
      (*states[lane])[i] = transposed[i][lane];
}

// Specification, 2.2: `state` is the first half of what goes in and of what
// comes out, `rest` the other half of what goes in.
template <class V>
[[gnu::always_inline]] inline void blake3_compress(
    typename V::Register* state, const typename V::Register* rest,
    const typename V::Register* message) {
  typename V::Register v[16];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; ++i) {
    v[i] = state[i];
    v[i + 8] = rest[i];
  }
#pragma GCC unroll 7
  for (std::size_t round = 0; round < 7; ++round)
    blake_round<V, 16, 12, 8, 7>(v, message, kBlake3Order[round]);
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; ++i)
    state[i] = V::exclusive_or(v[i], v[i + 8]);
}

template <class V>
[[gnu::always_inline]] inline void blake3_lanes(const Blake3Nodes& nodes,
                                                std::uint32_t (*out)[8]) {
  using R = typename V::Register;
  // Bytes: the chunks after these, in which the processor sees no sequence.
  constexpr std::size_t kAhead = V::kLanes * kBlake3Chunk;
  alignas(64) std::uint32_t low[V::kLanes];
  alignas(64) std::uint32_t high[V::kLanes];
  for (std::size_t lane = 0; lane < V::kLanes; ++lane) {
    const std::uint64_t counter = nodes.counter + lane * nodes.counter_step;
    low[lane] = static_cast<std::uint32_t>(counter);
    high[lane] = static_cast<std::uint32_t>(counter >> 32U);
  }
  R state[8];
  for (std::size_t i = 0; i < 8; ++i) state[i] = V::constant(kBlake3Start[i]);
  R rest[8];
  for (std::size_t i = 0; i < 4; ++i) rest[i] = V::constant(kBlake3Start[i]);
  rest[4] = V::load(low);
  rest[5] = V::load(high);
  rest[6] = V::constant(static_cast<std::uint32_t>(kBlake3Block));
  for (std::size_t block = 0; block < nodes.blocks; ++block) {
    const std::size_t offset = block * kBlake3Block;
    for (std::size_t lane = 0; lane < V::kLanes; ++lane)
      __builtin_prefetch(nodes.data[lane] + offset + kAhead);
    R message[16];
    V::load_words(nodes.data, offset, message);
    std::uint32_t flags = nodes.flags;
    if (block == 0) flags |= nodes.first_flag;
    if (block + 1 == nodes.blocks) flags |= nodes.last_flag;
    rest[7] = V::constant(flags);
    V::compress(state, rest, message);
  }
  alignas(64) std::uint32_t transposed[8][V::kLanes];
  for (std::size_t i = 0; i < 8; ++i) V::store(transposed[i], state[i]);
  for (std::size_t lane = 0; lane < V::kLanes; ++lane)
    for (std::size_t i = 0; i < 8; ++i) out[lane][i] = transposed[i][lane];
}

}  // namespace
}  // namespace sigstore
