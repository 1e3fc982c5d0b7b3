// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: SHA-256 with a message in each lane of the vectors of V.
// Included by one file an instruction set; V is local to each, and so is this.

#include "core/hash/sha256_kernels.h"

namespace sigstore {
namespace {

template <class V>
using Register = typename V::Register;

template <class V>
[[gnu::always_inline]] inline void sha256_lanes(
    std::uint32_t (*const* states)[8], const std::uint8_t* const* data,
    std::size_t blocks) {
  using R = Register<V>;
  alignas(64) std::uint32_t transposed[8][V::kLanes];
  for (std::size_t lane = 0; lane < V::kLanes; ++lane)
    for (std::size_t i = 0; i < 8; ++i)
      transposed[i][lane] = (*states[lane])[i];
  R state[8];
  for (std::size_t i = 0; i < 8; ++i) state[i] = V::load(transposed[i]);
  for (std::size_t block = 0; block < blocks; ++block) {
    R w[16];
    V::load_words(data, block * kSha256Block, w);
    R a = state[0], b = state[1], c = state[2], d = state[3];
    R e = state[4], f = state[5], g = state[6], h = state[7];
#pragma GCC unroll 64
    for (std::size_t t = 0; t < 64; ++t) {
      if (t >= 16) {
        const R w1 = w[(t + 1) & 15U];
        const R w14 = w[(t + 14) & 15U];
        const R s0 =
            V::xor3(V::template rotate<7>(w1), V::template rotate<18>(w1),
                    V::template shift<3>(w1));
        const R s1 =
            V::xor3(V::template rotate<17>(w14), V::template rotate<19>(w14),
                    V::template shift<10>(w14));
        w[t & 15U] =
            V::add(V::add(w[t & 15U], s0), V::add(w[(t + 9) & 15U], s1));
      }
      const R sum1 =
          V::xor3(V::template rotate<6>(e), V::template rotate<11>(e),
                  V::template rotate<25>(e));
      const R sum0 =
          V::xor3(V::template rotate<2>(a), V::template rotate<13>(a),
                  V::template rotate<22>(a));
      const R t1 = V::add(
          V::add(h, V::add(w[t & 15U], V::constant(kSha256Constants[t]))),
          V::add(sum1, V::choose(e, f, g)));
      const R t2 = V::add(sum0, V::majority(a, b, c));
      h = g;
      g = f;
      f = e;
      e = V::add(d, t1);
      d = c;
      c = b;
      b = a;
      a = V::add(t1, t2);
    }
    const R out[8] = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i) state[i] = V::add(state[i], out[i]);
  }
  for (std::size_t i = 0; i < 8; ++i) V::store(transposed[i], state[i]);
  for (std::size_t lane = 0; lane < V::kLanes; ++lane)
    for (std::size_t i = 0; i < 8; ++i)
      (*states[lane])[i] = transposed[i][lane];
}

}  // namespace
}  // namespace sigstore
