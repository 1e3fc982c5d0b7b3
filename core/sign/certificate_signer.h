// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/bundle/bundle.h"
#include "core/crypto/certificate.h"
#include "core/crypto/signing_key.h"
#include "core/sign/statement_signer.h"

namespace sigstore {

// Signs with a key that an authority of one's own has certified (OMS v1.0 4.1,
// method `certificate`), without any service. The bundle carries the chain;
// readers have the authority.
class CertificateSigner final : public StatementSigner {
 public:
  using Clock = std::function<Timestamp()>;

  // `chain` is the signer's certificate, then each one's issuer; there must be
  // one at least. invalid_input, before anything is hashed for an hour, when
  // the first is for another key or not for signing, or one has expired, is no
  // authority or did not certify the one before it. `key` lives longer.
  static Result<CertificateSigner> create(const SigningKey& key,
                                          std::vector<Certificate> chain,
                                          Clock clock);

  Result<Bundle> sign_statement(Bytes statement) override;

  const Certificate& certificate() const { return chain_.front(); }

 private:
  CertificateSigner(const SigningKey& key, std::vector<Certificate> chain,
                    Clock clock)
      : key_(key), chain_(std::move(chain)), clock_(std::move(clock)) {}

  const SigningKey& key_;
  std::vector<Certificate> chain_;
  Clock clock_;
};

}  // namespace sigstore
