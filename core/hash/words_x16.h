// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: the 32-bit words of a block of 64 bytes of sixteen
// messages.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace sigstore {
namespace {

// 16 bytes of every fourth message, the first of them at data[0] + at.
[[gnu::always_inline]] inline __m512i load_quarters(
    const std::uint8_t* const* data, std::size_t at) {
  const auto load = [at](const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at));
  };
  __m512i row = _mm512_castsi128_si512(load(data[0]));
  row = _mm512_inserti32x4(row, load(data[4]), 1);
  row = _mm512_inserti32x4(row, load(data[8]), 2);
  return _mm512_inserti32x4(row, load(data[12]), 3);
}

// Word t of every message into w[t]: a transposition of 16 by 16 words.
[[gnu::always_inline]] inline void load_words_x16(
    const std::uint8_t* const* data, std::size_t offset, __m512i* w) {
#pragma GCC unroll 4
  for (std::size_t quarter = 0; quarter < 4; ++quarter) {
    const std::size_t at = offset + 16 * quarter;
    __m512i rows[4];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) rows[i] = load_quarters(data + i, at);
    const __m512i low01 = _mm512_unpacklo_epi32(rows[0], rows[1]);
    const __m512i high01 = _mm512_unpackhi_epi32(rows[0], rows[1]);
    const __m512i low23 = _mm512_unpacklo_epi32(rows[2], rows[3]);
    const __m512i high23 = _mm512_unpackhi_epi32(rows[2], rows[3]);
    w[4 * quarter] = _mm512_unpacklo_epi64(low01, low23);
    w[4 * quarter + 1] = _mm512_unpackhi_epi64(low01, low23);
    w[4 * quarter + 2] = _mm512_unpacklo_epi64(high01, high23);
    w[4 * quarter + 3] = _mm512_unpackhi_epi64(high01, high23);
  }
}

// The same with their bytes turned around.
[[gnu::always_inline]] inline void load_big_endian_x16(
    const std::uint8_t* const* data, std::size_t offset, __m512i* w) {
  const __m512i order = _mm512_broadcast_i32x4(
      _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
  load_words_x16(data, offset, w);
#pragma GCC unroll 16
  for (std::size_t t = 0; t < 16; ++t) w[t] = _mm512_shuffle_epi8(w[t], order);
}

}  // namespace
}  // namespace sigstore
