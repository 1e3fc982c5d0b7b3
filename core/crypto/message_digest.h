// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"

namespace sigstore {

// SHA-1 names git objects, and is used for nothing else.
enum class DigestAlgorithm : std::uint8_t {
  sha1,
  sha256,
  sha384,
  sha512,
  blake2b512
};

// A streaming hash (FIPS 180-4; RFC 7693), reusable after finish().
class MessageDigest {
 public:
  static Result<MessageDigest> create(DigestAlgorithm algorithm);
  MessageDigest(MessageDigest&&) noexcept;
  MessageDigest& operator=(MessageDigest&&) noexcept;
  ~MessageDigest();

  void update(ByteView bytes);
  // The digest of all updates since create() or the last finish().
  ContentDigest finish();

 private:
  struct State;  // keeps OpenSSL out of this header
  explicit MessageDigest(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// SHA-256 of `bytes`.
Sha256Digest sha256(ByteView bytes);
// HMAC-SHA-256 (RFC 2104).
Sha256Digest hmac_sha256(ByteView key, ByteView bytes);

}  // namespace sigstore
