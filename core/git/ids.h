// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/encoding.h"

namespace sigstore::git {

// The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256).
class ObjectId {
 public:
  ObjectId() = default;

  static std::optional<ObjectId> from_bytes(ByteView bytes) {
    if (bytes.size() != 20 && bytes.size() != 32) return std::nullopt;
    ObjectId id;
    id.size_ = static_cast<std::uint8_t>(bytes.size());
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    return id;
  }
  // 40 or 64 lower-case digits.
  static std::optional<ObjectId> parse_hex(std::string_view text) {
    const std::optional<Bytes> bytes = from_hex(text);
    return bytes ? from_bytes(*bytes) : std::nullopt;
  }

  ByteView view() const { return ByteView(bytes_).first(size_); }
  std::string to_hex() const { return sigstore::to_hex(view()); }
  std::string to_short() const { return to_hex().substr(0, 7); }
  bool is_zero() const { return bytes_ == decltype(bytes_){}; }
  auto operator<=>(const ObjectId&) const = default;

 private:
  std::array<std::uint8_t, 32> bytes_{};
  std::uint8_t size_ = 0;
};

// What an id names is known where it is read, and kept.
struct CommitId {
  ObjectId id;
  auto operator<=>(const CommitId&) const = default;
};
struct TreeId {
  ObjectId id;
  auto operator<=>(const TreeId&) const = default;
};
struct BlobId {
  ObjectId id;
  auto operator<=>(const BlobId&) const = default;
};

}  // namespace sigstore::git
