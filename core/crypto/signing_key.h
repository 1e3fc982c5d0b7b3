// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/public_key.h"

namespace sigstore {

// Whoever can sign with an ECDSA key that lasts: a key of a file, or one that
// never leaves its token.
class SigningKey {
 public:
  virtual ~SigningKey() = default;
  virtual const PublicKey& public_key() const = 0;
  // A DER ECDSA signature over `message`, hash by curve.
  virtual Result<Bytes> sign(ByteView message) const = 0;
};

}  // namespace sigstore
