// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/crypto/certificate.h"
#include "core/crypto/verification_key.h"

namespace sigstore {

// A signed certificate timestamp, version 1 (RFC 6962 section 3.2).
struct Sct {
  Sha256Digest log_id;
  std::uint64_t timestamp_ms = 0;  // since 1970
  Bytes extensions;
  SignatureHash hash = SignatureHash::sha256;
  bool is_rsa = false;  // else ECDSA
  Bytes signature;
};

// The list embedded in a certificate (RFC 6962 section 3.3), parsed to its
// last byte. bad_evidence when there is none, when it is malformed, or when
// the certificate is a precertificate (poison extension).
Result<std::vector<Sct>> embedded_scts(const Certificate& leaf);

// The list's bytes, without the certificate: the fuzz target's door.
Result<std::vector<Sct>> parse_sct_list(ByteView list);

// What the log signed: digitally-signed struct of section 3.2 for a
// precert_entry, with the leaf's TBSCertificate without the list.
Result<Bytes> sct_signed_bytes(const Sct& sct, const Certificate& leaf,
                               const Certificate& issuer);

// Is it by `log_key`? `issuer` is the certificate that signed the leaf on the
// verified path, not one of the same name.
Result<void> verify_sct(const Sct& sct, const Certificate& leaf,
                        const Certificate& issuer,
                        const VerificationKey& log_key);

}  // namespace sigstore
