// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/timestamp_request.h"
#include "core/http/message.h"
#include "core/trust/signing_config.h"
#include "core/trust/trusted_root.h"

// Timestamps over signatures (RFC 3161 section 3.4). Pure: the caller sends
// and receives.
namespace sigstore {

http::Request timestamp_request(const Service& service,
                                const TimestampRequest& request);

// The response, whole, as bundles hold it: to this request, over `signature`,
// by an authority of the root. bad_evidence where it is not.
Result<Bytes> read_timestamp(const Service& service,
                             const http::Response& answer,
                             const TimestampRequest& request,
                             ByteView signature, const TrustedRoot& root);

}  // namespace sigstore
