// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/bytes.h"

namespace sigstore::git {

// Decompresses small zlib streams (RFC 1950, RFC 1951): git's pointers and
// trees. General decompressors build tables of thousands of entries for each
// stream, which for 130 bytes is most of the work; these are as small as the
// stream's own codes allow. Pure.
class Inflater {
 public:
  // True when `zlib` begins with a stream of exactly out.size() bytes. False
  // also for what is rare in such streams and left to others (codes longer
  // than 12 bits). The stream's Adler-32 is not looked at: callers compare
  // the content with its name, a stronger check.
  bool inflate(ByteView zlib, std::span<std::uint8_t> out);

 private:
  static constexpr unsigned kMaxBits = 12;
  // One entry for every next `bits` bits: symbol << 4 | code length, or 0
  // where no code begins so.
  struct Table {
    unsigned bits = 0;
    std::array<std::uint16_t, 1U << kMaxBits> entries{};
    bool build(std::span<const std::uint8_t> lengths);
  };
  struct Input;

  bool block(Input& input, std::span<std::uint8_t> out, std::size_t& written);
  static bool stored(Input& input, std::span<std::uint8_t> out,
                     std::size_t& written);
  bool read_codes(Input& input);
  bool read_lengths(Input& input, std::span<std::uint8_t> lengths);
  bool fixed_codes();

  Table code_lengths_;
  Table literals_;
  Table distances_;
};

}  // namespace sigstore::git
