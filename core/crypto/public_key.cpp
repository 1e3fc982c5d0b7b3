// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/public_key.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>

#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

Result<Curve> curve_of(const EVP_PKEY* key) {
  const Error unsupported =
      fail(ErrorKind::unsupported,
           "not an ECDSA key on P-256, P-384 or P-521 (the OpenSSF Model "
           "Signing registry has no other for keys)");
  if (EVP_PKEY_is_a(key, "EC") != 1) return unsupported;
  // Parameters spelled out would be a second text for the same key.
  int from_explicit = 0;
  EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                         &from_explicit);
  if (from_explicit != 0) return unsupported;
  std::array<char, 64> name{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) {
    clear_openssl_errors();  // explicit parameters have no name
    return unsupported;
  }
  const std::string_view group(name.data(), length);
  if (group == "prime256v1") return Curve::p256;
  if (group == "secp384r1") return Curve::p384;
  if (group == "secp521r1") return Curve::p521;
  return unsupported;
}

Result<std::string> spki_pem(EVP_PKEY* key) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), key) != 1)
    return openssl_error(ErrorKind::internal, "writing a public key");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(length));
}

// A public key has no password: OpenSSL must not ask a terminal for one.
int refuse_password(char*, int, int, void*) noexcept { return -1; }

const char* hash_name(Curve curve) {
  if (curve == Curve::p256) return "SHA256";
  return curve == Curve::p384 ? "SHA384" : "SHA512";
}

}  // namespace

std::string_view curve_name(Curve curve) {
  if (curve == Curve::p256) return "P-256";
  return curve == Curve::p384 ? "P-384" : "P-521";
}

void PublicKey::FreeKey::operator()(evp_pkey_st* key) const noexcept {
  EVP_PKEY_free(key);
}

PublicKey::PublicKey(PublicKey&&) noexcept = default;
PublicKey& PublicKey::operator=(PublicKey&&) noexcept = default;
PublicKey::~PublicKey() = default;

PublicKey::PublicKey(const PublicKey& other)
    : curve_(other.curve_), pem_(other.pem_), fingerprint_(other.fingerprint_) {
  EVP_PKEY_up_ref(other.key_.get());
  key_.reset(other.key_.get());
}

PublicKey& PublicKey::operator=(const PublicKey& other) {
  if (this != &other) *this = PublicKey(other);
  return *this;
}

Result<PublicKey> PublicKey::adopt(evp_pkey_st* raw) {
  PublicKey key;
  key.key_.reset(raw);
  TRY_ASSIGN(key.curve_, curve_of(raw));
  // One key must have one text: compressed points are written uncompressed.
  if (EVP_PKEY_set_utf8_string_param(
          raw, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") != 1)
    return openssl_error(ErrorKind::internal, "normalising a public key");
  TRY_ASSIGN(key.pem_, spki_pem(raw));
  key.fingerprint_ = sha256(as_bytes(key.pem_)).to_hex();
  return key;
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  if (pem.size() > limits::kKeyFile)
    return fail(ErrorKind::invalid_input, "public key: too large");
  const BioHandle bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key =
      bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, refuse_password, nullptr)
          : nullptr;
  if (key == nullptr) {
    clear_openssl_errors();
    return fail(ErrorKind::invalid_input,
                "public key: no valid PEM block 'PUBLIC KEY'");
  }
  return adopt(key).context("public key");
}

Result<PublicKey> PublicKey::from_der(ByteView der) {
  const unsigned char* next = der.data();
  EVP_PKEY* key = d2i_PUBKEY(nullptr, &next, static_cast<long>(der.size()));
  if (key == nullptr || next != der.data() + der.size()) {
    EVP_PKEY_free(key);
    clear_openssl_errors();
    return fail(ErrorKind::invalid_input,
                "public key: not one DER SubjectPublicKeyInfo");
  }
  return adopt(key).context("public key");
}

Result<void> PublicKey::verify(ByteView message, ByteView signature) const {
  return verify_hashed(hash_name(curve_), message, signature);
}

Result<void> PublicKey::verify_sha256(ByteView message,
                                      ByteView signature) const {
  return verify_hashed("SHA256", message, signature);
}

Result<void> PublicKey::verify_hashed(const char* hash, ByteView message,
                                      ByteView signature) const {
  const DigestContextHandle context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit_ex(context.get(), nullptr, hash, nullptr,
                                          nullptr, key_.get(), nullptr) != 1)
    return openssl_error(ErrorKind::internal, "preparing a verification");
  const int fits =
      EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                       message.data(), message.size());
  clear_openssl_errors();
  // 0 is a wrong signature, negative a malformed one: both are "no".
  if (fits != 1)
    return fail(ErrorKind::bad_signature, "the signature is not by key ",
                fingerprint_, " over this content");
  return {};
}

}  // namespace sigstore
