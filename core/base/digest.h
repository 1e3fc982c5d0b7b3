// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/encoding.h"

namespace sigstore {

// SHA-256 of something. Hexadecimal exists only where it is read or printed.
struct Sha256Digest {
  static constexpr std::size_t kSize = 32;
  std::array<std::uint8_t, kSize> bytes{};

  auto operator<=>(const Sha256Digest&) const = default;
  std::string to_hex() const { return sigstore::to_hex(bytes); }

  // 64 lower-case hexadecimal digits, nothing else.
  static std::optional<Sha256Digest> parse_hex(std::string_view text) {
    Sha256Digest digest;
    if (!from_hex(text, digest.bytes)) return std::nullopt;
    return digest;
  }
};

// A digest whose algorithm is written elsewhere (OMS: the manifest's
// hash_type): 32 bytes for sha256 and blake3, 64 for blake2b.
class ContentDigest {
 public:
  static constexpr std::size_t kMaxSize = 64;

  ContentDigest() = default;
  ContentDigest(const Sha256Digest& digest) : ContentDigest(digest.bytes) {}
  // Needs at most kMaxSize bytes.
  explicit ContentDigest(ByteView bytes)
      : size_(static_cast<std::uint8_t>(bytes.size())) {
    assert(bytes.size() <= kMaxSize);
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }

  ByteView view() const { return ByteView(bytes_).first(size_); }
  std::string to_hex() const { return sigstore::to_hex(view()); }
  bool operator==(const ContentDigest&) const = default;

 private:
  std::array<std::uint8_t, kMaxSize> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace sigstore
