// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "core/crypto/message_digest.h"

namespace sigstore {

// The hash algorithms of OpenSSF Model Signing (section 7), by their names
// there.
enum class HashAlgorithm : std::uint8_t { sha256, blake2b, blake3 };

std::string_view hash_name(HashAlgorithm algorithm);
std::size_t digest_size(HashAlgorithm algorithm);  // bytes
// invalid_input for a name outside of the registry.
Result<HashAlgorithm> parse_hash_name(std::string_view name);

class Blake3;

// A digest of bytes that come piece by piece, reusable after finish().
class RunningDigest {
 public:
  RunningDigest(MessageDigest digest);
  static Result<RunningDigest> create(HashAlgorithm algorithm);
  RunningDigest(RunningDigest&&) noexcept;
  RunningDigest& operator=(RunningDigest&&) noexcept;
  ~RunningDigest();

  void update(ByteView bytes);
  // The digest of all updates since create() or the last finish().
  ContentDigest finish();

 private:
  explicit RunningDigest(std::unique_ptr<Blake3> digest);
  std::variant<MessageDigest, std::unique_ptr<Blake3>> digest_;
};

}  // namespace sigstore
