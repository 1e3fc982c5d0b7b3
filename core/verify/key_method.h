// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/base/trace.h"
#include "core/bundle/bundle.h"
#include "core/crypto/public_key.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

// The OMS `key` method (OpenSSF Model Signing v1.0, sections 4.1 and 8.2): is
// this bundle signed by one of `keys`? Pure: no I/O, no clock.
//
// Errors: wrong_signer for a bundle of another method or by another key than
// those given; unknown_signer when no key is given, with the signer's
// fingerprint; bad_signature; unsupported or invalid_input for what is not an
// OMS bundle.
Result<VerifiedBundle> verify_key_method(const Bundle& bundle,
                                         std::span<const PublicKey> keys,
                                         Trace& trace);

// The fingerprint that the bundle claims to be signed with, from the hint or
// the embedded key; "" when it names none. Proves nothing.
std::string claimed_fingerprint(const Bundle& bundle);

}  // namespace sigstore
