// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/trace.h"
#include "core/bundle/bundle.h"
#include "core/crypto/certificate.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

// The authorities of the verifier's own, and the time at which certificates
// are judged: now. A bundle of this method proves no time, so a certificate
// that has expired proves nothing any more.
struct CertificateTrust {
  std::span<const Certificate> roots;
  Timestamp at;
};

// The OMS `certificate` method (OpenSSF Model Signing v1.0, sections 4.1 and
// 8.2): a chain from the bundle's leaf to one of the roots; the bundle's other
// certificates are candidates for intermediates, and trusted for nothing.
//
// Errors: wrong_signer for a bundle of another method; unknown_signer when
// there are no roots; bad_evidence; bad_signature; unsupported.
Result<VerifiedBundle> verify_certificate_method(const Bundle& bundle,
                                                 const CertificateTrust& trust,
                                                 Trace& trace);

}  // namespace sigstore
