// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: the 32-bit words of a block of 64 bytes of eight messages.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace sigstore {
namespace {

// Word t of every message into w[t].
[[gnu::always_inline]] inline void load_words_x8(
    const std::uint8_t* const* data, std::size_t offset, __m256i* w) {
#pragma GCC unroll 4
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    const std::size_t at = offset + 16 * quarter;
    __m256i rows[4];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i)
      rows[i] = _mm256_inserti128_si256(
          _mm256_castsi128_si256(
              _mm_loadu_si128(reinterpret_cast<const __m128i*>(data[i] + at))),
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(data[i + 4] + at)),
          1);
    const __m256i low01 = _mm256_unpacklo_epi32(rows[0], rows[1]);
    const __m256i high01 = _mm256_unpackhi_epi32(rows[0], rows[1]);
    const __m256i low23 = _mm256_unpacklo_epi32(rows[2], rows[3]);
    const __m256i high23 = _mm256_unpackhi_epi32(rows[2], rows[3]);
    w[4 * quarter] = _mm256_unpacklo_epi64(low01, low23);
    w[4 * quarter + 1] = _mm256_unpackhi_epi64(low01, low23);
    w[4 * quarter + 2] = _mm256_unpacklo_epi64(high01, high23);
    w[4 * quarter + 3] = _mm256_unpackhi_epi64(high01, high23);
  }
}

// The same with their bytes turned around.
[[gnu::always_inline]] inline void load_big_endian_x8(
    const std::uint8_t* const* data, std::size_t offset, __m256i* w) {
  const __m256i order = _mm256_broadcastsi128_si256(
      _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
  load_words_x8(data, offset, w);
#pragma GCC unroll 16
  for (std::size_t t = 0; t < 16; ++t) w[t] = _mm256_shuffle_epi8(w[t], order);
}

}  // namespace
}  // namespace sigstore
