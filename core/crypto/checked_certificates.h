// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/base/digest.h"
#include "core/crypto/known_signatures.h"

// The certificates of the authorities in the trusted roots that are built in.
// That their form is good, and by which key each is signed, is true of these
// bytes for ever, whoever names them: it was found out when this program was
// made (tests/core/trust/embedded_root_test), and need not be at each start.
// Whether an authority is believed, and when, is not said here.
namespace sigstore {

bool is_checked_certificate(const Sha256Digest& certificate);
bool is_checked_signature(const KnownSignatures::Link& link);
std::size_t count_checked_certificates();

}  // namespace sigstore
