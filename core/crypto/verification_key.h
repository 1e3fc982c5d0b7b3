// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"

struct evp_pkey_st;

namespace sigstore {

enum class KeyAlgorithm : std::uint8_t { p256, p384, p521, rsa, ed25519 };
enum class SignatureHash : std::uint8_t { sha256, sha384, sha512 };

// The hash that Sigstore's algorithm registry pairs with a key: the one of
// its size for ECDSA, SHA-256 for RSA. Ed25519 (RFC 8032) has none; sha512 is
// returned and not used.
SignatureHash registry_hash(KeyAlgorithm algorithm);
// "SHA2_256", as protobuf-specs writes it.
std::string_view hash_algorithm_name(SignatureHash hash);
// 32, 48 or 64 bytes.
Bytes hash_bytes(SignatureHash hash, ByteView bytes);

// A public key of Sigstore's algorithm registry (architecture-docs,
// algorithm-registry.md): ECDSA on P-256, P-384 or P-521 by name, RSA of 2048
// to 16384 bits with PKCS#1 v1.5, Ed25519. Any other key is `unsupported`.
class VerificationKey {
 public:
  // DER SubjectPublicKeyInfo, nothing after it.
  static Result<VerificationKey> from_der(ByteView spki);
  // DER RSAPublicKey (RFC 8017 A.1.1), nothing after it.
  static Result<VerificationKey> from_pkcs1_der(ByteView der);
  // One "PUBLIC KEY" or "RSA PUBLIC KEY" block, with or without text around;
  // with any other block beside it, it is refused.
  static Result<VerificationKey> from_pem(std::string_view pem);

  VerificationKey(VerificationKey&&) noexcept;
  VerificationKey& operator=(VerificationKey&&) noexcept;
  VerificationKey(const VerificationKey&);  // shares the key
  VerificationKey& operator=(const VerificationKey&);
  ~VerificationKey();

  KeyAlgorithm algorithm() const { return algorithm_; }
  unsigned bits() const { return bits_; }  // of an RSA modulus
  // DER SubjectPublicKeyInfo, one encoding for one key.
  const Bytes& spki() const { return spki_; }
  // The same in PEM: "PUBLIC KEY", 64 columns, final newline.
  const std::string& pem() const { return pem_; }
  // SHA-256 of spki(): the id of Rekor v1 and CT logs, and in base64 the hint
  // of a managed key.
  Sha256Digest id() const;
  // The 32 bytes of an Ed25519 key; empty for others.
  Bytes raw() const;

  // Checks a signature over `message`: DER for ECDSA (minimal, nothing
  // after it), raw for the others. bad_signature if it is not by this key.
  Result<void> verify(ByteView message, ByteView signature,
                      SignatureHash hash) const;
  // The same over a digest; `unsupported` for Ed25519.
  Result<void> verify_digest(ByteView digest, ByteView signature,
                             SignatureHash hash) const;
  // RSASSA-PSS (RFC 8017 8.1) with MGF1 over the same hash and a salt of any
  // length; `unsupported` for other keys than RSA.
  Result<void> verify_pss(ByteView message, ByteView signature,
                          SignatureHash hash) const;

  bool operator==(const VerificationKey& other) const {
    return spki_ == other.spki_;
  }

 private:
  // Takes one reference to `key`.
  static Result<VerificationKey> adopt(evp_pkey_st* key);
  VerificationKey() = default;

  struct FreeKey {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  std::unique_ptr<evp_pkey_st, FreeKey> key_;
  KeyAlgorithm algorithm_ = KeyAlgorithm::p256;
  unsigned bits_ = 0;
  Bytes spki_;
  std::string pem_;
};

}  // namespace sigstore
