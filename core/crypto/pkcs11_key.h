// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/pkcs11_uri.h"
#include "core/crypto/private_key.h"
#include "core/crypto/signing_key.h"

namespace sigstore {

// An ECDSA private key in a token (OASIS PKCS #11 v2.40): a smart card, a
// hardware security module. It stays there; what is signed is a digest, by
// CKM_ECDSA, which every token with such keys has.
class Pkcs11Key final : public SigningKey {
 public:
  // Loads the module that the URI names, if nobody but root may write it. The
  // PIN is asked for when the token wants one, and again for each signature
  // when the key does; a wrong one is not tried twice, for tokens lock
  // themselves.
  //
  // Errors: invalid_input when no module is named, it may not be loaded or is
  // none, or when several tokens or keys match; not_found when none does, or
  // when its public half is not in the token; unauthorized for the PIN;
  // `unsupported` for keys that are not ECDSA on P-256, P-384 or P-521.
  static Result<Pkcs11Key> open(const Pkcs11Uri& uri, PasswordSource pin);

  Pkcs11Key(Pkcs11Key&&) noexcept;
  Pkcs11Key& operator=(Pkcs11Key&&) = delete;
  ~Pkcs11Key() override;

  const PublicKey& public_key() const override { return public_key_; }
  Result<Bytes> sign(ByteView message) const override;

 private:
  struct State;  // keeps PKCS#11 out of this header
  Pkcs11Key(std::unique_ptr<State> state, PublicKey public_key);

  std::unique_ptr<State> state_;
  PublicKey public_key_;
};

}  // namespace sigstore
