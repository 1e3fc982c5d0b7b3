// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "core/crypto/pkcs11_key.h"
#include "core/crypto/pkcs11_uri.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::Password;
using sigstore::Pkcs11Key;
using sigstore::Pkcs11Uri;
using sigstore::Result;

namespace {

Result<Pkcs11Key> open(const std::string& module) {
  Pkcs11Uri uri;
  uri.module_path = module;
  return Pkcs11Key::open(uri,
                         []() -> Result<Password> { return Password("1234"); });
}

}  // namespace

TEST_CASE("a PKCS#11 URI names a key in a token", "[crypto]") {
  const auto uri = Pkcs11Uri::parse(
      "pkcs11:token=My%20token;manufacturer=m;model=o;serial=1;slot-id=77;"
      "object=sign%3ber;type=private;id=%01%Fe"
      "?module-path=/usr/lib/m.so&pin-source=file:///etc/pin");
  REQUIRE(works(uri));
  CHECK(uri->token == "My token");
  CHECK(uri->manufacturer == "m");
  CHECK(uri->model == "o");
  CHECK(uri->serial == "1");
  CHECK(uri->slot_id == 77);
  CHECK(uri->object == "sign;er");
  CHECK(uri->id == Bytes{1, 0xFE});
  CHECK(uri->module_path == "/usr/lib/m.so");
  CHECK(uri->pin_source == "/etc/pin");
  CHECK_FALSE(uri->pin_value.has_value());
}

TEST_CASE("what a PKCS#11 URI does not say matches anything", "[crypto]") {
  const auto uri = Pkcs11Uri::parse("pkcs11:?pin-value=12%2034");
  REQUIRE(works(uri));
  CHECK_FALSE(uri->token.has_value());
  CHECK_FALSE(uri->id.has_value());
  CHECK(uri->pin_value->reveal_secret() == "12 34");
}

TEST_CASE("a PKCS#11 URI that is not of the grammar is refused", "[crypto]") {
  constexpr auto kBad = ErrorKind::invalid_input;
  CHECK(refuses(Pkcs11Uri::parse("token=x"), kBad, "does not begin with"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:token"), kBad, "attribute=value"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:=x"), kBad, "attribute=value"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:id=%1"), kBad,
                "'id' has a malformed %XX"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:id=%1g"), kBad,
                "'id' has a malformed %XX"));
  CHECK(
      refuses(Pkcs11Uri::parse("pkcs11:id=1;id=1"), kBad, "'id' comes twice"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:token=a b"), kBad, "%20"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:token=a#b"), kBad, "%23"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:slot-id=-1"), kBad, "no number"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:type=cert"), kBad,
                "a private key is wanted"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:" + std::string(9000, ';')), kBad,
                "too long"));
}

TEST_CASE("attributes that could name another key are not passed over",
          "[crypto]") {
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:library-version=3"),
                ErrorKind::unsupported, "'library-version' is not understood"));
  CHECK(refuses(Pkcs11Uri::parse("pkcs11:?module-name=softhsm2"),
                ErrorKind::unsupported, "'module-name' is not understood"));
}

TEST_CASE("a PIN is in one place, and in no error", "[crypto]") {
  const auto two =
      Pkcs11Uri::parse("pkcs11:?pin-value=sesame&pin-source=/etc/pin");
  CHECK(refuses(two, ErrorKind::invalid_input, "are two PINs"));
  const auto malformed = Pkcs11Uri::parse("pkcs11:?pin-value=sesame%");
  CHECK(refuses(malformed, ErrorKind::invalid_input, "'pin-value' has"));
  const auto unknown = Pkcs11Uri::parse("pkcs11:?pin-value=sesame&x=1");
  for (const auto* one : {&two, &malformed, &unknown})
    CHECK(one->error().message.find("sesame") == std::string::npos);
  for (const std::string source : {"|/bin/pin", "pin", "file://host/pin", ""})
    CHECK(refuses(Pkcs11Uri::parse("pkcs11:?pin-source=" + source),
                  ErrorKind::invalid_input, "no absolute path of a file"));
}

TEST_CASE("a module that others may write is not loaded", "[crypto]") {
  const TempFolder folder;
  const std::string path = (folder.path() / "module.so").string();
  std::ofstream(path) << "no library";
  // The folder of temporary files is everybody's.
  CHECK(refuses(open(path), ErrorKind::invalid_input,
                "is not loaded: others than root may write /"));
  CHECK(refuses(open("module.so"), ErrorKind::invalid_input,
                "not an absolute path"));
  CHECK(refuses(open("/no/such/module.so"), ErrorKind::not_found,
                "/no/such/module.so"));
  CHECK(refuses(open("/usr"), ErrorKind::invalid_input, "/usr: not a file"));
  CHECK(refuses(open(""), ErrorKind::invalid_input, "names no module"));
}

TEST_CASE("what is no module is not taken for one", "[crypto]") {
  CHECK(refuses(open("/usr/bin/env"), ErrorKind::invalid_input, "PKCS#11"));
  CHECK(refuses(open("/etc/passwd"), ErrorKind::invalid_input, "PKCS#11"));
}
