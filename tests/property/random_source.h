// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sigstore {

// Numbers that depend on the seed alone: the distributions of <random> differ
// between standard libraries, and a seed must mean the same case everywhere.
// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators").
class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  // From 0 to bound - 1. Needs bound > 0.
  std::size_t below(std::size_t bound) {
    return static_cast<std::size_t>(next() % bound);
  }
  bool one_in(std::size_t chances) { return below(chances) == 0; }

  template <class T, std::size_t N>
  const T& pick(const std::array<T, N>& items) {
    return items[below(N)];
  }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items.at(below(items.size()));
  }

  std::string bytes(std::size_t size) {
    std::string out(size, '\0');
    for (char& c : out) c = static_cast<char>(next() & 0xFFU);
    return out;
  }
  // Lower-case words and a line break now and then; ends in a letter.
  std::string words(std::size_t size) {
    std::string out;
    while (out.size() < size)
      out += one_in(9) ? (one_in(3) ? '\n' : ' ')
                       : static_cast<char>('a' + below(26));
    return out + 'z';
  }

 private:
  std::uint64_t state_;
};

}  // namespace sigstore
