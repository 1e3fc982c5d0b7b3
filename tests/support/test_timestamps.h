// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/time.h"
#include "tests/support/test_authority.h"

// How a time-stamp response (RFC 3161) is to be: right, unless told.
struct TokenPlan {
  sigstore::Timestamp time{1'750'000'100};
  std::string time_text;  // in the place of `time`
  std::string imprint_hash = "SHA256";
  sigstore::Bytes imprint;  // in the place of the message's
  std::string signature_hash = "SHA256";
  std::uint64_t status = 0;  // granted
  std::uint64_t version = 1;
  std::string content_type = "1.2.840.113549.1.9.16.1.4";
  // Certificates that the token brings.
  std::vector<sigstore::Bytes> embedded;
  // The certificate that the token is said to be by, and the one whose hash
  // is signed (ESS); the signer's own when null.
  const TestCertificate* named = nullptr;
  const TestCertificate* certified = nullptr;
  bool has_certified = true;
  sigstore::Bytes after_info;    // bytes behind the TSTInfo
  sigstore::Bytes more_of_info;  // last fields of the TSTInfo, in DER
  int signers = 1;
  bool has_token = true;
};

// A DER TimeStampResp over `message`.
sigstore::Bytes time_stamp(const TestCertificate& signer,
                           sigstore::ByteView message,
                           const TokenPlan& plan = {});

// The token alone, as RFC 3161 does not send it.
sigstore::Bytes time_stamp_token(const TestCertificate& signer,
                                 sigstore::ByteView message,
                                 const TokenPlan& plan = {});
