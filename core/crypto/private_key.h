// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/public_key.h"
#include "core/crypto/signing_key.h"

struct evp_pkey_st;

namespace sigstore {

// A password. Not printable; wiped when it goes out of scope.
class Password {
 public:
  explicit Password(std::string text) : text_(std::move(text)) {}
  Password(Password&& other) noexcept;
  Password& operator=(Password&&) = delete;
  ~Password();
  // The one way to the characters.
  std::string_view reveal_secret() const { return text_; }

 private:
  std::string text_;
};

// Asked only when the key is encrypted; an error stops the loading.
using PasswordSource = std::function<Result<Password>()>;

// Overwrites bytes that held a secret.
void wipe(Bytes& secret);

// An ECDSA private key (curves as PublicKey). Not printable.
class PrivateKey final : public SigningKey {
 public:
  // PKCS#8 ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY") or SEC 1 ("EC PRIVATE
  // KEY", encrypted or not) in PEM. A wrong password is `unauthorized`.
  static Result<PrivateKey> from_pem(std::string_view pem,
                                     const PasswordSource& password);
  static Result<PrivateKey> generate(Curve curve);

  PrivateKey(PrivateKey&&) noexcept;
  PrivateKey& operator=(PrivateKey&&) noexcept;
  ~PrivateKey() override;

  const PublicKey& public_key() const override { return public_key_; }
  Result<Bytes> sign(ByteView message) const override;

  // A certificate request (RFC 2986) in PEM: this key, no subject, signed by
  // it. It proves that we hold the key.
  Result<std::string> certificate_request() const;

  // PKCS#8 PEM; with a password encrypted (PBES2: PBKDF2, AES-256-CBC). The
  // one way to the secret.
  Result<Bytes> export_secret_pem(const Password* password) const;

 private:
  struct FreeKey {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  using KeyHandle = std::unique_ptr<evp_pkey_st, FreeKey>;
  PrivateKey(KeyHandle key, PublicKey public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}
  static Result<PrivateKey> adopt(KeyHandle key);

  KeyHandle key_;
  PublicKey public_key_;
};

}  // namespace sigstore
