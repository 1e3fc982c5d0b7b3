// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/role_keys.h"

#include "tests/core/refuses.h"
#include "tests/support/test_authority.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::TufKeys;
using sigstore::TufRole;
using sigstore::TufSignature;

namespace {

constexpr std::string_view kMessage = "signed";

Json pem_key(const TestKey& key, const char* type, const char* scheme) {
  return {{"keytype", type},
          {"scheme", scheme},
          {"keyval", {{"public", key.public_key().pem()}}}};
}

TufKeys keys_of(const Json& json) {
  auto keys = sigstore::parse_tuf_keys(json);
  REQUIRE(works(keys));
  return *std::move(keys);
}

sigstore::Result<void> check(const TufRole& role, const TufKeys& keys,
                             const std::vector<TufSignature>& signatures) {
  return sigstore::check_threshold(role, keys, as_bytes(kMessage), signatures);
}

}  // namespace

TEST_CASE("signatures of every kind of key count", "[tuf]") {
  const TestKey p256 = TestKey::make("P-256");
  const TestKey p384 = TestKey::make("P-384");
  const TestKey ed25519 = TestKey::make("ED25519");
  const TestKey rsa = TestKey::make("RSA-2048");
  const TufKeys keys =
      keys_of({{"a", pem_key(p256, "ecdsa", "ecdsa-sha2-nistp256")},
               {"b", pem_key(p384, "ecdsa", "ecdsa-sha2-nistp384")},
               {"c", pem_key(ed25519, "ed25519", "ed25519")},
               {"d", pem_key(rsa, "rsa", "rsassa-pss-sha256")}});
  const auto message = as_bytes(kMessage);
  const std::vector<TufSignature> signatures{
      {"a", p256.sign(message)},
      {"b", p384.sign(message, "SHA384")},
      {"c", ed25519.sign(message)},
      {"d", rsa.sign_pss(message)}};
  for (const TufSignature& one : signatures) {
    CAPTURE(one.key_id);
    CHECK(works(check({{one.key_id}, 1}, keys, {one})));
    TufSignature damaged = one;
    damaged.signature.back() ^= 1;
    CHECK(refuses(check({{one.key_id}, 1}, keys, {damaged}),
                  ErrorKind::bad_signature, "signed by 0 of the keys"));
  }
  CHECK(works(check({{"a", "b", "c", "d"}, 4}, keys, signatures)));
  // PKCS#1 v1.5 is another scheme.
  CHECK(refuses(check({{"d"}, 1}, keys, {{"d", rsa.sign(message)}}),
                ErrorKind::bad_signature, "signed by 0"));
}

TEST_CASE("keys in hexadecimal are those of the first roots", "[tuf]") {
  const TestKey key = TestKey::make("P-256");
  const std::string hex = sigstore::to_hex(key.spki());
  const TufKeys keys =
      keys_of({{"k",
                {{"keytype", "ecdsa-sha2-nistp256"},
                 {"scheme", "ecdsa-sha2-nistp256"},
                 {"keyval", {{"public", hex.substr(hex.size() - 130)}}}}}});
  CHECK(works(check({{"k"}, 1}, keys, {{"k", key.sign(as_bytes(kMessage))}})));
}

TEST_CASE("a key counts once, under however many ids", "[tuf]") {
  const TestKey key = TestKey::make("ED25519");
  const Json json = pem_key(key, "ed25519", "ed25519");
  const TufKeys keys = keys_of({{"a", json}, {"b", json}});
  const Bytes signature = key.sign(as_bytes(kMessage));
  CHECK(refuses(
      check({{"a", "b"}, 2}, keys, {{"a", signature}, {"b", signature}}),
      ErrorKind::bad_signature, "signed by 1 of the keys that may, 2"));
}

TEST_CASE("keys that may not, or are not known, do not count", "[tuf]") {
  const TestKey key = TestKey::make("ED25519");
  const TestKey other = TestKey::make("ED25519");
  const TufKeys keys = keys_of({{"a", pem_key(key, "ed25519", "ed25519")},
                                {"b", pem_key(other, "ed25519", "ed25519")}});
  const Bytes by_other = other.sign(as_bytes(kMessage));
  CHECK(refuses(check({{"a"}, 1}, keys, {{"b", by_other}}),
                ErrorKind::bad_signature, "signed by 0"));
  CHECK(refuses(check({{"a"}, 1}, keys, {{"a", by_other}}),
                ErrorKind::bad_signature, "signed by 0"));
  CHECK(refuses(check({{"lost"}, 1}, keys, {{"lost", by_other}}),
                ErrorKind::bad_signature, "signed by 0"));
  // An empty or foreign signature beside a good one does no harm.
  CHECK(works(check({{"a"}, 1}, keys,
                    {{"b", {}}, {"a", key.sign(as_bytes(kMessage))}})));
}

TEST_CASE("a key of an unknown type is no error and no key", "[tuf]") {
  const TestKey key = TestKey::make("ED25519");
  const TufKeys keys =
      keys_of({{"type", pem_key(key, "sphincs", "ed25519")},
               {"scheme", pem_key(key, "ed25519", "ed448")},
               {"mixed", pem_key(key, "ecdsa", "ecdsa-sha2-nistp256")},
               {"broken",
                {{"keytype", "ed25519"},
                 {"scheme", "ed25519"},
                 {"keyval", {{"public", "abcd"}}}}}});
  for (const auto& [id, parsed] : keys) {
    CAPTURE(id);
    CHECK_FALSE(parsed.has_value());
  }
}
