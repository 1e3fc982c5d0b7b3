// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/verification_key.h"

#include "core/base/encoding.h"
#include "tests/core/refuses.h"
#include "tests/support/der.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/test_authority.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
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

TEST_CASE("keys of the registry are read and check signatures", "[crypto]") {
  struct Expected {
    const char* kind;
    KeyAlgorithm algorithm;
    unsigned bits;
  };
  for (const Expected& expected : {
           Expected{"P-256", KeyAlgorithm::p256, 256},
           Expected{"P-384", KeyAlgorithm::p384, 384},
           Expected{"P-521", KeyAlgorithm::p521, 521},
           Expected{"RSA-2048", KeyAlgorithm::rsa, 2048},
           Expected{"ED25519", KeyAlgorithm::ed25519, 256},
       }) {
    CAPTURE(expected.kind);
    const TestKey pair = TestKey::make(expected.kind);
    const auto key = VerificationKey::from_der(pair.spki());
    REQUIRE(works(key));
    CHECK(key->algorithm() == expected.algorithm);
    CHECK((expected.algorithm == KeyAlgorithm::ed25519 ||
           key->bits() == expected.bits));
    CHECK(key->spki() == pair.spki());
    const auto again = VerificationKey::from_pem("words\n" + key->pem());
    REQUIRE(works(again));
    CHECK(*again == *key);
    for (const auto& [name, hash] :
         {std::pair("SHA256", SignatureHash::sha256),
          std::pair("SHA384", SignatureHash::sha384),
          std::pair("SHA512", SignatureHash::sha512)}) {
      CAPTURE(name);
      Bytes signature = pair.sign(as_bytes("abc"), name);
      CHECK(works(key->verify(as_bytes("abc"), signature, hash)));
      CHECK(refuses(key->verify(as_bytes("abd"), signature, hash),
                    ErrorKind::bad_signature, "not by this key"));
      signature.push_back(0);
      CHECK(refuses(key->verify(as_bytes("abc"), signature, hash),
                    ErrorKind::bad_signature, "not by this key"));
    }
    CHECK(refuses(key->verify(as_bytes("abc"), {}, SignatureHash::sha256),
                  ErrorKind::bad_signature, "not by this key"));
  }
}

TEST_CASE("a signature is checked by the digest of what it is over",
          "[crypto]") {
  for (const char* kind : {"P-256", "P-384", "P-521", "RSA-2048"}) {
    CAPTURE(kind);
    const TestKey pair = TestKey::make(kind);
    const VerificationKey key = pair.public_key();
    Bytes signature = pair.sign(as_bytes("abc"), "SHA256");
    const Bytes digest = hash_bytes(SignatureHash::sha256, as_bytes("abc"));
    const Bytes other = hash_bytes(SignatureHash::sha256, as_bytes("abd"));
    CHECK(works(key.verify_digest(digest, signature, SignatureHash::sha256)));
    CHECK(refuses(key.verify_digest(other, signature, SignatureHash::sha256),
                  ErrorKind::bad_signature, "not by this key"));
    // ECDSA signs a longer digest's first bytes: the length must be right.
    CHECK(refuses(key.verify_digest(digest, signature, SignatureHash::sha384),
                  ErrorKind::bad_signature, "not by this key"));
    signature.push_back(0);
    CHECK(refuses(key.verify_digest(digest, signature, SignatureHash::sha256),
                  ErrorKind::bad_signature, "not by this key"));
  }
  CHECK(refuses(TestKey::make("ED25519").public_key().verify_digest(
                    Bytes(32), Bytes(64), SignatureHash::sha256),
                ErrorKind::unsupported, "by a digest alone"));
}

TEST_CASE("an ECDSA signature has one encoding", "[crypto]") {
  const TestKey pair = TestKey::make("P-256");
  const VerificationKey key = pair.public_key();
  const Bytes good = pair.sign(as_bytes("abc"));
  REQUIRE(works(key.verify(as_bytes("abc"), good, SignatureHash::sha256)));
  // The outer length in two bytes, as BER may; all else is the same.
  Bytes longer{0x30, 0x81};
  longer.insert(longer.end(), good.begin() + 1, good.end());
  CHECK(refuses(key.verify(as_bytes("abc"), longer, SignatureHash::sha256),
                ErrorKind::bad_signature, "not by this key"));
  CHECK(refuses(
      key.verify_digest(hash_bytes(SignatureHash::sha256, as_bytes("abc")),
                        longer, SignatureHash::sha256),
      ErrorKind::bad_signature, "not by this key"));
}

