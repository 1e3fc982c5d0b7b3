// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

// A time-stamp request (RFC 3161 section 2.4.1), version 1.
struct TimestampRequest {
  Bytes der;
  // A number, most significant byte first, that the answer must repeat.
  Bytes nonce;
};

// Asks for a token over the SHA-256 of `message`, without certificates: those
// come from the trusted root.
Result<TimestampRequest> make_timestamp_request(ByteView message);

}  // namespace sigstore
