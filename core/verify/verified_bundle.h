// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <utility>

#include "core/base/result.h"
#include "core/base/trace.h"
#include "core/base/verified_payload.h"
#include "core/bundle/bundle.h"
#include "core/crypto/public_key.h"

namespace sigstore {

// A bundle whose signature was checked, and by whom it was made. Only
// verify_bundle makes one.
class VerifiedBundle {
 public:
  const PublicKey& signer() const { return signer_; }
  const VerifiedPayload& payload() const { return payload_; }
  // True for the encoding of model-signing 0.2; its payload may only hold the
  // statement of that version.
  bool is_legacy() const { return legacy_; }

 private:
  friend Result<VerifiedBundle> verify_bundle(const Bundle& bundle,
                                              std::span<const PublicKey> keys,
                                              Trace& trace);
  VerifiedBundle(PublicKey signer, Bytes payload, bool legacy)
      : signer_(std::move(signer)),
        payload_(VerifiedPayload(std::move(payload))),
        legacy_(legacy) {}

  PublicKey signer_;
  VerifiedPayload payload_;
  bool legacy_;
};

}  // namespace sigstore
