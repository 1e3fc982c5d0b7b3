// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate.h"

#include <algorithm>

#include "tests/core/refuses.h"
#include "tests/support/der.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/test_authority.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::Certificate;
using sigstore::ErrorKind;
using sigstore::SubjectName;

TEST_CASE("a certificate of Fulcio says who signed", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const VectorCase& one : passing_cases(*vectors)) {
    if (!one.has_certificate()) continue;
    CAPTURE(one.name);
    const Certificate leaf = one.leaf();
    const auto name = leaf.subject_name();
    REQUIRE(works(name));
    CHECK(name->value == one.identity);
    CHECK(name->kind == SubjectName::Kind::uri);
    const auto old_issuer = leaf.fulcio_extension(1);
    const auto issuer = leaf.fulcio_extension(8);
    REQUIRE(works(old_issuer));
    REQUIRE(works(issuer));
    CHECK(old_issuer->value_or(one.issuer) == one.issuer);
    CHECK(issuer->value_or(one.issuer) == one.issuer);
    CHECK((old_issuer->has_value() || issuer->has_value()));
    CHECK_FALSE(leaf.is_ca());
    CHECK_FALSE(leaf.is_self_signed());
    CHECK(leaf.may_sign_data());
    CHECK(leaf.may_sign_code());
    CHECK_FALSE(leaf.may_stamp_time());
    ++count;
  }
  CHECK(count >= 9);
}

TEST_CASE("a certificate is read from PEM and DER to the same", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Certificate leaf = read_case(*vectors, "happy-path-v0.3").leaf();
  const auto again = Certificate::from_pem("words\n" + leaf.pem() + "words\n");
  REQUIRE(works(again));
  REQUIRE(again->size() == 1);
  CHECK(again->front() == leaf);
  CHECK(leaf.subject().empty());
  CHECK(leaf.issuer() == "O=sigstore.dev, CN=sigstore-intermediate");
  CHECK(leaf.not_before().to_rfc3339() == "2024-03-19T17:26:26Z");
  CHECK(leaf.not_after().to_rfc3339() == "2024-03-19T17:36:26Z");
}

namespace {

constexpr const char* kIssuer = "https://issuer.example.org";

const TestCertificate& authority() {
  static const TestCertificate kAuthority =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  return kAuthority;
}

TestCertificate issue(const CertificatePlan& plan) {
  return authority().issue(plan, TestKey::make("P-256"));
}

TestCertificate with_san(const TestExtension& san) {
  return issue(signer_plan(san, kIssuer));
}

TestCertificate with_extension(const TestExtension& extension) {
  CertificatePlan plan = signer_plan(san_email("a@example.org"), kIssuer);
  plan.more = {plan.more.front(), extension};
  return issue(plan);
}

TestExtension fulcio_value(int number, Bytes value) {
  TestExtension extension = fulcio_extension(number, "");
  extension.value = std::move(value);
  return extension;
}

}  // namespace

TEST_CASE("a name is an address, a URI or a username", "[crypto]") {
  using Kind = SubjectName::Kind;
  struct Expected {
    TestExtension san;
    SubjectName name;
  };
  for (const Expected& expected : {
           Expected{san_email("a@example.org"), {Kind::email, "a@example.org"}},
           Expected{san_uri("https://ci/x@ref"),
                    {Kind::uri, "https://ci/x@ref"}},
           Expected{san_username("j\xc3\xbc!a.org"),
                    {Kind::username, "j\xc3\xbc!a.org"}},
       }) {
    const auto name = with_san(expected.san).certificate().subject_name();
    REQUIRE(works(name));
    CHECK(*name == expected.name);
  }
}

TEST_CASE("a certificate with several names or none is by nobody", "[crypto]") {
  const Bytes one = der::primitive(1, as_bytes("a@example.org"));
  const Bytes two = der::primitive(1, as_bytes("b@example.org"));
  for (const auto& names : {std::vector<Bytes>{}, {one, two}, {one, one}})
    CHECK(refuses(with_san(san_of(names)).certificate().subject_name(),
                  ErrorKind::bad_evidence, "not exactly one"));
  CertificatePlan plan = signer_plan(san_of({}), kIssuer);
  plan.more.clear();
  CHECK(refuses(issue(plan).certificate().subject_name(),
                ErrorKind::bad_evidence, "there is none"));
}

TEST_CASE("names of other types are refused", "[crypto]") {
  const auto other = [](const char* oid, const Bytes& value) {
    return der::around(0, der::join({der::oid(oid), der::around(0, value)}));
  };
  for (const Bytes& name : {
           der::primitive(2, as_bytes("example.org")),
           der::primitive(7, Bytes{127, 0, 0, 1}),
           other("1.3.6.1.4.1.57264.1.8", der::utf8("a!b")),
           other("1.3.6.1.4.1.57264.1.7", der::octet_string(Bytes{97})),
       })
    CHECK(refuses(with_san(san_of({name})).certificate().subject_name(),
                  ErrorKind::bad_evidence, "not of a type that Fulcio issues"));
}

