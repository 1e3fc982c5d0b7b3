// SPDX-License-Identifier: Apache-2.0
//
// Built with AVX2: called only where the processor has it.
#include <immintrin.h>

#include "core/hash/blake_lanes.h"

namespace sigstore {
namespace {

struct Words64 {
  using Register = __m256i;
  static constexpr std::size_t kLanes = 4;

  static Register load(const void* from) {
    return _mm256_load_si256(static_cast<const __m256i*>(from));
  }
  static void store(void* to, Register r) {
    _mm256_store_si256(static_cast<__m256i*>(to), r);
  }
  static Register exclusive_or(Register x, Register y) {
    return _mm256_xor_si256(x, y);
  }
  // The bytes of each half by the places in `low` and `high`.
  static Register shuffle(Register x, std::int64_t high, std::int64_t low) {
    return _mm256_shuffle_epi8(
        x, _mm256_broadcastsi128_si256(_mm_set_epi64x(high, low)));
  }

  static Register constant(std::uint64_t value) {
    return _mm256_set1_epi64x(static_cast<std::int64_t>(value));
  }
  static Register add(Register x, Register y) { return _mm256_add_epi64(x, y); }
  template <int N>
  static Register rotate(Register x) {
    if constexpr (N == 32) {
      return _mm256_shuffle_epi32(x, 0xb1);
    } else if constexpr (N == 24) {
      return shuffle(x, 0x0a09080f0e0d0c0b, 0x0201000706050403);
    } else if constexpr (N == 16) {
      return shuffle(x, 0x09080f0e0d0c0b0a, 0x0100070605040302);
    } else {
      static_assert(N == 63);
      return _mm256_or_si256(_mm256_srli_epi64(x, 63), _mm256_add_epi64(x, x));
    }
  }
  // Word t of every message into w[t].
  [[gnu::always_inline]] static inline void load_words(
      const std::uint8_t* const* data, std::size_t offset, Register* w) {
#pragma GCC unroll 8
    for (std::size_t pair = 0; pair < 8; ++pair) {
      const std::size_t at = offset + 16 * pair;
      const Register even = two(data[0] + at, data[2] + at);
      const Register odd = two(data[1] + at, data[3] + at);
      w[2 * pair] = _mm256_unpacklo_epi64(even, odd);
      w[2 * pair + 1] = _mm256_unpackhi_epi64(even, odd);
    }
  }

 private:
  static Register two(const std::uint8_t* low, const std::uint8_t* high) {
    return _mm256_inserti128_si256(
        _mm256_castsi128_si256(
            _mm_loadu_si128(reinterpret_cast<const __m128i*>(low))),
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(high)), 1);
  }
};

}  // namespace

void blake2b_avx2_x4(std::uint64_t (*const* states)[8],
                     const std::uint64_t* counts,
                     const std::uint8_t* const* data, std::size_t blocks) {
  blake2b_lanes<Words64>(states, counts, data, blocks);
}

}  // namespace sigstore
