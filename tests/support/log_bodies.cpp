// SPDX-License-Identifier: Apache-2.0
#include "tests/support/log_bodies.h"

#include "tests/support/test_authority.h"
#include "tests/support/text_codec.h"

using sigstore::ByteView;

namespace log_bodies {

std::string message_v1(ByteView sha256, ByteView signature,
                       std::string_view verifier_pem) {
  return R"({"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":)"
         R"({"algorithm":"sha256","value":")" +
         codec::hex(sha256) + R"("}},"signature":{"content":")" +
         codec::base64(signature) + R"(","publicKey":{"content":")" +
         codec::base64(sigstore::as_bytes(verifier_pem)) + R"("}}}})";
}

std::string envelope_v1(ByteView payload, ByteView signature,
                        std::string_view verifier_pem, ByteView envelope_hash) {
  return R"({"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":)"
         R"({"algorithm":"sha256","value":")" +
         codec::hex(envelope_hash) +
         R"("},"payloadHash":{"algorithm":"sha256","value":")" +
         codec::hex(hash_with("SHA256", payload)) +
         R"("},"signatures":[{"signature":")" + codec::base64(signature) +
         R"(","verifier":")" + codec::base64(sigstore::as_bytes(verifier_pem)) +
         R"("}]}})";
}

std::string hashed_v2(ByteView sha256, ByteView signature,
                      std::string_view verifier) {
  return R"({"apiVersion":"0.0.2","kind":"hashedrekord","spec":)"
         R"({"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":")" +
         codec::base64(sha256) + R"("},"signature":{"content":")" +
         codec::base64(signature) +
         R"(","verifier":{"keyDetails":"PKIX_ECDSA_P256_SHA_256",)" +
         std::string(verifier) + R"(}}}}})";
}

}  // namespace log_bodies
