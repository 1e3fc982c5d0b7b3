// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/crypto/certificate.h"
#include "core/crypto/known_signatures.h"
#include "core/trust/trusted_root.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

// Fulcio's rules for the certificate of a signer.

// May the leaf sign code: digitalSignature, codeSigning, no authority.
Result<void> check_leaf_usage(const Certificate& leaf);

// The certificate that signed the leaf, on a path to the anchor of one
// authority of which everything is valid at `time`.
Result<Certificate> find_issuer(const Certificate& leaf,
                                std::span<const Authority> authorities,
                                Timestamp time,
                                KnownSignatures* known = nullptr);

// At least one embedded certificate timestamp is by a known log, at a time
// when the log was in use.
Result<void> check_scts(const Certificate& leaf, const Certificate& issuer,
                        std::span<const TransparencyLog> ctlogs);

// Name and issuer, as the certificate states them.
Result<Identity> read_identity(const Certificate& leaf);

}  // namespace sigstore
