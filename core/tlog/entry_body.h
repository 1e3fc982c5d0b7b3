// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/bundle/bundle.h"
#include "core/crypto/certificate.h"
#include "core/crypto/verification_key.h"

namespace sigstore {

// The digests of a file that is signed. Where only one is known (a digest
// was given in the place of the file) the others are empty.
struct ArtifactDigests {
  Bytes sha256;
  Bytes sha384;
  Bytes sha512;
  ByteView of(SignatureHash hash) const;
};

// What a log entry must be about: this signature, by this certificate or key,
// over this content.
struct LoggedSignature {
  ByteView signature;
  std::variant<Certificate, VerificationKey> verifier;
  // The envelope, when what was signed is one; else the artifact's digests.
  const DsseEnvelope* envelope = nullptr;
  ArtifactDigests artifact;
};

// Is the entry of a kind that only Rekor v2 makes? Such a log promises
// nothing, states no time, and numbers its entries once.
bool is_rekor_v2(const TlogEntry& entry);

// Is the entry's canonicalised body about exactly that? hashedrekord 0.0.1 and
// 0.0.2 are rebuilt and compared byte for byte; dsse 0.0.1 and 0.0.2 and
// intoto 0.0.2 field by field (all but the envelope's hash, which covers a
// text that nobody has any more). bad_evidence when it is about anything else;
// unsupported for other kinds and versions; incomplete when it names a digest
// of the artifact that is not among those given.
Result<void> check_entry_body(const TlogEntry& entry,
                              const LoggedSignature& expected);

// The hash that the body of a hashedrekord names: P-384 and P-521 keys sign
// with SHA-256 in old entries. Nothing for other kinds.
Result<std::optional<SignatureHash>> logged_hash(const TlogEntry& entry);

// The body that Rekor makes of a message signature, for signing and for
// comparing.
std::string hashedrekord_body_v1(SignatureHash hash, ByteView digest,
                                 ByteView signature, std::string_view pem);
std::string hashedrekord_body_v2(
    SignatureHash hash, ByteView digest, ByteView signature,
    const std::variant<Certificate, VerificationKey>& verifier,
    const VerificationKey& key);

}  // namespace sigstore
