// SPDX-License-Identifier: Apache-2.0
#include "tests/support/signing_key.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "tests/core/refuses.h"

using sigstore::Bytes;
using sigstore::KeyAlgorithm;
using sigstore::SignatureHash;

namespace {

const EVP_MD* to_openssl(SignatureHash hash) {
  if (hash == SignatureHash::sha256) return EVP_sha256();
  return hash == SignatureHash::sha384 ? EVP_sha384() : EVP_sha512();
}

EVP_PKEY* generate(KeyAlgorithm algorithm, unsigned rsa_bits) {
  switch (algorithm) {
    case KeyAlgorithm::p256:
      return EVP_EC_gen("P-256");
    case KeyAlgorithm::p384:
      return EVP_EC_gen("P-384");
    case KeyAlgorithm::p521:
      return EVP_EC_gen("P-521");
    case KeyAlgorithm::rsa:
      return EVP_RSA_gen(rsa_bits);
    case KeyAlgorithm::ed25519:
      break;
  }
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

// What i2d_* of OpenSSL writes.
template <class Object, class Write>
Bytes to_der(const Object* object, Write write) {
  unsigned char* der = nullptr;
  const int size = write(object, &der);
  REQUIRE(size > 0);
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

struct FreeX509 {
  void operator()(X509* x509) const { X509_free(x509); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

void SigningKey::FreeKey::operator()(evp_pkey_st* key) const noexcept {
  EVP_PKEY_free(key);
}

SigningKey::SigningKey(KeyAlgorithm algorithm, unsigned rsa_bits)
    : key_(generate(algorithm, rsa_bits)) {
  REQUIRE(key_ != nullptr);
}

sigstore::VerificationKey SigningKey::key() const {
  auto key = sigstore::VerificationKey::from_der(
      to_der(key_.get(), [](const EVP_PKEY* from, unsigned char** to) {
        return i2d_PUBKEY(from, to);
      }));
  REQUIRE(works(key));
  return std::move(*key);
}

Bytes SigningKey::pkcs1() const {
  return to_der(key_.get(), [](const EVP_PKEY* from, unsigned char** to) {
    return i2d_PublicKey(from, to);
  });
}

Bytes SigningKey::sign(sigstore::ByteView message, SignatureHash hash) const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const EVP_MD* digest =
      EVP_PKEY_is_a(key_.get(), "ED25519") ? nullptr : to_openssl(hash);
  REQUIRE(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr,
                             key_.get()) == 1);
  std::size_t size = 0;
  REQUIRE(EVP_DigestSign(context.get(), nullptr, &size, message.data(),
                         message.size()) == 1);
  Bytes signature(size);
  REQUIRE(EVP_DigestSign(context.get(), signature.data(), &size, message.data(),
                         message.size()) == 1);
  signature.resize(size);
  return signature;
}

sigstore::Certificate SigningKey::certificate() const {
  const std::unique_ptr<X509, FreeX509> x509(X509_new());
  X509_set_version(x509.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509.get()), 3600);
  X509_NAME* name = X509_get_subject_name(x509.get());
  const unsigned char text[] = "test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(x509.get(), name);
  X509_set_pubkey(x509.get(), key_.get());
  const EVP_MD* digest =
      EVP_PKEY_is_a(key_.get(), "ED25519") ? nullptr : EVP_sha256();
  REQUIRE(X509_sign(x509.get(), key_.get(), digest) > 0);
  auto certificate = sigstore::Certificate::from_der(to_der(
      x509.get(),
      [](const X509* from, unsigned char** to) { return i2d_X509(from, to); }));
  REQUIRE(works(certificate));
  return std::move(*certificate);
}