TEST_CASE("a name with a NUL or another control character is refused",
          "[crypto]") {
  using std::literals::string_view_literals::operator""sv;
  for (const TestExtension& san :
       {san_email("a@b.org\0.example.org"sv), san_uri("https://a\0b"sv),
        san_uri("https://a\nb"), san_email("\xc3\xbc@example.org"),
        san_email(""), san_username("a\0!b"sv), san_username("\xff!b"),
        san_username("")})
    CHECK(refuses(with_san(san).certificate().subject_name(),
                  ErrorKind::bad_evidence, "not plain text"));
}

TEST_CASE("a name with bytes behind it or of a wrong form is refused",
          "[crypto]") {
  // OpenSSL itself reads an extension without looking at its end.
  TestExtension san = san_email("a@example.org");
  san.value.push_back(0);
  CHECK(refuses(with_san(san).certificate().subject_name(),
                ErrorKind::bad_evidence, "malformed"));
  // A length in two bytes where one does.
  san = san_email("a@example.org");
  san.value.insert(san.value.begin() + 1, 0x81);
  CHECK(refuses(with_san(san).certificate().subject_name(),
                ErrorKind::bad_evidence, "malformed"));
}

TEST_CASE("extensions of Fulcio are raw up to 6 and UTF8Strings from 8 on",
          "[crypto]") {
  const auto value = [](const TestExtension& extension, int number) {
    return with_extension(extension).certificate().fulcio_extension(number);
  };
  for (const int number : {1, 6, 8, 24}) {
    CAPTURE(number);
    const auto text = value(fulcio_extension(number, "text"), number);
    REQUIRE(works(text));
    CHECK(*text == "text");
    const auto absent = value(fulcio_extension(number, "text"), number + 1);
    REQUIRE(works(absent));
    CHECK_FALSE(absent->has_value());
  }
  // 1 to 6 are not unwrapped.
  const auto wrapped = value(fulcio_value(1, der::utf8("text")), 1);
  REQUIRE(works(wrapped));
  CHECK(*wrapped != "text");
}

TEST_CASE("an extension of Fulcio that is not what it must be is refused",
          "[crypto]") {
  const Bytes good = der::utf8("text");
  for (const Bytes& bad :
       {sigstore::to_bytes("text"), der::join({good, Bytes{0}}),
        der::join({good, good}), Bytes(good.begin(), good.end() - 1), Bytes(),
        der::tagged(0x16, as_bytes("text")), Bytes{0x0c, 0x81, 1, 'a'}})
    CHECK(refuses(
        with_extension(fulcio_value(8, bad)).certificate().fulcio_extension(8),
        ErrorKind::bad_evidence, "not one DER UTF8String"));
  using std::literals::string_view_literals::operator""sv;
  for (const std::string_view bad : {"a\0b"sv, "\xff"sv})
    for (const int number : {1, 8})
      CHECK(refuses(with_extension(fulcio_extension(number, bad))
                        .certificate()
                        .fulcio_extension(number),
                    ErrorKind::bad_evidence, "not plain text"));
}

TEST_CASE("a certificate with an extension twice is refused", "[crypto]") {
  const TestExtension san = san_email("a@example.org");
  for (const TestExtension& extension :
       {san, fulcio_extension(8, kIssuer),
        TestExtension{"1.2.3.4", {0x05, 0}, false}}) {
    CertificatePlan plan = signer_plan(san, kIssuer);
    plan.more.push_back(extension);
    plan.more.push_back(extension);
    CHECK(refuses(Certificate::from_der(issue(plan).der()),
                  ErrorKind::invalid_input, "an extension is there twice"));
  }
}

TEST_CASE("a certificate with a malformed known extension is refused",
          "[crypto]") {
  CertificatePlan plan = signer_plan(san_email("a@example.org"), kIssuer);
  plan.more.push_back({"2.5.29.19", Bytes{0x30, 1}, true});
  CHECK(refuses(Certificate::from_der(issue(plan).der()),
                ErrorKind::invalid_input, "malformed extension"));
}

TEST_CASE("a certificate is one DER value", "[crypto]") {
  const Bytes good = authority().der();
  Bytes longer = good;
  longer.push_back(0);
  // The same in BER: an outer sequence of no said length.
  Bytes ber{0x30, 0x80};
  ber.insert(ber.end(), good.begin() + 4, good.end());
  ber.insert(ber.end(), {0, 0});
  REQUIRE(good[1] == 0x82);
  for (const Bytes& bad : {longer, ber, Bytes(), Bytes(good.size())})
    CHECK(refuses(Certificate::from_der(bad), ErrorKind::invalid_input,
                  "not one DER certificate"));
  for (std::size_t size = 1; size < good.size(); size += 13)
    CHECK(refuses(Certificate::from_der(sigstore::ByteView(good).first(size)),
                  ErrorKind::invalid_input, "not one DER certificate"));
  CHECK(refuses(Certificate::from_der(Bytes(64 * 1024 + 1)),
                ErrorKind::invalid_input, "too large"));
}

