// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"

// The bodies of log entries as Rekor writes them, letter by letter.
namespace log_bodies {

// hashedrekord 0.0.1
std::string message_v1(sigstore::ByteView sha256, sigstore::ByteView signature,
                       std::string_view verifier_pem);
// dsse 0.0.1; `envelope_hash` covers a text that nobody keeps.
std::string envelope_v1(sigstore::ByteView payload,
                        sigstore::ByteView signature,
                        std::string_view verifier_pem,
                        sigstore::ByteView envelope_hash);
// hashedrekord 0.0.2; `verifier` is a member: "x509Certificate":{...}
std::string hashed_v2(sigstore::ByteView sha256, sigstore::ByteView signature,
                      std::string_view verifier);

}  // namespace log_bodies
