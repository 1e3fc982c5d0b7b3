// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/crypto/signing_key.h"

namespace sigstore {

// Signs an in-toto statement with a key (OMS v1.0, sections 4.1 and 6.6): a
// DSSE envelope in a bundle that names the key by its fingerprint. Ends by
// verifying its own work.
Result<Bundle> sign_statement(const SigningKey& key, Bytes statement);

}  // namespace sigstore
