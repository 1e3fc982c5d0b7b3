// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/bytes.h"
#include "core/crypto/certificate.h"
#include "core/crypto/verification_key.h"

struct evp_pkey_st;

// A private key of any algorithm that logs and signers have, made for a test.
// Fails the test when OpenSSL does.
class SigningKey {
 public:
  explicit SigningKey(sigstore::KeyAlgorithm algorithm,
                      unsigned rsa_bits = 2048);

  sigstore::VerificationKey key() const;
  // DER RSAPublicKey.
  sigstore::Bytes pkcs1() const;
  sigstore::Bytes sign(
      sigstore::ByteView message,
      sigstore::SignatureHash hash = sigstore::SignatureHash::sha256) const;
  // Self-signed, valid from now for an hour.
  sigstore::Certificate certificate() const;

 private:
  struct FreeKey {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  std::unique_ptr<evp_pkey_st, FreeKey> key_;
};
