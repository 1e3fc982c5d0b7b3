// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/crypto/private_key.h"

namespace sigstore {

// Signs bytes with a managed key: a message signature in a bundle whose hint
// is the key's id (SHA-256 of the SubjectPublicKeyInfo, base64). Ends by
// verifying its own work.
Result<Bundle> sign_message(const PrivateKey& key, ByteView message);

// The same for an in-toto statement in an envelope.
Result<Bundle> sign_envelope(const PrivateKey& key, Bytes statement);

}  // namespace sigstore
