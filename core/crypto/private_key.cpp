// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/private_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <optional>

#include "core/base/limits.h"
#include "core/crypto/openssl.h"

namespace sigstore {
namespace {

using RequestHandle = Handle<X509_REQ, X509_REQ_free>;

const EVP_MD* hash_of(Curve curve) {
  if (curve == Curve::p256) return EVP_sha256();
  return curve == Curve::p384 ? EVP_sha384() : EVP_sha512();
}

struct PasswordRequest {
  const PasswordSource& source;
  std::optional<Error> error;
  bool asked = false;
};

// OpenSSL calls this when the key turns out to be encrypted.
int give_password(char* buffer, int size, int, void* user) noexcept {
  auto* request = static_cast<PasswordRequest*>(user);
  request->asked = true;
  Result<Password> password = request->source();
  if (!password.ok()) {
    request->error = std::move(password).error();
    return -1;
  }
  const std::string_view text = password->reveal_secret();
  if (text.size() > static_cast<std::size_t>(size)) {
    request->error = fail(ErrorKind::invalid_input, "password too long");
    return -1;
  }
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int>(text.size());
}

Result<Bytes> secret_bytes(BIO* bio) {
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio, &text);
  return Bytes(text, text + length);
}

}  // namespace

void wipe(Bytes& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

Password::Password(Password&& other) noexcept : text_(other.text_) {
  OPENSSL_cleanse(other.text_.data(), other.text_.size());
  other.text_.clear();
}

Password::~Password() { OPENSSL_cleanse(text_.data(), text_.size()); }

void PrivateKey::FreeKey::operator()(evp_pkey_st* key) const noexcept {
  EVP_PKEY_free(key);
}

PrivateKey::PrivateKey(PrivateKey&&) noexcept = default;
PrivateKey& PrivateKey::operator=(PrivateKey&&) noexcept = default;
PrivateKey::~PrivateKey() = default;

Result<PrivateKey> PrivateKey::adopt(KeyHandle key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key.get(), &der);
  if (length <= 0)
    return openssl_error(ErrorKind::invalid_input, "private key");
  Result<PublicKey> public_key =
      PublicKey::from_der(ByteView(der, static_cast<std::size_t>(length)));
  OPENSSL_free(der);
  if (!public_key.ok()) return std::move(public_key).error();
  return PrivateKey(std::move(key), std::move(*public_key));
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem,
                                        const PasswordSource& password) {
  if (pem.size() > limits::kKeyFile)
    return fail(ErrorKind::invalid_input, "private key: too large");
  const BioHandle bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  PasswordRequest request{password, std::nullopt, false};
  KeyHandle key(
      bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &request)
          : nullptr);
  clear_openssl_errors();
  if (request.error) return std::move(*request.error).context("private key");
  if (key) return adopt(std::move(key));
  if (request.asked)
    return fail(ErrorKind::unauthorized,
                "private key: wrong password, or the file is damaged");
  return fail(ErrorKind::invalid_input,
              "private key: no valid PEM block 'PRIVATE KEY', 'ENCRYPTED "
              "PRIVATE KEY' or 'EC PRIVATE KEY'");
}

Result<PrivateKey> PrivateKey::generate(Curve curve) {
  const std::string name(curve_name(curve));
  KeyHandle key(EVP_EC_gen(name.c_str()));
  if (!key) return openssl_error(ErrorKind::internal, "generating a key");
  return adopt(std::move(key));
}

Result<Bytes> PrivateKey::sign(ByteView message) const {
  const DigestContextHandle context(EVP_MD_CTX_new());
  const char* hash = EVP_MD_get0_name(hash_of(public_key_.curve()));
  std::size_t length = 0;
  if (!context ||
      EVP_DigestSignInit_ex(context.get(), nullptr, hash, nullptr, nullptr,
                            key_.get(), nullptr) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, message.data(),
                     message.size()) != 1)
    return openssl_error(ErrorKind::internal, "signing");
  Bytes signature(length);
  if (EVP_DigestSign(context.get(), signature.data(), &length, message.data(),
                     message.size()) != 1)
    return openssl_error(ErrorKind::internal, "signing");
  signature.resize(length);
  return signature;
}

Result<std::string> PrivateKey::certificate_request() const {
  const RequestHandle request(X509_REQ_new());
  const BioHandle bio(BIO_new(BIO_s_mem()));
  const EVP_MD* hash = hash_of(public_key_.curve());
  if (!request || !bio || X509_REQ_set_version(request.get(), 0) != 1 ||
      X509_REQ_set_pubkey(request.get(), key_.get()) != 1 ||
      X509_REQ_sign(request.get(), key_.get(), hash) <= 0 ||
      PEM_write_bio_X509_REQ(bio.get(), request.get()) != 1)
    return openssl_error(ErrorKind::internal, "certificate request");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<std::size_t>(length));
}

Result<Bytes> PrivateKey::export_secret_pem(const Password* password) const {
  // A secure memory BIO wipes what it held.
  const BioHandle bio(BIO_new(BIO_s_secmem()));
  if (!bio) return openssl_error(ErrorKind::internal, "writing a private key");
  int done = 0;
  if (password == nullptr) {
    done = PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr,
                                         nullptr, 0, nullptr, nullptr);
  } else {
    const std::string_view text = password->reveal_secret();
    done = PEM_write_bio_PKCS8PrivateKey(
        bio.get(), key_.get(), EVP_aes_256_cbc(), text.data(),
        static_cast<int>(text.size()), nullptr, nullptr);
  }
  if (done != 1)
    return openssl_error(ErrorKind::internal, "writing a private key");
  return secret_bytes(bio.get());
}

}  // namespace sigstore
