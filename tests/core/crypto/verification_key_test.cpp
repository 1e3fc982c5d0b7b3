// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/verification_key.h"

#include "core/base/encoding.h"
#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::KeyAlgorithm;
using sigstore::registry_hash;
using sigstore::SignatureHash;
using sigstore::VerificationKey;

TEST_CASE("each algorithm has the hash of the registry", "[crypto]") {
  CHECK(registry_hash(KeyAlgorithm::p256) == SignatureHash::sha256);
  CHECK(registry_hash(KeyAlgorithm::p384) == SignatureHash::sha384);
  CHECK(registry_hash(KeyAlgorithm::p521) == SignatureHash::sha512);
  CHECK(registry_hash(KeyAlgorithm::rsa) == SignatureHash::sha256);
  CHECK(hash_algorithm_name(SignatureHash::sha256) == "SHA2_256");
  CHECK(hash_algorithm_name(SignatureHash::sha384) == "SHA2_384");
  CHECK(hash_algorithm_name(SignatureHash::sha512) == "SHA2_512");
}

TEST_CASE("digests are of their hash", "[crypto]") {
  // FIPS 180-2, appendices B.1, C.1 and D.1.
  const auto hex = [](SignatureHash hash) {
    return sigstore::to_hex(hash_bytes(hash, as_bytes("abc")));
  };
  CHECK(hex(SignatureHash::sha256) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(SignatureHash::sha384) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
        "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  CHECK(hex(SignatureHash::sha512).size() == 128);
}

TEST_CASE("the id of a log is the digest of its key", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const char* which : {"production", "staging"}) {
    const VectorRoot root = read_vector_root(*vectors / "sigstore/roots" /
                                             which / "trusted_root.json");
    REQUIRE_FALSE(root.ctlogs.empty());
    for (const VectorLog& log : root.ctlogs)
      CHECK(sigstore::to_hex(log.log_id) == log.key.id().to_hex());
  }
}

TEST_CASE("the hint of a managed key is the digest of its key", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const auto key = VerificationKey::from_pem(as_text(read_vector(
      *vectors / "sigstore/bundle-verify/managed-key-happy-path/key.pub")));
  REQUIRE(works(key));
  CHECK(sigstore::to_base64(key->id().bytes) ==
        "TLMsSDfG3ajPsWge+z/vX5T/zluXnmvbkTkwLIV68Tk=");
}
