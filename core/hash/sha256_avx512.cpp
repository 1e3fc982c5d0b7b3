// SPDX-License-Identifier: Apache-2.0
//
// Built with AVX-512 (F, BW, VL): called only where the processor has it.
#include <immintrin.h>

#include "core/hash/sha256_lanes.h"
#include "core/hash/sha256_words_x8.h"

namespace sigstore {
namespace {

// Numbers for vpternlog: the truth tables of x^y^z, x?y:z and majority.
constexpr int kXor = 0x96;
constexpr int kChoose = 0xca;
constexpr int kMajority = 0xe8;

struct Zmm {
  using Register = __m512i;
  static constexpr std::size_t kLanes = 16;

  static Register load(const void* from) { return _mm512_load_si512(from); }
  static void store(void* to, Register r) { _mm512_store_si512(to, r); }
  static Register constant(std::uint32_t value) {
    return _mm512_set1_epi32(static_cast<int>(value));
  }
  static Register add(Register x, Register y) { return _mm512_add_epi32(x, y); }
  template <int N>
  static Register rotate(Register x) {
    return _mm512_ror_epi32(x, N);
  }
  template <int N>
  static Register shift(Register x) {
    return _mm512_srli_epi32(x, N);
  }
  static Register xor3(Register x, Register y, Register z) {
    return _mm512_ternarylogic_epi32(x, y, z, kXor);
  }
  static Register choose(Register x, Register y, Register z) {
    return _mm512_ternarylogic_epi32(x, y, z, kChoose);
  }
  static Register majority(Register x, Register y, Register z) {
    return _mm512_ternarylogic_epi32(x, y, z, kMajority);
  }

  // Word t of every message into w[t]: a transposition of 16 by 16 words, and
  // their bytes turned around.
  [[gnu::always_inline]] static inline void load_words(
      const std::uint8_t* const* data, std::size_t offset, Register* w) {
    const Register order = _mm512_broadcast_i32x4(
        _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
    // Of four messages each the same quarter: quarters of a block are 16
    // bytes, and the loads put them together.
#pragma GCC unroll 4
    for (std::size_t quarter = 0; quarter < 4; ++quarter) {
      const std::size_t at = offset + 16 * quarter;
      Register rows[4];
#pragma GCC unroll 4
      for (std::size_t i = 0; i < 4; ++i) {
        Register row = _mm512_castsi128_si512(word(data[i] + at));
        row = _mm512_inserti32x4(row, word(data[i + 4] + at), 1);
        row = _mm512_inserti32x4(row, word(data[i + 8] + at), 2);
        rows[i] = _mm512_inserti32x4(row, word(data[i + 12] + at), 3);
      }
      const Register low01 = _mm512_unpacklo_epi32(rows[0], rows[1]);
      const Register high01 = _mm512_unpackhi_epi32(rows[0], rows[1]);
      const Register low23 = _mm512_unpacklo_epi32(rows[2], rows[3]);
      const Register high23 = _mm512_unpackhi_epi32(rows[2], rows[3]);
      w[4 * quarter] =
          _mm512_shuffle_epi8(_mm512_unpacklo_epi64(low01, low23), order);
      w[4 * quarter + 1] =
          _mm512_shuffle_epi8(_mm512_unpackhi_epi64(low01, low23), order);
      w[4 * quarter + 2] =
          _mm512_shuffle_epi8(_mm512_unpacklo_epi64(high01, high23), order);
      w[4 * quarter + 3] =
          _mm512_shuffle_epi8(_mm512_unpackhi_epi64(high01, high23), order);
    }
  }

 private:
  static __m128i word(const std::uint8_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  }
};

struct Ymm {
  using Register = __m256i;
  static constexpr std::size_t kLanes = 8;

  static Register load(const void* from) {
    return _mm256_load_si256(static_cast<const __m256i*>(from));
  }
  static void store(void* to, Register r) {
    _mm256_store_si256(static_cast<__m256i*>(to), r);
  }
  static Register constant(std::uint32_t value) {
    return _mm256_set1_epi32(static_cast<int>(value));
  }
  static Register add(Register x, Register y) { return _mm256_add_epi32(x, y); }
  template <int N>
  static Register rotate(Register x) {
    return _mm256_ror_epi32(x, N);
  }
  template <int N>
  static Register shift(Register x) {
    return _mm256_srli_epi32(x, N);
  }
  static Register xor3(Register x, Register y, Register z) {
    return _mm256_ternarylogic_epi32(x, y, z, kXor);
  }
  static Register choose(Register x, Register y, Register z) {
    return _mm256_ternarylogic_epi32(x, y, z, kChoose);
  }
  static Register majority(Register x, Register y, Register z) {
    return _mm256_ternarylogic_epi32(x, y, z, kMajority);
  }
  static void load_words(const std::uint8_t* const* data, std::size_t offset,
                         Register* w) {
    load_words_x8(data, offset, w);
  }
};

}  // namespace

void sha256_avx512_x16(std::uint32_t (*const* states)[8],
                       const std::uint8_t* const* data, std::size_t blocks) {
  sha256_lanes<Zmm>(states, data, blocks);
}

void sha256_avx512_x8(std::uint32_t (*const* states)[8],
                      const std::uint8_t* const* data, std::size_t blocks) {
  sha256_lanes<Ymm>(states, data, blocks);
}

}  // namespace sigstore
