// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/crypto/signing_key.h"

namespace sigstore {

// Whoever can sign an in-toto statement. The answer was verified.
class StatementSigner {
 public:
  virtual ~StatementSigner() = default;
  virtual Result<Bundle> sign_statement(Bytes statement) = 0;
};

// By a key, without any service. `key` lives longer.
class KeySigner final : public StatementSigner {
 public:
  explicit KeySigner(const SigningKey& key) : key_(key) {}
  Result<Bundle> sign_statement(Bytes statement) override;

 private:
  const SigningKey& key_;
};

}  // namespace sigstore
