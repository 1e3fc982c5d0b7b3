// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/private_key.h"

#include <string>
#include <utility>

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::Curve;
using sigstore::ErrorKind;
using sigstore::Password;
using sigstore::PasswordSource;
using sigstore::PrivateKey;
using sigstore::Result;

namespace {

// One key for tests, as openssl 3.0 writes it; the password of the encrypted
// ones is kPassword. It signs nothing.
constexpr const char* kPassword = "correct-horse";
constexpr const char* kPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeM60hX6/KrmqNM7416gU1TVQRr3q\n"
    "oo7LjT//oed2uQlYGUqQYjaupuRvu+aofrK5Ql05h6b3FuFomMB6a1/bTQ==\n"
    "-----END PUBLIC KEY-----\n";
constexpr const char* kSec1 =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEINF8BYIEFdhsTW5wvywTApP8+TCSsJAHkezzdxZSVMQ5oAoGCCqGSM49\n"
    "AwEHoUQDQgAEeM60hX6/KrmqNM7416gU1TVQRr3qoo7LjT//oed2uQlYGUqQYjau\n"
    "puRvu+aofrK5Ql05h6b3FuFomMB6a1/bTQ==\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr const char* kPkcs8 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0XwFggQV2GxNbnC/\n"
    "LBMCk/z5MJKwkAeR7PN3FlJUxDmhRANCAAR4zrSFfr8quao0zvjXqBTVNVBGveqi\n"
    "jsuNP/+h53a5CVgZSpBiNq6m5G+75qh+srlCXTmHpvcW4WiYwHprX9tN\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kEncryptedPkcs8 =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjUoc2a0sUH1gICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEJ1MB/xNgKI0CYcrAbZUIUsEgZCL\n"
    "jwpFq3Y3WTjH6Ty8Y2ZFR+oGy/rwy4NG7xyzJ64QPmgdzuAT3m7fdnOydng3i8xr\n"
    "rfSw2Y3u6y6qDoVdwpU/JF2hy+1Uh8cVxY936N1PlXFUBxeAGrk0DdZi+DQs9x9Z\n"
    "fI5JRf6GLPUSkpBBR2SLxme9r6Dpt5m0RGF6L8dD/12cTiq32wqVvG70pqSWztY=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
constexpr const char* kEncryptedSec1 =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-256-CBC,3B03F1AB8AB8CD77E49040B528B62278\n"
    "\n"
    "wR4OL5b3DGZsP8L2GardGBtMjsLfH/lMGwPuUff4OLC75Jb+Gb50V0Il+ciQrrHp\n"
    "brUkn/6QT7FKqhWaU0IIzMGUkBVqebAWlTGAiIMMr5NoJs5BaR3MjnaeBuSZbiVr\n"
    "In61pQdbbaPitQ+Mdrn3fty9Wh+DMEPIC8v+XyhIcMs=\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr const char* kEd25519 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIAvgxxEw3r9gk39+G6QjRSSHj/q/o+097nlERdfbHh35\n"
    "-----END PRIVATE KEY-----\n";
constexpr const char* kSecp256k1 =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgOSo86D7HKBJ79H3UnYUg\n"
    "hiJmNG4PE1zNguMrcWmR8qShRANCAAQqo74wZ1y5x311qmUWXSfIKxQyTVNe9iX1\n"
    "q3OifvSrW309/Un4Atp3KNc6ToCNdNY98QdkXNdv096FvLjahj6s\n"
    "-----END PRIVATE KEY-----\n";

PasswordSource gives(std::string text) {
  return [text] { return Result<Password>(Password(text)); };
}

// For keys that need none.
Result<Password> must_not_ask() {
  FAIL("a password was asked for");
  return sigstore::fail(ErrorKind::internal, "asked");
}

PrivateKey key_of(std::string_view pem, const PasswordSource& source) {
  auto key = PrivateKey::from_pem(pem, source);
  REQUIRE(works(key));
  return std::move(*key);
}

}  // namespace

TEST_CASE("a plain PKCS#8 key is read without a password", "[crypto]") {
  CHECK(key_of(kPkcs8, must_not_ask).public_key().pem() == kPublic);
}

TEST_CASE("a plain SEC 1 key is read without a password", "[crypto]") {
  CHECK(key_of(kSec1, must_not_ask).public_key().pem() == kPublic);
}

TEST_CASE("an encrypted PKCS#8 key is read with its password", "[crypto]") {
  CHECK(key_of(kEncryptedPkcs8, gives(kPassword)).public_key().pem() ==
        kPublic);
}

TEST_CASE("an encrypted SEC 1 key is read with its password", "[crypto]") {
  CHECK(key_of(kEncryptedSec1, gives(kPassword)).public_key().pem() == kPublic);
}

TEST_CASE("the password is asked for once", "[crypto]") {
  int asked = 0;
  const PasswordSource source = [&asked] {
    ++asked;
    return Result<Password>(Password(kPassword));
  };
  key_of(kEncryptedPkcs8, source);
  CHECK(asked == 1);
  key_of(kEncryptedSec1, source);
  CHECK(asked == 2);
}