TEST_CASE("times of validity are in UTC", "[crypto]") {
  Bytes der = authority().der();
  const Bytes time = der::certificate_time(CertificatePlan().not_before);
  const auto at = std::search(der.begin(), der.end(), time.begin(), time.end());
  REQUIRE(at != der.end());
  *(at + 14) = '0';  // the Z
  CHECK(refuses(Certificate::from_der(der), ErrorKind::invalid_input,
                "malformed time of validity"));
  // RFC 5280 4.1.2.5.2: with seconds, without fractions of them.
  for (const char* text : {"203301010000Z", "20330101000000.5Z"}) {
    CertificatePlan plan = ca_plan("ca");
    plan.not_after_text = text;
    CHECK(refuses(Certificate::from_der(issue(plan).der()),
                  ErrorKind::invalid_input, "malformed time of validity"));
  }
}

TEST_CASE("certificates are read from PEM, and nothing else", "[crypto]") {
  const std::string one = authority().certificate().pem();
  const auto two = Certificate::from_pem(one + "words\n" + one);
  REQUIRE(works(two));
  CHECK(two->size() == 2);
  const auto all = [&](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += one;
    return Certificate::from_pem(text);
  };
  CHECK(works(all(16)));
  CHECK(refuses(all(17), ErrorKind::invalid_input, "more than 16"));
  CHECK(refuses(all(0), ErrorKind::invalid_input, "no PEM block"));
  CHECK(refuses(Certificate::from_pem(one + std::string(2 * 1024 * 1024, ' ')),
                ErrorKind::invalid_input, "too large"));
  const std::string key = authority().key().public_key().pem();
  CHECK(refuses(Certificate::from_pem(one + key), ErrorKind::invalid_input,
                "'PUBLIC KEY' is not a certificate"));
  CHECK(refuses(Certificate::from_pem(one.substr(0, one.size() - 20)),
                ErrorKind::invalid_input, "malformed PEM block"));
}

TEST_CASE("what a certificate may do must be said in it", "[crypto]") {
  CertificatePlan plan = signer_plan(san_email("a@example.org"), kIssuer);
  plan.key_usages.clear();
  CHECK_FALSE(issue(plan).certificate().may_sign_data());
  plan.key_usages = {1};  // nonRepudiation
  CHECK_FALSE(issue(plan).certificate().may_sign_data());
  plan.extended_usages.clear();
  CHECK_FALSE(issue(plan).certificate().may_sign_code());
  CHECK_FALSE(issue(plan).certificate().has_extended_usage());
  plan.extended_usages = {kTimeStamping};
  CHECK_FALSE(issue(plan).certificate().may_sign_code());
  CHECK(issue(plan).certificate().has_extended_usage());
  CHECK_FALSE(issue(plan).certificate().is_ca());
  CHECK(authority().certificate().is_ca());
}

TEST_CASE("a certificate for timestamps is for nothing else", "[crypto]") {
  CertificatePlan plan = timestamp_plan("tsa");
  CHECK(issue(plan).certificate().may_stamp_time());
  plan.extended_usages_are_critical = false;
  CHECK_FALSE(issue(plan).certificate().may_stamp_time());
  plan.extended_usages_are_critical = true;
  for (const auto& usages : {std::vector<std::string>{},
                             {kCodeSigning},
                             {kTimeStamping, kCodeSigning},
                             {kTimeStamping, kTimeStamping}}) {
    plan.extended_usages = usages;
    CHECK_FALSE(issue(plan).certificate().may_stamp_time());
  }
}

TEST_CASE("self-signed is who signed itself, not who is named so", "[crypto]") {
  CHECK(authority().certificate().is_self_signed());
  const TestCertificate same_name =
      authority().issue(ca_plan("root"), TestKey::make("P-256"));
  CHECK(same_name.certificate().subject() == "O=sigstore.test, CN=root");
  CHECK(same_name.certificate().issuer() == "O=sigstore.test, CN=root");
  CHECK_FALSE(same_name.certificate().is_self_signed());
}

TEST_CASE("a certificate shows itself in one harmless line", "[crypto]") {
  CertificatePlan plan = ca_plan(
      "a\nb\xe2\x80\xae"
      "c, CN=d");
  plan.serial = 0xab01;
  const Certificate certificate = issue(plan).certificate();
  CHECK(certificate.serial_hex() == "ab01");
  const std::string subject = certificate.subject();
  CHECK(subject.find('\n') == std::string::npos);
  CHECK(subject.find("\xe2\x80\xae") == std::string::npos);
  CHECK(subject.find("c\\, CN=d") != std::string::npos);
}

TEST_CASE("a certificate over a key that is not supported has no key",
          "[crypto]") {
  const TestCertificate odd = authority().issue(
      signer_plan(san_email("a@example.org"), kIssuer), TestKey::make("P-224"));
  CHECK(refuses(odd.certificate().key(), ErrorKind::unsupported,
                "this curve is not supported"));
}
