// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/trace.h"
#include "core/base/verified_payload.h"
#include "core/bundle/bundle.h"
#include "core/crypto/certificate.h"
#include "core/crypto/public_key.h"
#include "core/crypto/verification_key.h"

namespace sigstore {

struct CertificateTrust;
struct Evidence;
struct SignedContent;

// A signer with a certificate of Fulcio's: a name, and who vouched for it.
struct Identity {
  SubjectName name;
  std::string issuer;  // of the identity token, a URL
  Certificate leaf;    // for its other claims
};

// Who made a bundle, as far as it proves: by an OMS key, by a key whose use
// is logged, by a certificate of the verifier's own authorities (OMS), or by
// an identity.
using Signer = std::variant<PublicKey, VerificationKey, Certificate, Identity>;

// "key 3f2a...", "certificate CN=...", "alice@example.com (https://...)".
std::string describe_signer(const Signer& signer);

// When the bundle existed, and who says so.
struct VerifiedTime {
  Timestamp time;
  std::string source;  // the log's or the authority's URL
};

struct VerifiedLogEntry {
  std::string log;  // base URL
  std::int64_t index = 0;
};

// A bundle whose signature was checked, and by whom it was made. Only the
// three methods make one.
class VerifiedBundle {
 public:
  const Signer& signer() const { return signer_; }
  // Empty for a signature over a file.
  const VerifiedPayload& payload() const { return payload_; }
  // True for the encoding of model-signing 0.2; its payload may only hold the
  // statement of that version.
  bool is_legacy() const { return legacy_; }
  // Empty for the OMS methods `key` and `certificate`.
  const std::vector<VerifiedTime>& times() const { return times_; }
  const std::vector<VerifiedLogEntry>& log_entries() const {
    return log_entries_;
  }

 private:
  friend Result<VerifiedBundle> verify_key_method(
      const Bundle& bundle, std::span<const PublicKey> keys, Trace& trace);
  friend Result<VerifiedBundle> verify_certificate_method(
      const Bundle& bundle, const CertificateTrust& trust, Trace& trace);
  friend Result<VerifiedBundle> verify_bundle(const Bundle& bundle,
                                              const SignedContent& content,
                                              const Evidence& evidence,
                                              Trace& trace);
  VerifiedBundle(Signer signer, Bytes payload, bool legacy)
      : signer_(std::move(signer)),
        payload_(VerifiedPayload(std::move(payload))),
        legacy_(legacy) {}

  Signer signer_;
  VerifiedPayload payload_;
  bool legacy_;
  std::vector<VerifiedTime> times_;
  std::vector<VerifiedLogEntry> log_entries_;
};

}  // namespace sigstore
