// SPDX-License-Identifier: Apache-2.0
//
// Built with the SHA extensions and SSE4.1, and without AVX: these
// instructions exist in their old encoding alone, and with the upper halves of
// the registers in use each change between the encodings costs as much as
// three blocks.
#include <immintrin.h>

#include "core/hash/sha256_kernels.h"

namespace sigstore {
namespace {

// Bytes: how far before its use a line is asked for. The processor itself looks
// ahead to the end of a page. Beyond the end of the data nothing is asked for.
constexpr std::size_t kAhead = 512;

// FIPS 180-4, 6.2.2, four rounds at a time for N messages side by side: one
// alone waits for each of its rounds.
template <std::size_t N>
[[gnu::always_inline]] inline void compress(std::uint32_t (*const* states)[8],
                                            const std::uint8_t* const* data,
                                            std::size_t blocks) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  // The instructions want the state as ABEF and CDGH.
  __m128i abef[N];
  __m128i cdgh[N];
  for (std::size_t n = 0; n < N; ++n) {
    const auto* state = reinterpret_cast<const __m128i*>(*states[n]);
    const __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128(state), 0xb1);
    const __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128(state + 1), 0x1b);
    abef[n] = _mm_alignr_epi8(badc, hgfe, 8);
    cdgh[n] = _mm_blend_epi16(hgfe, badc, 0xf0);
  }
  for (std::size_t block = 0; block < blocks; ++block) {
    __m128i abef_before[N];
    __m128i cdgh_before[N];
    __m128i w[N][4];
    for (std::size_t n = 0; n < N; ++n) {
      _mm_prefetch(reinterpret_cast<const char*>(data[n] +
                                                 block * kSha256Block + kAhead),
                   _MM_HINT_T0);
      abef_before[n] = abef[n];
      cdgh_before[n] = cdgh[n];
    }
#pragma GCC unroll 16
    for (std::size_t step = 0; step < 16; ++step) {
      const __m128i constants = _mm_load_si128(
          reinterpret_cast<const __m128i*>(kSha256Constants + 4 * step));
#pragma GCC unroll 4
      for (std::size_t n = 0; n < N; ++n) {
        __m128i* const v = w[n];
        if (step < 4) {
          v[step] =
              _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(
                                   data[n] + block * kSha256Block + 16 * step)),
                               order);
        } else {
          const __m128i last = v[(step + 3) & 3U];
          v[step & 3U] = _mm_sha256msg2_epu32(
              _mm_add_epi32(
                  _mm_sha256msg1_epu32(v[step & 3U], v[(step + 1) & 3U]),
                  _mm_alignr_epi8(last, v[(step + 2) & 3U], 4)),
              last);
        }
        const __m128i sums = _mm_add_epi32(v[step & 3U], constants);
        cdgh[n] = _mm_sha256rnds2_epu32(cdgh[n], abef[n], sums);
        abef[n] = _mm_sha256rnds2_epu32(abef[n], cdgh[n],
                                        _mm_shuffle_epi32(sums, 0x0e));
      }
    }
    for (std::size_t n = 0; n < N; ++n) {
      abef[n] = _mm_add_epi32(abef[n], abef_before[n]);
      cdgh[n] = _mm_add_epi32(cdgh[n], cdgh_before[n]);
    }
  }
  for (std::size_t n = 0; n < N; ++n) {
    auto* state = reinterpret_cast<__m128i*>(*states[n]);
    const __m128i feba = _mm_shuffle_epi32(abef[n], 0x1b);
    const __m128i dchg = _mm_shuffle_epi32(cdgh[n], 0xb1);
    _mm_storeu_si128(state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(state + 1, _mm_alignr_epi8(dchg, feba, 8));
  }
}

}  // namespace

void sha256_shani_x2(std::uint32_t (*const* states)[8],
                     const std::uint8_t* const* data, std::size_t blocks) {
  compress<2>(states, data, blocks);
}

}  // namespace sigstore
