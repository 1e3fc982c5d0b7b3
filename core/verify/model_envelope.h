// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/crypto/public_key.h"

namespace sigstore {

// What the OMS methods `key` and `certificate` have in common.

// The in-toto envelope of a bundle v0.3, the one form these methods have (OMS
// v1.0 4, 8.1).
Result<const DsseEnvelope*> model_envelope(const Bundle& bundle);

struct EnvelopeSignature {
  PublicKey key;
  bool legacy = false;  // in the encoding of model-signing 0.2
};

// By which of the keys is the envelope signed? bad_signature if by none.
Result<EnvelopeSignature> check_envelope_signature(
    const DsseEnvelope& envelope, std::span<const PublicKey> candidates);

// "3f2a... or 77b1..."
std::string join_fingerprints(std::span<const PublicKey> keys);

}  // namespace sigstore
