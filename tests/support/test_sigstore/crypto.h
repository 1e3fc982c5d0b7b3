// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"

// What a server of Sigstore's checks, by OpenSSL alone. All of them throw
// where something is malformed.
namespace test_sigstore {

// Does `spki` (DER) sign `message` so? With SHA-256.
bool verifies(sigstore::ByteView spki, sigstore::ByteView message,
              sigstore::ByteView signature);
// The same over a SHA-256 that is known; ECDSA only.
bool verifies_digest(sigstore::ByteView spki, sigstore::ByteView digest,
                     sigstore::ByteView signature);

// The key of a PKCS#10 request in PEM whose own signature holds.
sigstore::Bytes key_of_request(std::string_view pem);
sigstore::Bytes key_of_pem(std::string_view pem);  // "PUBLIC KEY"
sigstore::Bytes der_of_certificate(std::string_view pem);
sigstore::Bytes key_of_certificate(sigstore::ByteView der);

struct TimestampQuery {
  sigstore::Bytes imprint;  // SHA-256
  sigstore::Bytes nonce;    // DER INTEGER; empty: none
};
TimestampQuery parse_query(sigstore::ByteView der);

}  // namespace test_sigstore
