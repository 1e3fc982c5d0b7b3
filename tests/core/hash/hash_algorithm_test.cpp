// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_algorithm.h"

#include "tests/core/refuses.h"

using sigstore::digest_size;
using sigstore::ErrorKind;
using sigstore::hash_name;
using sigstore::HashAlgorithm;
using sigstore::parse_hash_name;
using sigstore::RunningDigest;

TEST_CASE("hash algorithms have the names of the registry", "[hash]") {
  for (const HashAlgorithm algorithm :
       {HashAlgorithm::sha256, HashAlgorithm::blake2b, HashAlgorithm::blake3})
    CHECK(parse_hash_name(hash_name(algorithm)).value() == algorithm);
}

TEST_CASE("names outside of the registry are refused", "[hash]") {
  for (const char* name : {"", "SHA256", "sha-256", "sha512", "blake2", "md5",
                           "sha256 ", "sha256-sharded-8"}) {
    CAPTURE(name);
    CHECK(refuses(parse_hash_name(name), ErrorKind::invalid_input,
                  "unknown hash algorithm"));
  }
}

TEST_CASE("a digest has the size that its algorithm says", "[hash]") {
  for (const HashAlgorithm algorithm :
       {HashAlgorithm::sha256, HashAlgorithm::blake2b, HashAlgorithm::blake3}) {
    auto digest = RunningDigest::create(algorithm);
    REQUIRE(works(digest));
    CHECK(digest->finish().view().size() == digest_size(algorithm));
  }
}
