// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/public_key.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

#include "core/base/encoding.h"
#include "core/crypto/message_digest.h"
#include "core/crypto/private_key.h"
#include "tests/core/refuses.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::Curve;
using sigstore::ErrorKind;
using sigstore::PublicKey;

namespace {

// Made with openssl 3.0; all spellings of P-256 below are one key.
constexpr const char* kP256 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeM60hX6/KrmqNM7416gU1TVQRr3q\n"
    "oo7LjT//oed2uQlYGUqQYjaupuRvu+aofrK5Ql05h6b3FuFomMB6a1/bTQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kP256Compressed =
    "-----BEGIN PUBLIC KEY-----\n"
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADeM60hX6/KrmqNM7416gU1TVQRr3q\n"
    "oo7LjT//oed2uQk=\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kP256Hybrid =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAHeM60hX6/KrmqNM7416gU1TVQRr3q\n"
    "oo7LjT//oed2uQlYGUqQYjaupuRvu+aofrK5Ql05h6b3FuFomMB6a1/bTQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kP256Explicit =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABHjOtIV+vyq5qjTO+NeoFNU1\n"
    "UEa96qKOy40//6HndrkJWBlKkGI2rqbkb7vmqH6yuUJdOYem9xbhaJjAemtf200=\n"
    "-----END PUBLIC KEY-----\n";
// Encrypted headers, which no public key has.
constexpr const char* kP256Encrypted =
    "-----BEGIN PUBLIC KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-256-CBC,3B03F1AB8AB8CD77E49040B528B62278\n"
    "\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeM60hX6/KrmqNM7416gU1TVQRr3q\n"
    "oo7LjT//oed2uQlYGUqQYjaupuRvu+aofrK5Ql05h6b3FuFomMB6a1/bTQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kP384 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEt+IND5sc6yZEwAypk/npVChnniqsUNEX\n"
    "8VasNZhIPb+epyorkqyfIlzH7QNm+3SdH5/qCCdCGkytS/e8ffh/hXYsfXZu7aUg\n"
    "dbB6msKDouTe0rVdW0+jkWKYuhvWDZVP\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kP521 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBvHDMvQHHXopN6PcvUjToEmlt3mWw\n"
    "PyGH3jyTTNm8Em3H8EpBOx4VgN/+t9DpQudNRHypvrR4tPsSAuXzj564riwAND9j\n"
    "Bd8yizUWnP11NE9n7596xBrQ2g3ew0FSsvet8mtiriytbZLXxkJb/6jU+127/lYi\n"
    "40klf9RUa4I1UCQgcdU=\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kSecp256k1 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEKqO+MGdcucd9daplFl0nyCsUMk1TXvYl\n"
    "9atzon70q1t9Pf1J+ALadyjXOk6AjXTWPfEHZFzXb9Pehby42oY+rA==\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kEd25519 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAClTUPEYmH/h1ufrNi9sCblldF/ZrePlXo/chXlMFkJk=\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kRsa =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC+SZiUToriy/uFwKnb3iE4C45A\n"
    "xzrZXrQptzvDK4KxVKLqaodDA/09toW2Dgq3uSrHaxdRvec0fnluS+mfS1rfZIfV\n"
    "2/BGN2OAG+iQmIHLqjKejwMHYovyuvapLPZURMjvXmC0ps4Z1Hc0yc44Gals1J5n\n"
    "2ewjfYf/DnhFq/DtjwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

// By the keys above over "abc", with openssl dgst.
constexpr const char* kP256Signature =
    "MEYCIQDhD1Pt4JDzH9nRs3cDkxPZbjt6H1LiDS74yAXkTYazgwIhAP12ZPHj"
    "6UfbVtzSWUMZxzX1lvQnqJB25zuElQF6WM6y";
constexpr const char* kP384Signature =
    "MGYCMQDL2ossamjNJlNgiT70YAOyT8exInAfdSQLYBy5Slcnw8FWp7NWS7cw"
    "TuO1ZNpPlXwCMQD7P1N5394FW7BF25Z4m1X9ENbQxZQfIAIQl8/Asj5RQlWa"
    "4Ld3sTJhHXo98LMOC+g=";
constexpr const char* kP384Sha256Signature =
    "MGQCMElKThfazJ8YTjm9FnpjVlBUMbozgjdIZOmi2Ammi9hTwQ67ze2wQDug"
    "8reXvwn1FQIwHoeulCC/4RO1/INJn1Kx7zc4RTigsTmhwBNDmErUkOdLPyTp"
    "OZ5RaRmpyyFvdbW6";
constexpr const char* kP521Signature =
    "MIGIAkIBxa1guVmuHP6fhyLD6jJ1MchZhpZz6W5hQ1JrlaSc8tbRBc+vf5+I"
    "oHklVQ9T+fK1FLSimqV4u2kE5LXPPfHK9T0CQgEFzC9er7RnUNJqEe+M0tSw"
    "0HXCw9jX8LeD763uu4WP5VGAbcOzrHipx+M9YFL8aG2/gUalw0tbVKhP5U2M"
    "vMVKvQ==";

PublicKey key_of(std::string_view pem) {
  auto key = PublicKey::from_pem(pem);
  REQUIRE(works(key));
  return std::move(*key);
}

Bytes base64(std::string_view text) {
  auto bytes = sigstore::from_base64(text);
  REQUIRE(works(bytes));
  return std::move(*bytes);
}

// The DER inside of a PEM text.
Bytes der_of(std::string_view pem) {
  std::string body;
  std::size_t start = pem.find('\n') + 1;
  while (pem.substr(start, 5) != "-----") {
    const std::size_t end = pem.find('\n', start);
    body += pem.substr(start, end - start);
    start = end + 1;
  }
  return base64(body);
}

std::string replace_all(std::string text, std::string_view from,
                        std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

TEST_CASE("keys on the three curves are read and written as they were",
          "[crypto]") {
  CHECK(key_of(kP256).curve() == Curve::p256);
  CHECK(key_of(kP384).curve() == Curve::p384);
  CHECK(key_of(kP521).curve() == Curve::p521);
  for (const char* pem : {kP256, kP384, kP521}) CHECK(key_of(pem).pem() == pem);
}

TEST_CASE("curves have their names", "[crypto]") {
  CHECK(sigstore::curve_name(Curve::p256) == "P-256");
  CHECK(sigstore::curve_name(Curve::p384) == "P-384");
  CHECK(sigstore::curve_name(Curve::p521) == "P-521");
}

TEST_CASE("the fingerprint is the SHA-256 of the PEM text", "[crypto]") {
  CHECK(key_of(kP256).fingerprint() ==
        "efe38f1801c05c3cb8a0fd55a0175f3a20acc7a2"
        "109e9fcead8090c792a5b18e");
}

TEST_CASE("the fingerprint of the published key is the one in its bundles",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Bytes file = read_vector(
      *vectors / "oms/historical/keys/certificate/signing-key-pub.pem");
  // OMS reference, 4.2: the file begins with text for people.
  CHECK(sigstore::sha256(file).to_hex() ==
        "d1a9605ee953879e77ea891b960e6dfc"
        "d1ee381fc0f68b96b3763202cb032bbb");
  const PublicKey key = key_of(as_text(file));
  CHECK(key.fingerprint() ==
        "e8450dec4eb99dae995da9af1bc2cc9f"
        "76ed669ee2e744f57abba763df3e3f8e");
  CHECK(key.curve() == Curve::p384);
  CHECK(key.pem().size() == 215);
}

TEST_CASE("text around the block does not change the fingerprint", "[crypto]") {
  const std::string text =
      std::string("A key for tests\n\n") + kP256 + "\ntrailing words\n";
  CHECK(key_of(text).fingerprint() == key_of(kP256).fingerprint());
}

TEST_CASE("CRLF line ends do not change the fingerprint", "[crypto]") {
  CHECK(key_of(replace_all(kP256, "\n", "\r\n")).pem() == kP256);
}

TEST_CASE("a missing final newline does not change the fingerprint",
          "[crypto]") {
  std::string text = kP256;
  text.pop_back();
  CHECK(key_of(text).pem() == kP256);
}

TEST_CASE("a compressed point is the same key with the same text", "[crypto]") {
  CHECK(key_of(kP256Compressed).pem() == kP256);
  CHECK(key_of(kP256Compressed) == key_of(kP256));
  CHECK(key_of(kP256Hybrid).pem() == kP256);
}

TEST_CASE("a curve given by its parameters is no second text of a key",
          "[crypto]") {
  const auto key = PublicKey::from_pem(kP256Explicit);
  if (key.ok())
    CHECK(key->pem() == kP256);
  else
    CHECK(refuses(key, ErrorKind::unsupported, "not an ECDSA key on P-256"));
}

TEST_CASE("DER is read to the same key as PEM", "[crypto]") {
  const auto key = PublicKey::from_der(der_of(kP384));
  REQUIRE(works(key));
  CHECK(*key == key_of(kP384));
}

TEST_CASE("DER with bytes after it is refused", "[crypto]") {
  Bytes der = der_of(kP256);
  der.push_back(0);
  CHECK(refuses(PublicKey::from_der(der), ErrorKind::invalid_input,
                "not one DER SubjectPublicKeyInfo"));
}

TEST_CASE("DER that is cut short is refused", "[crypto]") {
  const Bytes der = der_of(kP256);
  for (std::size_t size = 0; size < der.size(); size += 7) {
    CAPTURE(size);
    CHECK(refuses(PublicKey::from_der(ByteView(der).first(size)),
                  ErrorKind::invalid_input, "public key: not one DER"));
  }
}

TEST_CASE("a point that is not on the curve is refused", "[crypto]") {
  Bytes der = der_of(kP256);
  der.back() ^= 1U;
  CHECK(refuses(PublicKey::from_der(der), ErrorKind::invalid_input,
                "public key: not one DER"));
}

TEST_CASE("keys of other algorithms and curves are unsupported", "[crypto]") {
  for (const char* pem : {kRsa, kEd25519, kSecp256k1}) {
    CAPTURE(pem);
    CHECK(refuses(PublicKey::from_pem(pem), ErrorKind::unsupported,
                  "not an ECDSA key on P-256, P-384 or P-521"));
  }
}

TEST_CASE("text without a public key is refused", "[crypto]") {
  const std::string damaged = replace_all(kP256, "MFkw", "AAAA");
  const std::string other = replace_all(kP256, "PUBLIC KEY", "CERTIFICATE");
  const std::string open = replace_all(kP256, "-----END", "-----");
  for (const std::string& text :
       {std::string(), std::string("no key"), damaged, other, open}) {
    CAPTURE(text);
    CHECK(refuses(PublicKey::from_pem(text), ErrorKind::invalid_input,
                  "no valid PEM block 'PUBLIC KEY'"));
  }
}

TEST_CASE("a private key is no public key", "[crypto]") {
  const auto pair = sigstore::PrivateKey::generate(Curve::p256);
  REQUIRE(works(pair));
  const auto secret = pair->export_secret_pem(nullptr);
  REQUIRE(works(secret));
  CHECK(refuses(PublicKey::from_pem(as_text(*secret)), ErrorKind::invalid_input,
                "no valid PEM block 'PUBLIC KEY'"));
}

TEST_CASE("nobody is asked for a password of a public key", "[crypto]") {
  // OpenSSL asks on the terminal, or on stdin where there is none, so a child
  // without a terminal looks whether its stdin is as it was.
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  REQUIRE(write(ends[1], "secret\n", 7) == 7);
  close(ends[1]);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    setsid();
    dup2(ends[0], STDIN_FILENO);
    const bool refused = !PublicKey::from_pem(kP256Encrypted).ok();
    char text[8];
    _exit(refused && read(STDIN_FILENO, text, sizeof text) == 7 ? 0 : 1);
  }
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a public key file beyond the limit is refused", "[crypto]") {
  const std::string text = std::string(64 * 1024, ' ') + kP256;
  CHECK(refuses(PublicKey::from_pem(text), ErrorKind::invalid_input,
                "public key: too large"));
}

TEST_CASE("signatures of openssl verify, each curve with its hash",
          "[crypto]") {
  const ByteView message = as_bytes("abc");
  CHECK(works(key_of(kP256).verify(message, base64(kP256Signature))));
  CHECK(works(key_of(kP384).verify(message, base64(kP384Signature))));
  CHECK(works(key_of(kP521).verify(message, base64(kP521Signature))));
}

TEST_CASE("a signature with SHA-256 on P-384 is a case of its own",
          "[crypto]") {
  const PublicKey key = key_of(kP384);
  const Bytes signature = base64(kP384Sha256Signature);
  CHECK(works(key.verify_sha256(as_bytes("abc"), signature)));
  CHECK(refuses(key.verify(as_bytes("abc"), signature),
                ErrorKind::bad_signature, key.fingerprint()));
  CHECK(refuses(key.verify_sha256(as_bytes("abc"), base64(kP384Signature)),
                ErrorKind::bad_signature, key.fingerprint()));
}

TEST_CASE("a signature over another message is refused", "[crypto]") {
  const Bytes signature = base64(kP256Signature);
  for (const char* message : {"", "ab", "abd", "abcd"}) {
    CAPTURE(message);
    CHECK(refuses(key_of(kP256).verify(as_bytes(message), signature),
                  ErrorKind::bad_signature, "the signature is not by key"));
  }
}

TEST_CASE("a signature by another key is refused", "[crypto]") {
  CHECK(refuses(key_of(kP384).verify(as_bytes("abc"), base64(kP256Signature)),
                ErrorKind::bad_signature, "the signature is not by key"));
}

TEST_CASE("a signature with any bit changed is refused", "[crypto]") {
  const PublicKey key = key_of(kP256);
  const Bytes good = base64(kP256Signature);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 0x10U;
    CAPTURE(i);
    REQUIRE(refuses(key.verify(as_bytes("abc"), bad), ErrorKind::bad_signature,
                    "the signature is not by key"));
  }
}

TEST_CASE("a signature with bytes after it or cut short is refused",
          "[crypto]") {
  const PublicKey key = key_of(kP256);
  Bytes longer = base64(kP256Signature);
  longer.push_back(0);
  CHECK(refuses(key.verify(as_bytes("abc"), longer), ErrorKind::bad_signature,
                "the signature is not by key"));
  const Bytes good = base64(kP256Signature);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{2}, good.size() - 1}) {
    CAPTURE(size);
    CHECK(refuses(key.verify(as_bytes("abc"), ByteView(good).first(size)),
                  ErrorKind::bad_signature, "the signature is not by key"));
  }
}

TEST_CASE("a copy of a key works when the first is gone", "[crypto]") {
  PublicKey kept = key_of(kP384);
  {
    const PublicKey other = key_of(kP256);
    kept = other;
  }
  CHECK(kept.pem() == kP256);
  CHECK(works(kept.verify(as_bytes("abc"), base64(kP256Signature))));
}
