// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#include "tests/support/test_sigstore/crypto.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <memory>

#include "tests/support/must.h"

using sigstore::Bytes;
using sigstore::ByteView;

namespace test_sigstore {
namespace {

template <class T, class Free>
std::unique_ptr<T, Free> own(T* object, Free free) {
  must(object != nullptr, "OpenSSL does not read it");
  return {object, free};
}

auto read_key(ByteView spki) {
  const unsigned char* at = spki.data();
  return own(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())),
             EVP_PKEY_free);
}

auto open_text(std::string_view text) {
  return own(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())),
             BIO_free);
}

Bytes spki_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  must(length > 0, "no key");
  Bytes out(der, der + length);
  OPENSSL_free(der);
  return out;
}

}  // namespace

bool verifies(ByteView spki, ByteView message, ByteView signature) {
  const auto key = read_key(spki);
  const auto context = own(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                              key.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                          message.data(), message.size()) == 1;
}

bool verifies_digest(ByteView spki, ByteView digest, ByteView signature) {
  const auto key = read_key(spki);
  const auto context =
      own(EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free);
  return EVP_PKEY_verify_init(context.get()) == 1 &&
         EVP_PKEY_verify(context.get(), signature.data(), signature.size(),
                         digest.data(), digest.size()) == 1;
}

Bytes key_of_request(std::string_view pem) {
  const auto text = open_text(pem);
  const auto request =
      own(PEM_read_bio_X509_REQ(text.get(), nullptr, nullptr, nullptr),
          X509_REQ_free);
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  must(X509_REQ_verify(request.get(), key) == 1, "the request is not signed");
  return spki_of(key);
}

Bytes key_of_pem(std::string_view pem) {
  const auto text = open_text(pem);
  const auto key =
      own(PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr),
          EVP_PKEY_free);
  return spki_of(key.get());
}

Bytes der_of_certificate(std::string_view pem) {
  const auto text = open_text(pem);
  const auto certificate =
      own(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate.get(), &der);
  Bytes out(der, der + length);
  OPENSSL_free(der);
  return out;
}

Bytes key_of_certificate(ByteView der) {
  const unsigned char* at = der.data();
  const auto certificate =
      own(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  return spki_of(X509_get0_pubkey(certificate.get()));
}

TimestampQuery parse_query(ByteView der) {
  const unsigned char* at = der.data();
  const auto request =
      own(d2i_TS_REQ(nullptr, &at, static_cast<long>(der.size())), TS_REQ_free);
  must(at == der.data() + der.size(), "bytes after the query");
  must(TS_REQ_get_version(request.get()) == 1, "not version 1");
  TS_MSG_IMPRINT* imprint = TS_REQ_get_msg_imprint(request.get());
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr,
                  TS_MSG_IMPRINT_get_algo(imprint));
  must(OBJ_obj2nid(algorithm) == NID_sha256, "not SHA-256");
  const ASN1_OCTET_STRING* digest = TS_MSG_IMPRINT_get_msg(imprint);
  TimestampQuery query;
  query.imprint.assign(
      ASN1_STRING_get0_data(digest),
      ASN1_STRING_get0_data(digest) + ASN1_STRING_length(digest));
  must(query.imprint.size() == 32, "not 32 bytes");
  if (const ASN1_INTEGER* nonce = TS_REQ_get_nonce(request.get())) {
    unsigned char* text = nullptr;
    const int length = i2d_ASN1_INTEGER(nonce, &text);
    query.nonce.assign(text, text + length);
    OPENSSL_free(text);
  }
  return query;
}

}  // namespace test_sigstore