TEST_CASE("a wrong password is unauthorized and never printed", "[crypto]") {
  for (const char* pem : {kEncryptedPkcs8, kEncryptedSec1}) {
    for (const char* text : {"battery-staple", "", "correct-horse "}) {
      CAPTURE(pem, text);
      const auto key = PrivateKey::from_pem(pem, gives(text));
      REQUIRE(refuses(key, ErrorKind::unauthorized, "wrong password"));
      CHECK((*text == '\0' ||
             key.error().message.find(text) == std::string::npos));
    }
  }
}

TEST_CASE("an error of the password's source stops the reading", "[crypto]") {
  const PasswordSource source = []() -> Result<Password> {
    return sigstore::fail(ErrorKind::not_found, "no terminal to ask on");
  };
  for (const char* pem : {kEncryptedPkcs8, kEncryptedSec1})
    CHECK(refuses(PrivateKey::from_pem(pem, source), ErrorKind::not_found,
                  "private key: no terminal to ask on"));
}

TEST_CASE("a password longer than OpenSSL takes is refused, not cut",
          "[crypto]") {
  const std::string text(100'000, 'p');
  const auto key = PrivateKey::from_pem(kEncryptedPkcs8, gives(text));
  CHECK(refuses(key, ErrorKind::invalid_input, "password too long"));
}

TEST_CASE("private keys of other algorithms and curves are unsupported",
          "[crypto]") {
  for (const char* pem : {kEd25519, kSecp256k1})
    CHECK(refuses(PrivateKey::from_pem(pem, must_not_ask),
                  ErrorKind::unsupported, "not an ECDSA key"));
}

TEST_CASE("text without a private key is refused", "[crypto]") {
  std::string damaged = kPkcs8;
  damaged.replace(damaged.find("MIG"), 3, "AAA");
  for (const std::string& text :
       {std::string(), std::string("no key"), std::string(kPublic), damaged})
    CHECK(refuses(PrivateKey::from_pem(text, must_not_ask),
                  ErrorKind::invalid_input, "private key: no valid PEM block"));
}

TEST_CASE("a private key file beyond the limit is refused", "[crypto]") {
  CHECK(refuses(
      PrivateKey::from_pem(std::string(70'000, ' ') + kPkcs8, must_not_ask),
      ErrorKind::invalid_input, "too large"));
}

TEST_CASE("what a key signs verifies under its public key only", "[crypto]") {
  for (const Curve curve : {Curve::p256, Curve::p384, Curve::p521}) {
    const auto key = PrivateKey::generate(curve);
    const auto other = PrivateKey::generate(curve);
    REQUIRE(works(key));
    REQUIRE(works(other));
    CHECK(key->public_key().curve() == curve);
    const auto signature = key->sign(as_bytes("a message"));
    REQUIRE(works(signature));
    CHECK(works(key->public_key().verify(as_bytes("a message"), *signature)));
    CHECK(refuses(key->public_key().verify(as_bytes("a messagE"), *signature),
                  ErrorKind::bad_signature, "not by key"));
    CHECK(refuses(other->public_key().verify(as_bytes("a message"), *signature),
                  ErrorKind::bad_signature, "not by key"));
  }
}

TEST_CASE("an empty message is signed and verified", "[crypto]") {
  const PrivateKey key = key_of(kPkcs8, must_not_ask);
  const auto signature = key.sign({});
  REQUIRE(works(signature));
  CHECK(works(key.public_key().verify({}, *signature)));
}

TEST_CASE("an exported key is read back as the same key", "[crypto]") {
  for (const Curve curve : {Curve::p256, Curve::p384, Curve::p521}) {
    const auto key = PrivateKey::generate(curve);
    REQUIRE(works(key));
    const auto pem = key->export_secret_pem(nullptr);
    REQUIRE(works(pem));
    CHECK(as_text(*pem).starts_with("-----BEGIN PRIVATE KEY-----\n"));
    CHECK(key_of(as_text(*pem), must_not_ask).public_key() ==
          key->public_key());
  }
}

TEST_CASE("a key exported with a password needs that password", "[crypto]") {
  const PrivateKey key = key_of(kPkcs8, must_not_ask);
  const Password password("s3cret");
  const auto pem = key.export_secret_pem(&password);
  REQUIRE(works(pem));
  CHECK(as_text(*pem).starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  CHECK(key_of(as_text(*pem), gives("s3cret")).public_key().pem() == kPublic);
  CHECK(refuses(PrivateKey::from_pem(as_text(*pem), gives("s3cre")),
                ErrorKind::unauthorized, "wrong password"));
}

TEST_CASE("two new keys are different", "[crypto]") {
  CHECK_FALSE(PrivateKey::generate(Curve::p256).value().public_key() ==
              PrivateKey::generate(Curve::p256).value().public_key());
}

TEST_CASE("a moved password leaves nothing behind", "[crypto]") {
  Password first("a long enough secret to be on the heap");
  const Password second(std::move(first));
  CHECK(second.reveal_secret() == "a long enough secret to be on the heap");
  CHECK(first.reveal_secret().empty());
}

TEST_CASE("wiped bytes are zero", "[crypto]") {
  Bytes secret{1, 2, 3};
  sigstore::wipe(secret);
  CHECK(secret == Bytes{0, 0, 0});
}
