// SPDX-License-Identifier: Apache-2.0
//
// Built with AVX-512 (F, BW, VL): called only where the processor has it.
#include <immintrin.h>

#include "core/hash/sha256_lanes.h"
#include "core/hash/words_x16.h"
#include "core/hash/words_x8.h"

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

  static void load_words(const std::uint8_t* const* data, std::size_t offset,
                         Register* w) {
    load_big_endian_x16(data, offset, w);
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
    load_big_endian_x8(data, offset, w);
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
