// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/trace.h"
#include "core/bundle/bundle.h"
#include "core/crypto/known_signatures.h"
#include "core/crypto/verification_key.h"
#include "core/tlog/entry_body.h"
#include "core/trust/trusted_root.h"
#include "core/verify/verified_bundle.h"

namespace sigstore {

// What the signature must be for.
struct SignedContent {
  // A file: of a message the signature is over it, of an envelope one subject
  // is it. Nothing: the bundle must be an in-toto envelope, and the caller
  // reads what it is about from the payload.
  std::optional<ArtifactDigests> artifact;
  // The file itself, where it is at hand: Ed25519 signs no digest.
  std::optional<ByteView> bytes;
};

// Who is believed about logs, times and certificates, and how many of them
// must agree. Refers to the root, which lives longer.
struct Evidence {
  const TrustedRoot& root;
  Timestamp now;
  // A managed key, which the bundle must be by; nothing: a certificate.
  std::optional<VerificationKey> key = std::nullopt;
  // Distinct logs and distinct sources of time (by operator).
  std::size_t logs = 1;
  std::size_t times = 1;
  // For many bundles in a row: what their paths have in common.
  KnownSignatures* known = nullptr;
};

// Is the bundle genuine, by Sigstore's rules (architecture-docs,
// client-spec.md section 4)? Everything that it brings as evidence must hold:
// entries of logs, times, certificate, embedded certificate timestamp. Who may
// have signed is the caller's to decide. Pure: no I/O, no clock, no network.
//
// Errors: wrong_signer for a certificate where a key is expected and the
// reverse; bad_evidence for log, time and certificate; bad_signature;
// content_differs for another file; unsupported; invalid_input.
Result<VerifiedBundle> verify_bundle(const Bundle& bundle,
                                     const SignedContent& content,
                                     const Evidence& evidence, Trace& trace);

}  // namespace sigstore
