// SPDX-License-Identifier: Apache-2.0
//
// Built with AVX2: called only where the processor has it. The rounds are in
// assembly: the state fills all sixteen registers, and compilers keep moving it
// in and out of memory where the next step waits for it, which costs a quarter
// of the time.
#include <immintrin.h>

#include <cstdint>

#include "core/hash/blake_lanes.h"
#include "core/hash/words_x8.h"

namespace sigstore {
namespace {

// Words by their register. One word of the third row is in %[kept] instead
// between its uses, so that a rotation has a register to work in.
#define ADD(a, b) "vpaddd %%ymm" #b ", %%ymm" #a ", %%ymm" #a "\n\t"
#define ADD_KEPT(a, b) "vpaddd %[kept], %%ymm" #b ", %%ymm" #a "\n\t"
#define ADD_MESSAGE(a, m) \
  "vpaddd 32*" #m "(%[message]), %%ymm" #a ", %%ymm" #a "\n\t"
#define XOR(a, b) "vpxor %%ymm" #b ", %%ymm" #a ", %%ymm" #a "\n\t"
#define KEEP(a) "vmovdqa %%ymm" #a ", %[kept]\n\t"
#define SHUFFLE(a, order) "vpshufb %[" #order "], %%ymm" #a ", %%ymm" #a "\n\t"
#define ROTATE(a, bits, free)                     \
  "vpsrld $" #bits ", %%ymm" #a ", %%ymm" #free   \
  "\n\t"                                          \
  "vpslld $(32-" #bits "), %%ymm" #a ", %%ymm" #a \
  "\n\t"                                          \
  "vpor %%ymm" #free ", %%ymm" #a ", %%ymm" #a "\n\t"
#define LOAD(a, from, i) "vmovdqa 32*" #i "(%[" #from "]), %%ymm" #a "\n\t"
#define STORE(a, to, i) "vmovdqa %%ymm" #a ", 32*" #i "(%[" #to "])\n\t"

// Half of the mixing (specification, 2.2), up to where its second word is to be
// rotated: of four columns in step, because each is one long chain. `free` is
// the word that is kept from then on.
// clang-format off
#define HALF_MIX(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3,          \
                 d0, d1, d2, d3, m0, m1, m2, m3, order, free, bits)       \
  ADD_MESSAGE(a0, m0) ADD_MESSAGE(a1, m1)                                 \
  ADD_MESSAGE(a2, m2) ADD_MESSAGE(a3, m3)                                 \
  ADD(a0, b0) ADD(a1, b1) ADD(a2, b2) ADD(a3, b3)                         \
  XOR(d0, a0) XOR(d1, a1) XOR(d2, a2) XOR(d3, a3)                         \
  SHUFFLE(d0, order) SHUFFLE(d1, order)                                   \
  SHUFFLE(d2, order) SHUFFLE(d3, order)                                   \
  ADD_KEPT(c0, d0) ADD(c1, d1) ADD(c2, d2) ADD(c3, d3)                    \
  XOR(b0, c0) XOR(b1, c1) XOR(b2, c2) XOR(b3, c3)                         \
  KEEP(free)                                                              \
  ROTATE(b0, bits, free) ROTATE(b1, bits, free)                           \
  ROTATE(b2, bits, free) ROTATE(b3, bits, free)
#define MIX(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3,               \
            d0, d1, d2, d3, m0, m1, m2, m3, m4, m5, m6, m7, next)         \
  HALF_MIX(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3,                \
           d0, d1, d2, d3, m0, m2, m4, m6, by_16, c0, 12)                 \
  HALF_MIX(a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3,                \
           d0, d1, d2, d3, m1, m3, m5, m7, by_8, next, 7)
// Columns, then diagonals; what comes next starts with another word.
#define ROUND(m0, m1, m2, m3, m4, m5, m6, m7,                             \
              m8, m9, m10, m11, m12, m13, m14, m15)                       \
  MIX(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,               \
      m0, m1, m2, m3, m4, m5, m6, m7, 10)                                 \
  MIX(0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14,               \
      m8, m9, m10, m11, m12, m13, m14, m15, 8)

// The first half of what the specification calls the output, into `state`;
// `rest` is the other half of what goes in.
[[gnu::always_inline]] inline void blake3_rounds(
    __m256i* state, const __m256i* rest, const __m256i* message) {
  const __m256i by_16 = _mm256_broadcastsi128_si256(
      _mm_set_epi64x(0x0d0c0f0e09080b0a, 0x0504070601000302));
  const __m256i by_8 = _mm256_broadcastsi128_si256(
      _mm_set_epi64x(0x0c0f0e0d080b0a09, 0x0407060500030201));
  __m256i kept = rest[0];
  asm volatile(
      LOAD(0, state, 0) LOAD(1, state, 1) LOAD(2, state, 2) LOAD(3, state, 3)
      LOAD(4, state, 4) LOAD(5, state, 5) LOAD(6, state, 6) LOAD(7, state, 7)
      LOAD(9, rest, 1) LOAD(10, rest, 2) LOAD(11, rest, 3) LOAD(12, rest, 4)
      LOAD(13, rest, 5) LOAD(14, rest, 6) LOAD(15, rest, 7)
      // kBlake3Order
      ROUND(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
      ROUND(2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
      ROUND(3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1)
      ROUND(10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6)
      ROUND(12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4)
      ROUND(9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7)
      ROUND(11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13)
      "vmovdqa %[kept], %%ymm8\n\t"
      XOR(0, 8) XOR(1, 9) XOR(2, 10) XOR(3, 11)
      XOR(4, 12) XOR(5, 13) XOR(6, 14) XOR(7, 15)
      STORE(0, state, 0) STORE(1, state, 1) STORE(2, state, 2)
      STORE(3, state, 3) STORE(4, state, 4) STORE(5, state, 5)
      STORE(6, state, 6) STORE(7, state, 7)
      : [kept] "+m"(kept)
      : [state] "r"(state), [rest] "r"(rest), [message] "r"(message),
        [by_16] "m"(by_16), [by_8] "m"(by_8)
      : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
        "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
        "xmm15");
}
// clang-format on

struct Words32 {
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
  static void load_words(const std::uint8_t* const* data, std::size_t offset,
                         Register* w) {
    load_words_x8(data, offset, w);
  }
  static void compress(Register* state, const Register* rest,
                       const Register* message) {
    blake3_rounds(state, rest, message);
  }
};

}  // namespace

void blake3_avx2_x8(const Blake3Nodes& nodes, std::uint32_t (*out)[8]) {
  blake3_lanes<Words32>(nodes, out);
}

}  // namespace sigstore
