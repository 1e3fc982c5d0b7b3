// SPDX-License-Identifier: Apache-2.0
//
// Built with AVX-512 (F, BW, VL): called only where the processor has it.
#include <immintrin.h>

#include "core/hash/blake_lanes.h"
#include "core/hash/words_x16.h"

namespace sigstore {
namespace {

struct Zmm {
  using Register = __m512i;

  static Register load(const void* from) { return _mm512_load_si512(from); }
  static void store(void* to, Register r) { _mm512_store_si512(to, r); }
  static Register exclusive_or(Register x, Register y) {
    return _mm512_xor_si512(x, y);
  }
};

struct Words32 : Zmm {
  static constexpr std::size_t kLanes = 16;

  static Register constant(std::uint32_t value) {
    return _mm512_set1_epi32(static_cast<int>(value));
  }
  static Register add(Register x, Register y) { return _mm512_add_epi32(x, y); }
  template <int N>
  static Register rotate(Register x) {
    return _mm512_ror_epi32(x, N);
  }
  static void load_words(const std::uint8_t* const* data, std::size_t offset,
                         Register* w) {
    load_words_x16(data, offset, w);
  }
  [[gnu::always_inline]] static inline void compress(Register* state,
                                                     const Register* rest,
                                                     const Register* message) {
    blake3_compress<Words32>(state, rest, message);
  }
};

struct Words64 : Zmm {
  static constexpr std::size_t kLanes = 8;

  static Register constant(std::uint64_t value) {
    return _mm512_set1_epi64(static_cast<std::int64_t>(value));
  }
  static Register add(Register x, Register y) { return _mm512_add_epi64(x, y); }
  template <int N>
  static Register rotate(Register x) {
    return _mm512_ror_epi64(x, N);
  }
  // Word t of every message into w[t].
  [[gnu::always_inline]] static inline void load_words(
      const std::uint8_t* const* data, std::size_t offset, Register* w) {
#pragma GCC unroll 8
    for (std::size_t pair = 0; pair < 8; ++pair) {
      const std::size_t at = offset + 16 * pair;
      const Register even = every_other(data, at);
      const Register odd = every_other(data + 1, at);
      w[2 * pair] = _mm512_unpacklo_epi64(even, odd);
      w[2 * pair + 1] = _mm512_unpackhi_epi64(even, odd);
    }
  }

 private:
  static Register every_other(const std::uint8_t* const* data, std::size_t at) {
    const auto load = [at](const std::uint8_t* from) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + at));
    };
    Register row = _mm512_castsi128_si512(load(data[0]));
    row = _mm512_inserti32x4(row, load(data[2]), 1);
    row = _mm512_inserti32x4(row, load(data[4]), 2);
    return _mm512_inserti32x4(row, load(data[6]), 3);
  }
};

}  // namespace

void blake2b_avx512_x8(std::uint64_t (*const* states)[8],
                       const std::uint64_t* counts,
                       const std::uint8_t* const* data, std::size_t blocks) {
  blake2b_lanes<Words64>(states, counts, data, blocks);
}

void blake3_avx512_x16(const Blake3Nodes& nodes, std::uint32_t (*out)[8]) {
  blake3_lanes<Words32>(nodes, out);
}

}  // namespace sigstore
