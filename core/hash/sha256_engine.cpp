// SPDX-License-Identifier: Apache-2.0
#include "core/hash/sha256_engine.h"

#include <algorithm>
#include <utility>

#include "core/crypto/sha256_blocks.h"
#include "core/hash/sha256_kernels.h"

namespace sigstore {
namespace {

void put_big_endian(std::uint64_t value, std::uint8_t* to, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    to[i] = static_cast<std::uint8_t>(value >> (8 * (size - 1 - i)));
}

}  // namespace

Sha256Digest Sha256State::digest() const {
  Sha256Digest digest;
  for (std::size_t i = 0; i < 8; ++i)
    put_big_endian(words[i], digest.bytes.data() + 4 * i, 4);
  return digest;
}

Sha256Tail::Sha256Tail(std::span<const std::uint8_t> rest, std::uint64_t size) {
  std::copy(rest.begin(), rest.end(), bytes.begin());
  bytes[rest.size()] = 0x80;
  blocks = rest.size() + 9 <= kSha256Block ? 1 : 2;
  put_big_endian(size * 8, bytes.data() + blocks * kSha256Block - 8, 8);
}

void Sha256Lanes::add(std::size_t width, Kernel kernel) {
  widths_[width_count_] = width;
  kernels_[width_count_] = kernel;
  ++width_count_;
}

Sha256Lanes::Sha256Lanes(HashEngine engine) {
#if defined(__x86_64__)
  const auto uses = [&](HashEngine one) {
    return (engine == one || engine == HashEngine::best) && is_supported(one);
  };
  const bool wide = uses(HashEngine::avx512);
  const bool pairs =
      uses(HashEngine::sha_ni) ||
      (engine == HashEngine::avx512 && is_supported(HashEngine::sha_ni));
  if (pairs) add(2, sha256_shani_x2);
  if (wide) {
    add(8, sha256_avx512_x8);
    add(16, sha256_avx512_x16);
  } else if (uses(HashEngine::avx2) && !pairs) {
    add(8, sha256_avx2_x8);  // slower than pairs by SHA-NI
  }
#else
  static_cast<void>(engine);
#endif
}

// Three quarters of the lanes pay for the whole width: a kernel takes as long
// for a part of its lanes as for all.
std::size_t Sha256Lanes::choose(std::size_t left, Kernel& kernel,
                                std::size_t& width) const {
  std::size_t i = width_count_ - 1;
  while (i > 0 && 4 * left < 3 * widths_[i]) --i;
  kernel = kernels_[i];
  width = widths_[i];
  return std::min(left, width);
}

void Sha256Lanes::advance(std::span<const Sha256Lane> lanes,
                          std::size_t blocks) const {
  while (!lanes.empty() && blocks > 0) {
    Kernel kernel = nullptr;
    std::size_t width = 0;
    const std::size_t taken = choose(lanes.size(), kernel, width);
    if (kernel == nullptr) {
      sha256_blocks(lanes[0].state->words, lanes[0].data, blocks);
    } else {
      // Lanes without a message hash the first one again, for nothing.
      Sha256State spare;
      std::uint32_t(*states[kMost])[8];
      const std::uint8_t* data[kMost];
      for (std::size_t i = 0; i < width; ++i) {
        states[i] = i < taken ? &lanes[i].state->words : &spare.words;
        data[i] = lanes[i < taken ? i : 0].data;
      }
      kernel(states, data, blocks);
    }
    lanes = lanes.subspan(taken);
  }
}

}  // namespace sigstore
