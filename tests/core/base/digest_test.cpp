// SPDX-License-Identifier: Apache-2.0
#include "core/base/digest.h"

#include <string>

#include "tests/support/catch.h"

using sigstore::Bytes;
using sigstore::ContentDigest;
using sigstore::Sha256Digest;

namespace {
const std::string kHex =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
}

TEST_CASE("a SHA-256 digest survives the way out and back", "[base]") {
  const auto digest = Sha256Digest::parse_hex(kHex);
  REQUIRE(digest.has_value());
  CHECK(digest->bytes[0] == 0xe3);
  CHECK(digest->to_hex() == kHex);
}

TEST_CASE("a SHA-256 digest of another length is refused", "[base]") {
  CHECK_FALSE(Sha256Digest::parse_hex("").has_value());
  CHECK_FALSE(Sha256Digest::parse_hex(kHex.substr(1)).has_value());
  CHECK_FALSE(Sha256Digest::parse_hex(kHex.substr(2)).has_value());
  CHECK_FALSE(Sha256Digest::parse_hex(kHex + "00").has_value());
}

TEST_CASE("a SHA-256 digest in upper case is refused", "[base]") {
  std::string upper = kHex;
  upper[0] = 'E';
  CHECK_FALSE(Sha256Digest::parse_hex(upper).has_value());
}

TEST_CASE("content digests of different length are different", "[base]") {
  const Bytes short_bytes(32, 0);
  const Bytes long_bytes(64, 0);
  CHECK(ContentDigest(short_bytes) == ContentDigest(short_bytes));
  CHECK_FALSE(ContentDigest(short_bytes) == ContentDigest(long_bytes));
  CHECK(ContentDigest(long_bytes).view().size() == 64);
}

TEST_CASE("a SHA-256 digest is a content digest of the same bytes", "[base]") {
  const auto digest = Sha256Digest::parse_hex(kHex);
  REQUIRE(digest.has_value());
  CHECK(ContentDigest(*digest).to_hex() == kHex);
}
