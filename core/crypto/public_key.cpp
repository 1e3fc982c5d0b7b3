// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/public_key.h"

#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

Error not_in_registry() {
  return fail(ErrorKind::unsupported,
              "public key: not an ECDSA key on P-256, P-384 or P-521 (the "
              "OpenSSF Model Signing registry has no other for keys)");
}

}  // namespace

std::string_view curve_name(Curve curve) {
  if (curve == Curve::p256) return "P-256";
  return curve == Curve::p384 ? "P-384" : "P-521";
}

PublicKey::PublicKey(VerificationKey key, Curve curve)
    : key_(std::move(key)),
      curve_(curve),
      fingerprint_(sha256(as_bytes(key_.pem())).to_hex()) {}

Result<PublicKey> PublicKey::from_key(Result<VerificationKey> key) {
  if (!key.ok()) {
    if (key.error().kind == ErrorKind::unsupported) return not_in_registry();
    return std::move(key).error().context("public key");
  }
  switch (key->algorithm()) {
    case KeyAlgorithm::p256:
      return PublicKey(std::move(*key), Curve::p256);
    case KeyAlgorithm::p384:
      return PublicKey(std::move(*key), Curve::p384);
    case KeyAlgorithm::p521:
      return PublicKey(std::move(*key), Curve::p521);
    case KeyAlgorithm::rsa:
    case KeyAlgorithm::ed25519:
      break;
  }
  return not_in_registry();
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  return from_key(VerificationKey::from_pem(pem));
}

Result<PublicKey> PublicKey::from_der(ByteView der) {
  return from_key(VerificationKey::from_der(der));
}

Result<void> PublicKey::verify(ByteView message, ByteView signature) const {
  return verify_hashed(message, signature, registry_hash(key_.algorithm()));
}

Result<void> PublicKey::verify_sha256(ByteView message,
                                      ByteView signature) const {
  return verify_hashed(message, signature, SignatureHash::sha256);
}

Result<void> PublicKey::verify_hashed(ByteView message, ByteView signature,
                                      SignatureHash hash) const {
  Result<void> verified = key_.verify(message, signature, hash);
  if (!verified.ok() && verified.error().kind == ErrorKind::bad_signature)
    return fail(ErrorKind::bad_signature, "the signature is not by key ",
                fingerprint_, " over this content");
  return verified;
}

}  // namespace sigstore
