// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: the compression functions of BLAKE2b (RFC 7693, 3.2) and
// BLAKE3 (its specification, 2.2) for several inputs at once. One file an
// instruction set, by the rules of sha256_kernels.h.

#include <cstddef>
#include <cstdint>

namespace sigstore {

// --- BLAKE2b ----------------------------------------------------------------

constexpr std::size_t kBlake2bBlock = 128;  // bytes

// Takes in `blocks` blocks of data[i] that are not the last ones of their
// messages; counts[i] is how many bytes there were before them.
void blake2b_avx2_x4(std::uint64_t (*const* states)[8],
                     const std::uint64_t* counts,
                     const std::uint8_t* const* data, std::size_t blocks);
void blake2b_avx512_x8(std::uint64_t (*const* states)[8],
                       const std::uint64_t* counts,
                       const std::uint8_t* const* data, std::size_t blocks);

// RFC 7693, 2.6 and 2.7; the last two rounds are the first two again.
inline constexpr std::uint64_t kBlake2bStart[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
    0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
    0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
inline constexpr std::uint8_t kBlake2bOrder[12][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

// --- BLAKE3 -----------------------------------------------------------------

constexpr std::size_t kBlake3Block = 64;    // bytes
constexpr std::size_t kBlake3Chunk = 1024;  // bytes

// Domain flags (specification, table 3).
constexpr std::uint32_t kBlake3ChunkStart = 1U << 0U;
constexpr std::uint32_t kBlake3ChunkEnd = 1U << 1U;
constexpr std::uint32_t kBlake3Parent = 1U << 2U;
constexpr std::uint32_t kBlake3Root = 1U << 3U;

// Nodes of the tree that are alike: whole chunks, or parents.
struct Blake3Nodes {
  const std::uint8_t* const* data = nullptr;  // of each node
  std::size_t blocks = 0;                     // of each node
  std::uint64_t counter = 0;                  // of the first
  std::uint64_t counter_step = 0;  // to the next: 1, or 0 for parents
  std::uint32_t flags = 0;
  std::uint32_t first_flag = 0;  // besides, of the first block
  std::uint32_t last_flag = 0;   // besides, of the last
};

// The chaining value of each node into out[i].
void blake3_avx2_x8(const Blake3Nodes& nodes, std::uint32_t (*out)[8]);
void blake3_avx512_x16(const Blake3Nodes& nodes, std::uint32_t (*out)[8]);

// Specification, 2.1 and 2.2: table 1, and table 2 applied once more a round.
inline constexpr std::uint32_t kBlake3Start[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
inline constexpr std::uint8_t kBlake3Order[7][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
    {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
    {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
    {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
    {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
    {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13}};

}  // namespace sigstore
