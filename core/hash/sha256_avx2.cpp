// SPDX-License-Identifier: Apache-2.0
//
// Built with AVX2: called only where the processor has it.
#include <immintrin.h>

#include "core/hash/sha256_lanes.h"
#include "core/hash/words_x8.h"

namespace sigstore {
namespace {

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
    return _mm256_or_si256(_mm256_srli_epi32(x, N),
                           _mm256_slli_epi32(x, 32 - N));
  }
  template <int N>
  static Register shift(Register x) {
    return _mm256_srli_epi32(x, N);
  }
  static Register xor3(Register x, Register y, Register z) {
    return _mm256_xor_si256(_mm256_xor_si256(x, y), z);
  }
  static Register choose(Register x, Register y, Register z) {
    return _mm256_xor_si256(z, _mm256_and_si256(x, _mm256_xor_si256(y, z)));
  }
  static Register majority(Register x, Register y, Register z) {
    return _mm256_or_si256(_mm256_and_si256(x, y),
                           _mm256_and_si256(z, _mm256_or_si256(x, y)));
  }
  static void load_words(const std::uint8_t* const* data, std::size_t offset,
                         Register* w) {
    load_big_endian_x8(data, offset, w);
  }
};

}  // namespace

void sha256_avx2_x8(std::uint32_t (*const* states)[8],
                    const std::uint8_t* const* data, std::size_t blocks) {
  sha256_lanes<Ymm>(states, data, blocks);
}

}  // namespace sigstore
