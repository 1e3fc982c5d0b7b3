// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/certificate.h"
#include "core/crypto/known_signatures.h"

namespace sigstore {

// A time-stamp response (RFC 3161 section 2.4.2) with a token. Nothing about
// it has been verified.
class TimestampResponse {
 public:
  // The whole buffer is one DER TimeStampResp with status granted or
  // grantedWithMods: a bare token is refused.
  static Result<TimestampResponse> from_der(ByteView der);

  TimestampResponse(TimestampResponse&&) noexcept;
  TimestampResponse& operator=(TimestampResponse&&) noexcept;
  ~TimestampResponse();

  // Whole seconds; not to be believed before verify() has passed.
  Timestamp claimed_time() const;
  // True when the token says that `signer` signed it (issuer and serial
  // number of its one SignerInfo).
  bool names_signer(const Certificate& signer) const;

  // Repeats the nonce of a request (RFC 3161 2.4.2): it answers that request
  // and no earlier one.
  bool has_nonce(ByteView nonce) const;

  // Is this a token over `message` by the authority with this chain (leaf
  // most first, the last certificate is the anchor), at a time when all of
  // the chain was valid? RFC 3161 2.4.2 and RFC 5816: imprint, CMS signature,
  // ESS certificate id, critical timeStamping usage; the signer is the
  // chain's leaf itself where the chain has one. Intermediates and anchors
  // come from `chain` only. Answers the time; bad_evidence with the reason.
  // With `known` the signatures on the chain are checked once.
  Result<Timestamp> verify(ByteView message, std::span<const Certificate> chain,
                           KnownSignatures* known = nullptr) const;

 private:
  struct State;  // keeps OpenSSL out of this header
  explicit TimestampResponse(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sigstore