TEST_CASE("keys outside of the registry are unsupported", "[crypto]") {
  for (const char* kind : {"P-224", "secp256k1", "X25519", "RSA-1024"}) {
    CAPTURE(kind);
    CHECK(refuses(VerificationKey::from_der(TestKey::make(kind).spki()),
                  ErrorKind::unsupported, "not supported"));
  }
  // RSA-PSS (RFC 4055): the same numbers, for other signatures.
  const Bytes rsa = TestKey::make("RSA-2048").spki();
  const Bytes pss =
      der::sequence({der::sequence({der::oid("1.2.840.113549.1.1.10")}),
                     der::bit_string(sigstore::ByteView(rsa).subspan(24))});
  CHECK(refuses(VerificationKey::from_der(pss), ErrorKind::unsupported,
                "this kind of key is not supported"));
}

TEST_CASE("a point that is not on its curve is no key", "[crypto]") {
  for (const char* kind : {"P-256", "P-384", "P-521"}) {
    CAPTURE(kind);
    Bytes spki = TestKey::make(kind).spki();
    REQUIRE(works(VerificationKey::from_der(spki)));
    spki.back() ^= 1;
    CHECK(refuses(VerificationKey::from_der(spki), ErrorKind::invalid_input,
                  "not one DER SubjectPublicKeyInfo"));
  }
}

TEST_CASE("a curve given by its parameters is unsupported", "[crypto]") {
  // P-256 and its generator (SEC 2, 2.4.2), in openssl's explicit form.
  constexpr const char* kExplicit =
      "-----BEGIN PUBLIC KEY-----\n"
      "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
      "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
      "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
      "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
      "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
      "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABHjOtIV+vyq5qjTO+NeoFNU1\n"
      "UEa96qKOy40//6HndrkJWBlKkGI2rqbkb7vmqH6yuUJdOYem9xbhaJjAemtf200=\n"
      "-----END PUBLIC KEY-----\n";
  CHECK(refuses(VerificationKey::from_pem(kExplicit), ErrorKind::unsupported,
                "a curve given by its parameters"));
}

TEST_CASE("an RSA key is one key in both of its encodings", "[crypto]") {
  const TestKey pair = TestKey::make("RSA-2048");
  // SPKI of RSA 2048: 24 bytes, then the RSAPublicKey.
  Bytes pkcs1(pair.spki().begin() + 24, pair.spki().end());
  const auto key = VerificationKey::from_pkcs1_der(pkcs1);
  REQUIRE(works(key));
  CHECK(key->spki() == pair.spki());
  CHECK(key->id() == pair.public_key().id());
  CHECK(refuses(VerificationKey::from_der(pkcs1), ErrorKind::invalid_input,
                "not one DER SubjectPublicKeyInfo"));
  CHECK(refuses(VerificationKey::from_pkcs1_der(pair.spki()),
                ErrorKind::invalid_input, "not one DER RSAPublicKey"));
  const auto from_pem = VerificationKey::from_pem(
      "-----BEGIN RSA PUBLIC KEY-----\n" + sigstore::to_base64(pkcs1) +
      "\n-----END RSA PUBLIC KEY-----\n");
  REQUIRE(works(from_pem));
  CHECK(*from_pem == *key);
  pkcs1.push_back(0);
  CHECK(refuses(VerificationKey::from_pkcs1_der(pkcs1),
                ErrorKind::invalid_input, "not one DER RSAPublicKey"));
}

TEST_CASE("a text with more than one key is no key", "[crypto]") {
  const std::string pem = TestKey::make("P-256").public_key().pem();
  const std::string other = TestKey::make("P-256").public_key().pem();
  for (const std::string& text : {pem + other, pem + pem, std::string()})
    CHECK(refuses(VerificationKey::from_pem(text), ErrorKind::invalid_input,
                  "no valid PEM block 'PUBLIC KEY'"));
}

TEST_CASE("an Ed25519 key has its 32 bytes, others have none", "[crypto]") {
  const TestKey pair = TestKey::make("ED25519");
  const Bytes raw = pair.public_key().raw();
  CHECK(raw == Bytes(pair.spki().end() - 32, pair.spki().end()));
  CHECK(TestKey::make("P-256").public_key().raw().empty());
}

TEST_CASE("a copy of a key outlives the first", "[crypto]") {
  const TestKey pair = TestKey::make("P-256");
  VerificationKey kept = TestKey::make("P-384").public_key();
  {
    const VerificationKey first = pair.public_key();
    kept = first;
  }
  CHECK(works(kept.verify(as_bytes("abc"), pair.sign(as_bytes("abc")),
                          SignatureHash::sha256)));
}
