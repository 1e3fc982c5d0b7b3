// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/verification_key.h"

namespace sigstore {

enum class Curve : std::uint8_t { p256, p384, p521 };
std::string_view curve_name(Curve curve);  // "P-256"

// An ECDSA public key on P-256, P-384 or P-521: the keys that OpenSSF Model
// Signing (algorithm registry) knows for its key and certificate methods. The
// signature hash follows the curve: SHA-256, SHA-384, SHA-512.
class PublicKey {
 public:
  // A "PUBLIC KEY" block, with or without text around it.
  static Result<PublicKey> from_pem(std::string_view pem);
  // DER SubjectPublicKeyInfo, nothing after it.
  static Result<PublicKey> from_der(ByteView der);

  Curve curve() const { return curve_; }
  // SubjectPublicKeyInfo in PEM: 64 columns, final newline, nothing else.
  const std::string& pem() const { return key_.pem(); }
  // The OMS key hint: lower-case hex SHA-256 of pem().
  const std::string& fingerprint() const { return fingerprint_; }
  const VerificationKey& verification_key() const { return key_; }

  // Checks a DER ECDSA signature over `message`; bad_signature if it is not
  // by this key over these bytes.
  Result<void> verify(ByteView message, ByteView signature) const;
  // The same with SHA-256 whatever the curve, as model-signing 0.2 signed.
  Result<void> verify_sha256(ByteView message, ByteView signature) const;

  bool operator==(const PublicKey& other) const { return key_ == other.key_; }

 private:
  // Refuses other algorithms and curves.
  static Result<PublicKey> from_key(Result<VerificationKey> key);
  PublicKey(VerificationKey key, Curve curve);
  Result<void> verify_hashed(ByteView message, ByteView signature,
                             SignatureHash hash) const;

  VerificationKey key_;
  Curve curve_;
  std::string fingerprint_;
};

}  // namespace sigstore
