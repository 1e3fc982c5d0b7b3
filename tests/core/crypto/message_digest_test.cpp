// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/message_digest.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::DigestAlgorithm;
using sigstore::MessageDigest;
using sigstore::sha256;

namespace {

MessageDigest make(DigestAlgorithm algorithm) {
  auto digest = MessageDigest::create(algorithm);
  REQUIRE(works(digest));
  return std::move(*digest);
}

}  // namespace

TEST_CASE("SHA-256 gives the examples of NIST", "[crypto]") {
  // FIPS 180-4 examples; CSRC, "Examples with Intermediate Values".
  CHECK(sha256(as_bytes("")).to_hex() ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256(as_bytes("abc")).to_hex() ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
                        "mnopnopq"))
            .to_hex() ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256(as_bytes(std::string(1'000'000, 'a'))).to_hex() ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("BLAKE2b gives the example of RFC 7693", "[crypto]") {
  MessageDigest digest = make(DigestAlgorithm::blake2b512);
  digest.update(as_bytes("abc"));
  CHECK(digest.finish().to_hex() ==
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST_CASE("HMAC-SHA-256 of RFC 4231, test cases 2 and 6", "[crypto]") {
  using sigstore::hmac_sha256;
  CHECK(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))
            .to_hex() ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hmac_sha256(sigstore::Bytes(131, 0xaa),
                    as_bytes("Test Using Larger Than Block-Size Key - "
                             "Hash Key First"))
            .to_hex() ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("the pieces in which bytes arrive do not matter", "[crypto]") {
  const std::string text(300, 'x');
  for (const std::size_t cut : {0U, 1U, 63U, 64U, 65U, 128U, 299U, 300U}) {
    CAPTURE(cut);
    MessageDigest digest = make(DigestAlgorithm::sha256);
    digest.update(as_bytes(text).first(cut));
    digest.update(as_bytes(text).subspan(cut));
    CHECK(digest.finish().to_hex() == sha256(as_bytes(text)).to_hex());
  }
}

TEST_CASE("a digest starts anew after finish", "[crypto]") {
  for (const DigestAlgorithm algorithm :
       {DigestAlgorithm::sha256, DigestAlgorithm::blake2b512}) {
    MessageDigest digest = make(algorithm);
    const auto empty = digest.finish();
    digest.update(as_bytes("abc"));
    const auto first = digest.finish();
    digest.update(as_bytes("abc"));
    CHECK(digest.finish() == first);
    CHECK(digest.finish() == empty);
  }
}
