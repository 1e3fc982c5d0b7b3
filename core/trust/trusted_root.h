// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/certificate.h"
#include "core/crypto/verification_key.h"

// Whom we believe (protobuf-specs, sigstore_trustroot.proto, TrustedRoot), as
// plain structs. Pure.
namespace sigstore {

// A transparency log: Rekor, or a certificate transparency log.
struct TransparencyLog {
  std::string base_url;
  Bytes log_id;               // 32 bytes; CT logs: SHA-256 of the key
  Bytes checkpoint_key_id;    // newer roots; empty: log_id serves
  std::string operator_name;  // newer roots; empty: stands for itself
  // Nothing when the algorithm is not one that this program knows: such a
  // log verifies nothing, and does no harm.
  std::optional<VerificationKey> key;
  ValidityPeriod valid;  // always with a start

  // base_url without scheme and final slash: the origin of its checkpoints.
  std::string origin() const;
  // What thresholds count: the operator, or else the log.
  std::string authority() const;
};

// A certificate or timestamp authority.
struct Authority {
  std::string uri;  // for people; may be empty
  // Leaf-most first, at least one; the last one is the trust anchor.
  std::vector<Certificate> chain;
  ValidityPeriod valid;
  std::string operator_name;
};

struct TrustedRoot {
  std::vector<TransparencyLog> tlogs;
  std::vector<TransparencyLog> ctlogs;
  std::vector<Authority> certificate_authorities;
  std::vector<Authority> timestamp_authorities;
};

// Reads media types 0.1 (both spellings) and 0.2. invalid_input for anything
// that does not hold together: a log without the start of its validity, an id
// that is not 32 bytes, CT logs with one id, an empty or malformed chain, a
// period that ends before it starts. `unsupported` for another media type.
Result<TrustedRoot> parse_trusted_root(ByteView json);

}  // namespace sigstore
