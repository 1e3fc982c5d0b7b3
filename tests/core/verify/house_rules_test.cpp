// SPDX-License-Identifier: Apache-2.0

// The rules that verification keeps whatever a bundle says, one test each:
// what must be refused although some client, at some time, accepted it.

#include <string>
#include <utility>
#include <vector>

#include "core/bundle/bundle_json.h"
#include "core/policy/signer_rule.h"
#include "core/sign/sign_message.h"
#include "core/verify/verify_bundle.h"
#include "tests/core/refuses.h"
#include "tests/support/der.h"
#include "tests/support/virtual_sigstore.h"

using sigstore::as_bytes;
using sigstore::Bundle;
using sigstore::BundleVersion;
using sigstore::Bytes;
using sigstore::CertificateMaterial;
using sigstore::ErrorKind;
using sigstore::Evidence;
using sigstore::MessageSignature;
using sigstore::Result;
using sigstore::SignatureHash;
using sigstore::Timestamp;
using sigstore::Trace;
using sigstore::TrustedRoot;
using sigstore::VerifiedBundle;

namespace {

constexpr std::string_view kMessage = "weights";
constexpr Timestamp kNow{1'760'000'000};

// Made once: keys of their own for each test would only take time.
const VirtualSigstore& instance() {
  static const VirtualSigstore kInstance;
  return kInstance;
}

sigstore::SignedContent held(std::string_view content) {
  sigstore::SignedContent out;
  const Bytes bytes(content.begin(), content.end());
  out.artifact.emplace();
  out.artifact->sha256 = hash_bytes(SignatureHash::sha256, bytes);
  out.artifact->sha384 = hash_bytes(SignatureHash::sha384, bytes);
  out.artifact->sha512 = hash_bytes(SignatureHash::sha512, bytes);
  return out;
}

Result<VerifiedBundle> verify(const Bundle& bundle, const TrustedRoot& root,
                              Timestamp now = kNow) {
  Trace trace;
  return verify_bundle(bundle, held(kMessage), Evidence{root, now}, trace);
}

Result<VerifiedBundle> verify(const Bundle& bundle) {
  return verify(bundle, instance().trusted_root());
}

std::string statement_about(std::string_view content) {
  const Bytes bytes(content.begin(), content.end());
  return R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a",)"
         R"("digest":{"sha256":")" +
         sigstore::to_hex(hash_bytes(SignatureHash::sha256, bytes)) +
         R"("}}],"predicateType":"https://example.org/p","predicate":{}})";
}

// SEC 1 C.4, with the public key of somebody else.
std::string mismatched_pair() {
  const sigstore::ByteView other =
      sigstore::ByteView(instance().rekor_v1().spki()).last(65);
  const std::string text = sigstore::to_base64(
      der::sequence({der::integer(1), der::octet_string(Bytes(32, 0x11)),
                     der::around(0, der::oid("1.2.840.10045.3.1.7")),
                     der::around(1, der::bit_string(other))}));
  std::string pem = "-----BEGIN EC PRIVATE KEY-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64)
    pem += text.substr(at, 64) + "\n";
  return pem + "-----END EC PRIVATE KEY-----\n";
}

BundlePlan envelope() {
  BundlePlan plan;
  plan.statement = statement_about(kMessage);
  return plan;
}

BundlePlan rekor_v2() {
  BundlePlan plan;
  plan.rekor_v2 = true;
  return plan;
}

}  // namespace

TEST_CASE("what is right verifies, of every kind", "[verify]") {
  BundlePlan v2_envelope = envelope();
  v2_envelope.rekor_v2 = true;
  BundlePlan both;
  both.with_timestamp = true;
  for (const BundlePlan& plan :
       {BundlePlan{}, envelope(), rekor_v2(), v2_envelope, both}) {
    CAPTURE(plan.rekor_v2, plan.statement.size());
    const auto verified = verify(instance().sign(kMessage, plan));
    REQUIRE(works(verified));
    const auto& identity = std::get<sigstore::Identity>(verified->signer());
    CHECK(identity.name.value == VirtualSigstore::kIdentity);
    CHECK(identity.issuer == VirtualSigstore::kIssuer);
    CHECK(verified->log_entries().size() == 1);
    CHECK(verified->times().size() == (plan.with_timestamp ? 2 : 1));
  }
}

TEST_CASE("house rule 1: what is missing or unknown fails, it is not skipped",
          "[verify]") {
  const Bundle v1 = instance().sign(kMessage);
  const Bundle v2 = instance().sign(kMessage, rekor_v2());
  const auto without = [](auto member) {
    TrustedRoot root = instance().trusted_root();
    (root.*member).clear();
    return root;
  };
  CHECK(refuses(verify(v1, without(&TrustedRoot::tlogs)),
                ErrorKind::bad_evidence, "is not in the trusted root"));
  CHECK(refuses(verify(v1, without(&TrustedRoot::ctlogs)),
                ErrorKind::bad_evidence, "certificate transparency log"));
  CHECK(refuses(verify(v1, without(&TrustedRoot::certificate_authorities)),
                ErrorKind::bad_evidence, "no certificate authority"));
  CHECK(refuses(verify(v2, without(&TrustedRoot::timestamp_authorities)),
                ErrorKind::bad_evidence, "no trusted time"));
  const VirtualSigstore other;
  CHECK(refuses(verify(other.sign(kMessage)), ErrorKind::bad_evidence,
                "is not in the trusted root"));
  BundlePlan foreign;
  foreign.issuer = &other.fulcio();
  CHECK(refuses(verify(instance().sign(kMessage, foreign)),
                ErrorKind::bad_evidence, "no trusted path"));
  TrustedRoot unusable = instance().trusted_root();
  unusable.tlogs.front().key.reset();
  CHECK(refuses(verify(v1, unusable), ErrorKind::bad_evidence,
                "algorithm that is not known"));
  unusable = instance().trusted_root();
  unusable.ctlogs.front().key.reset();
  CHECK(refuses(verify(v1, unusable), ErrorKind::bad_evidence,
                "algorithm that is not known"));
}

TEST_CASE(
    "house rules 2 and 3: an entry brings proof and checkpoint, whatever "
    "version the bundle claims",
    "[verify]") {
  for (const BundleVersion version :
       {BundleVersion::v0_1, BundleVersion::v0_2, BundleVersion::v0_3}) {
    Bundle bundle = instance().sign(kMessage);
    bundle.version = version;
    Bundle bare = bundle;
    bare.tlog_entries.front().inclusion_proof->checkpoint.clear();
    CHECK(refuses(verify(bare), ErrorKind::bad_evidence, "checkpoint"));
    bundle.tlog_entries.front().inclusion_proof.reset();
    CHECK(refuses(verify(bundle), ErrorKind::bad_evidence, "proof"));
    bundle.tlog_entries.clear();
    CHECK(refuses(verify(bundle), ErrorKind::bad_evidence, "logged by 0 of 1"));
  }
}

TEST_CASE("house rule 4: every verified time must fit", "[verify]") {
  BundlePlan plan;
  plan.with_timestamp = true;
  plan.stamped_at = {plan.signed_at.seconds + 3600};
  // The promise fits the certificate, the token's time does not.
  CHECK(refuses(verify(instance().sign(kMessage, plan)),
                ErrorKind::bad_evidence, "expired"));
  std::swap(plan.stamped_at, plan.signed_at);
  CHECK(refuses(verify(instance().sign(kMessage, plan)),
                ErrorKind::bad_evidence, "expired"));

  // The authority's period in the root ends between the two times.
  plan = BundlePlan{};
  plan.with_timestamp = true;
  plan.stamped_at = {plan.signed_at.seconds + 60};
  const Bundle bundle = instance().sign(kMessage, plan);
  CHECK(works(verify(bundle)));
  TrustedRoot root = instance().trusted_root();
  root.certificate_authorities.front().valid.end_ms =
      plan.signed_at.seconds * 1000 + 30'000;
  CHECK(refuses(verify(bundle, root), ErrorKind::bad_evidence,
                "outside of the validity of the authority"));

  // An intermediate that was over when the leaf was not (CVE-2026-24122).
  CertificatePlan short_lived = fulcio_ca_plan("short-lived");
  short_lived.not_after = {plan.signed_at.seconds - 1};
  const TestCertificate over =
      instance().fulcio_root().issue(short_lived, TestKey::make("P-384"));
  plan = BundlePlan{};
  plan.issuer = &over;
  root = instance().trusted_root();
  root.certificate_authorities.front().chain.front() = over.certificate();
  CHECK(refuses(verify(instance().sign(kMessage, plan), root),
                ErrorKind::bad_evidence, "expired"));
}

TEST_CASE("house rule 5: integratedTime counts by its promise alone",
          "[verify]") {
  Bundle bundle = instance().sign(kMessage);
  sigstore::TlogEntry& entry = bundle.tlog_entries.front();
  ++entry.integrated_time;
  CHECK(refuses(verify(bundle), ErrorKind::bad_evidence, "inclusion promise"));
  --entry.integrated_time;
  entry.signed_entry_timestamp.clear();
  CHECK(refuses(verify(bundle), ErrorKind::bad_evidence, "no trusted time"));

  BundlePlan plan;
  plan.signed_at = {0};
  CHECK_FALSE(verify(instance().sign(kMessage, plan)).ok());

  // A promise that is wrong is no matter of "other times will do".
  plan = BundlePlan{};
  plan.with_timestamp = true;
  bundle = instance().sign(kMessage, plan);
  bundle.tlog_entries.front().signed_entry_timestamp.back() ^= 1;
  CHECK(refuses(verify(bundle), ErrorKind::bad_evidence, "inclusion promise"));

  // Times that are yet to come.
  bundle = instance().sign(kMessage);
  CHECK(refuses(
      verify(bundle, instance().trusted_root(), Timestamp{1'750'000'100 - 301}),
      ErrorKind::bad_evidence, "yet to come"));
  CHECK(works(verify(bundle, instance().trusted_root(),
                     Timestamp{1'750'000'100 - 300})));
}

TEST_CASE("house rule 6: a token is by one authority, all of it", "[verify]") {
  const Bundle bundle = instance().sign(kMessage, rekor_v2());
  const VirtualSigstore other;
  const auto theirs = other.trusted_root().timestamp_authorities.front();
  TrustedRoot root = instance().trusted_root();
  auto& ours = root.timestamp_authorities.front();
  const auto whole = ours;

  // The period of another one, and of the same URI, is not borrowed.
  ours.valid.end_ms = 1'750'000'099'000;
  root.timestamp_authorities.push_back(theirs);
  CHECK(refuses(verify(bundle, root), ErrorKind::bad_evidence,
                "outside of the validity"));
  // Neither is its anchor.
  root.timestamp_authorities.front() = whole;
  root.timestamp_authorities.front().chain.back() = theirs.chain.back();
  CHECK_FALSE(verify(bundle, root).ok());
  // The signer is the leaf that the root lists, not another of its anchor.
  const TestCertificate second = instance().tsa_root().issue(
      timestamp_plan("tsa"), TestKey::make("P-256"));
  BundlePlan plan = rekor_v2();
  plan.tsa = &second;
  CHECK(refuses(verify(instance().sign(kMessage, plan)),
                ErrorKind::bad_evidence, "no trusted time"));
}

TEST_CASE("house rule 7: the entry is about this bundle and no other",
          "[verify]") {
  for (const bool v2 : {false, true}) {
    for (const bool dsse : {false, true}) {
      CAPTURE(v2, dsse);
      BundlePlan plan = dsse ? envelope() : BundlePlan{};
      plan.rekor_v2 = v2;
      Bundle bundle = instance().sign(kMessage, plan);
      REQUIRE(works(verify(bundle)));
      BundlePlan other_plan = plan;
      if (dsse) other_plan.statement = statement_about("other");
      const Bundle other = instance().sign("other", other_plan);
      const Bundle again = instance().sign(kMessage, plan);
      bundle.tlog_entries = other.tlog_entries;
      CHECK(
          refuses(verify(bundle), ErrorKind::bad_evidence,
                  dsse && !v2 ? "of another payload" : "about something else"));
      // Another valid signature over the same content.
      bundle.tlog_entries = again.tlog_entries;
      CHECK(refuses(
          verify(bundle), ErrorKind::bad_evidence,
          dsse && !v2 ? "of another signature" : "about something else"));
    }
  }
}

TEST_CASE("house rule 8: authorities come from the trusted root only",
          "[verify]") {
  // A chain that the bundle completes by itself.
  const TestCertificate lower = instance().fulcio_root().issue(
      fulcio_ca_plan("lower"), TestKey::make("P-384"));
  BundlePlan plan;
  plan.issuer = &lower;
  Bundle bundle = instance().sign(kMessage, plan);
  bundle.version = BundleVersion::v0_1;
  const Bytes leaf = std::get<CertificateMaterial>(bundle.material).der;
  bundle.material = sigstore::CertificateChainMaterial{{leaf, lower.der()}};
  CHECK(refuses(verify(bundle), ErrorKind::bad_evidence, "no trusted path"));

  // A root in the bundle, by its signature, whatever it is called.
  bundle = instance().sign(kMessage);
  bundle.version = BundleVersion::v0_1;
  const Bytes good = std::get<CertificateMaterial>(bundle.material).der;
  bundle.material = sigstore::CertificateChainMaterial{{good}};
  CHECK(works(verify(bundle)));
  bundle.material = sigstore::CertificateChainMaterial{
      {good, instance().fulcio().der(), instance().fulcio_root().der()}};
  CHECK(refuses(verify(bundle), ErrorKind::invalid_input, "root certificate"));
  bundle.material =
      sigstore::CertificateChainMaterial{{good, instance().fulcio().der()}};
  CHECK(works(verify(bundle)));
  bundle.version = BundleVersion::v0_3;
  CHECK(refuses(verify(bundle), ErrorKind::invalid_input, "version 0.3"));
}

TEST_CASE("house rule 9: the certificate log saw the issuer of the path",
          "[verify]") {
  // Two authorities of one name: the timestamp is for the other's key.
  const TestCertificate twin = instance().fulcio_root().issue(
      fulcio_ca_plan("fulcio"), TestKey::make("P-384"));
  TrustedRoot root = instance().trusted_root();
  auto second = root.certificate_authorities.front();
  second.chain.front() = twin.certificate();
  root.certificate_authorities.insert(root.certificate_authorities.begin(),
                                      second);
  CHECK(works(verify(instance().sign(kMessage), root)));
  BundlePlan plan;
  plan.issuer = &twin;
  CHECK(works(verify(instance().sign(kMessage, plan), root)));
  CHECK(refuses(verify(instance().sign(kMessage, plan)),
                ErrorKind::bad_evidence, "no trusted path"));
}

TEST_CASE("house rule 10: logs are chosen by key id, not by name", "[verify]") {
  const Bundle bundle = instance().sign(kMessage);
  TrustedRoot root = instance().trusted_root();
  root.tlogs.front().log_id.front() ^= 1;
  CHECK(refuses(verify(bundle, root), ErrorKind::bad_evidence,
                "is not in the trusted root"));
  // The id of one with the key of another.
  const VirtualSigstore other;
  root = instance().trusted_root();
  root.tlogs.front().key = other.rekor_v1().public_key();
  CHECK_FALSE(verify(bundle, root).ok());
  // One id twice: the log whose checkpoint it is.
  root = instance().trusted_root();
  auto shadow = root.tlogs.front();
  shadow.base_url = "https://shadow.example.org";
  shadow.key = other.rekor_v1().public_key();
  root.tlogs.insert(root.tlogs.begin(), shadow);
  CHECK(works(verify(bundle, root)));
}

TEST_CASE("house rule 11: a log has a first day, or the root is refused",
          "[verify]") {
  const auto root = [](const std::string& period) {
    const Bytes& spki = instance().rekor_v1().spki();
    return sigstore::parse_trusted_root(as_bytes(
        R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;)"
        R"(version=0.1","tlogs":[{"baseUrl":"https://rekor.example.org",)"
        R"("hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":")" +
        sigstore::to_base64(spki) +
        R"(","keyDetails":"PKIX_ECDSA_P256_SHA_256","validFor":)" + period +
        R"(},"logId":{"keyId":")" +
        sigstore::to_base64(hash_bytes(SignatureHash::sha256, spki)) +
        R"("}}]})"));
  };
  CHECK(works(root(R"({"start":"2025-01-01T00:00:00Z"})")));
  CHECK(refuses(root("{}"), ErrorKind::invalid_input, "start"));
  CHECK(refuses(root("null"), ErrorKind::invalid_input, "validFor"));
  CHECK(refuses(root(R"({"end":"2025-01-01T00:00:00Z"})"),
                ErrorKind::invalid_input, "start"));
}

TEST_CASE("house rule 12: both ends of every period are inside", "[verify]") {
  BundlePlan plan;
  plan.with_timestamp = true;
  const Bundle bundle = instance().sign(kMessage, plan);
  const std::int64_t at = plan.signed_at.seconds * 1000;
  const std::int64_t sct_at = 1'750'000'000'000;
  const auto with = [&](std::int64_t tlog_shift, std::int64_t ct_shift,
                        std::int64_t ca_shift, std::int64_t tsa_shift,
                        bool start) {
    TrustedRoot root = instance().trusted_root();
    const auto set = [&](sigstore::ValidityPeriod& period, std::int64_t ms) {
      (start ? period.start_ms : period.end_ms) = ms;
    };
    set(root.tlogs.front().valid, at + tlog_shift);
    set(root.ctlogs.front().valid, sct_at + ct_shift);
    set(root.certificate_authorities.front().valid, at + ca_shift);
    set(root.timestamp_authorities.front().valid, at + tsa_shift);
    return verify(bundle, root);
  };
  for (const bool start : {true, false}) {
    CAPTURE(start);
    const std::int64_t out = start ? 1 : -1;
    CHECK(works(with(0, 0, 0, 0, start)));
    CHECK(refuses(with(out, 0, 0, 0, start), ErrorKind::bad_evidence,
                  "rekor.example.org"));
    CHECK(refuses(with(0, out, 0, 0, start), ErrorKind::bad_evidence,
                  "ct.example.org"));
    CHECK(refuses(with(0, 0, out, 0, start), ErrorKind::bad_evidence,
                  "of the authority"));
    CHECK(refuses(with(0, 0, 0, out, start), ErrorKind::bad_evidence,
                  "tsa.example.org"));
  }
}

TEST_CASE("house rule 13: the kind that was asked for, and one of everything",
          "[verify]") {
  const TestKey key = TestKey::make("P-256");
  const Bundle by_key = instance().sign_with(key, kMessage);
  const Bundle by_identity = instance().sign(kMessage);
  const TrustedRoot root = instance().trusted_root();
  Trace trace;
  const Evidence for_key{root, kNow, key.public_key()};
  CHECK(works(verify_bundle(by_key, held(kMessage), for_key, trace)));
  CHECK(refuses(verify_bundle(by_identity, held(kMessage), for_key, trace),
                ErrorKind::wrong_signer, "expected a key"));
  CHECK(refuses(verify(by_key), ErrorKind::wrong_signer,
                "expected a certificate"));
  const Evidence for_other{root, kNow, TestKey::make("P-256").public_key()};
  CHECK(refuses(verify_bundle(by_key, held(kMessage), for_other, trace),
                ErrorKind::wrong_signer, "with hint"));
  Bundle unnamed = by_key;
  unnamed.material = sigstore::PublicKeyMaterial{};
  CHECK(works(verify_bundle(unnamed, held(kMessage), for_key, trace)));
  CHECK(refuses(verify_bundle(unnamed, held(kMessage), for_other, trace),
                ErrorKind::bad_evidence, "about something else"));
}

TEST_CASE(
    "house rule 14: base64 is the standard alphabet, padded, and "
    "nothing else",
    "[verify]") {
  const auto text = write_bundle(instance().sign(kMessage));
  REQUIRE(works(text));
  REQUIRE(works(sigstore::parse_bundle(as_bytes(*text))));
  const std::size_t signature = text->find("\"signature\":\"") + 13;
  for (const std::string_view bad : {"-", "_", "\\n", " ", "=", "~"}) {
    CAPTURE(bad);
    std::string spoiled = *text;
    spoiled.replace(signature + 8, 1, bad);
    CHECK(refuses(sigstore::parse_bundle(as_bytes(spoiled)),
                  ErrorKind::invalid_input, "base64"));
  }
}

TEST_CASE("house rule 15: signing ends with verifying", "[verify]") {
  // A private key with the public half of another: what it signs is worth
  // nothing, and must not leave the house.
  const auto mine = sigstore::PrivateKey::generate(sigstore::Curve::p256);
  REQUIRE(works(mine));
  const Bytes message(kMessage.begin(), kMessage.end());
  const auto made = sign_message(*mine, message);
  REQUIRE(works(made));
  const auto& signature = std::get<MessageSignature>(made->content);
  CHECK(works(mine->public_key().verify(message, signature.signature)));
  const auto mixed = sigstore::PrivateKey::from_pem(mismatched_pair(), [] {
    return sigstore::fail(ErrorKind::unauthorized, "no password");
  });
  // Refused when it is read, or when it has signed.
  if (mixed.ok())
    CHECK(refuses(sign_message(*mixed, message), ErrorKind::bad_signature,
                  "checking our own signature"));
  else
    CHECK(mixed.error().kind == ErrorKind::invalid_input);
}

TEST_CASE("thresholds count authorities, not entries", "[verify]") {
  const TrustedRoot root = instance().trusted_root();
  Bundle bundle = instance().sign(kMessage);
  BundlePlan elsewhere;
  elsewhere.index = 2;
  const std::string body(
      sigstore::as_text(bundle.tlog_entries.front().canonicalized_body));
  Trace trace;
  const auto with = [&](std::size_t logs, std::size_t times,
                        const TrustedRoot& trusted) {
    return verify_bundle(bundle, held(kMessage),
                         Evidence{trusted, kNow, std::nullopt, logs, times},
                         trace);
  };
  CHECK(refuses(with(2, 1, root), ErrorKind::bad_evidence, "logged by 1 of 2"));
  // The same log twice is one log, and one time (GHSA-9vcr-p3rj-q5q6).
  bundle.tlog_entries.push_back(instance().log(body, elsewhere));
  CHECK(works(with(1, 1, root)));
  CHECK(refuses(with(2, 1, root), ErrorKind::bad_evidence, "logged by 1 of 2"));
  CHECK(refuses(with(1, 2, root), ErrorKind::bad_evidence, "1 of 2"));

  // Two logs of one operator are one.
  BundlePlan v2 = rekor_v2();
  bundle = instance().sign(kMessage, v2);
  const auto& message = std::get<MessageSignature>(bundle.content);
  const auto leaf = sigstore::Certificate::from_der(
      std::get<CertificateMaterial>(bundle.material).der);
  REQUIRE(works(leaf));
  bundle.tlog_entries.push_back(instance().log(
      sigstore::hashedrekord_body_v1(SignatureHash::sha256, message.digest,
                                     message.signature, leaf->pem()),
      BundlePlan{}));
  CHECK(works(with(2, 2, root)));
  TrustedRoot shared = root;
  for (auto& log : shared.tlogs) log.operator_name = "example.org";
  CHECK(
      refuses(with(2, 1, shared), ErrorKind::bad_evidence, "logged by 1 of 2"));
}

TEST_CASE("a statement is about the file by any of its subjects", "[verify]") {
  BundlePlan plan;
  const auto subjects = [&](const std::string& list) {
    plan.statement =
        R"({"_type":"https://in-toto.io/Statement/v1","subject":)" + list +
        R"(,"predicateType":"p","predicate":{}})";
    return verify(instance().sign("", plan));
  };
  const Bytes bytes(kMessage.begin(), kMessage.end());
  const std::string sha256 =
      sigstore::to_hex(hash_bytes(SignatureHash::sha256, bytes));
  const std::string sha512 =
      sigstore::to_hex(hash_bytes(SignatureHash::sha512, bytes));
  const std::string zeros(64, '0');
  const auto subject = [](const std::string& algorithm,
                          const std::string& value) {
    return R"({"name":"a","digest":{")" + algorithm + R"(":")" + value +
           R"("}})";
  };
  CHECK(works(subjects("[" + subject("sha256", sha256) + "]")));
  CHECK(works(subjects("[" + subject("sha256", zeros) + "," +
                       subject("sha512", sha512) + "]")));
  CHECK(refuses(subjects("[" + subject("sha256", zeros) + "]"),
                ErrorKind::content_differs, "none of the statement's"));
  CHECK(refuses(subjects("[" + subject("sha1", sha256) + "]"),
                ErrorKind::content_differs, "none of the statement's"));
  CHECK(refuses(subjects("[]"), ErrorKind::invalid_input, "no subject"));
  // Two digests of one subject that do not belong together.
  CHECK(refuses(subjects(R"([{"digest":{"sha256":")" + zeros +
                         R"(","sha512":")" + sha512 + R"("}}])"),
                ErrorKind::content_differs, "none of the statement's"));
  std::string digests = R"([{"digest":{"sha256":")" + sha256 + R"(")";
  for (int i = 0; i < 32; ++i) digests += ",\"x" + std::to_string(i) + "\":0";
  CHECK(refuses(subjects(digests + "}}]"), ErrorKind::invalid_input,
                "too many digests"));
  plan.statement = R"({"_type":"other","subject":[]})";
  CHECK(refuses(verify(instance().sign("", plan)), ErrorKind::unsupported,
                "'other' is not an in-toto statement"));
  std::string many = "[" + subject("sha256", sha256);
  for (int i = 0; i < 1024; ++i) many += "," + subject("sha256", zeros);
  CHECK(refuses(subjects(many + "]"), ErrorKind::invalid_input,
                "over 1024 subjects"));
}

TEST_CASE("a message's digest is no second truth", "[verify]") {
  Bundle bundle = instance().sign(kMessage);
  auto& message = std::get<MessageSignature>(bundle.content);
  message.digest.front() ^= 1;
  CHECK(refuses(verify(bundle), ErrorKind::content_differs, "messageDigest"));
  message.digest_algorithm = "SHA3_256";
  CHECK(refuses(verify(bundle), ErrorKind::unsupported, "SHA3_256"));
  message.digest_algorithm.clear();
  message.digest.clear();
  CHECK(works(verify(bundle)));
}

TEST_CASE("claims of a CI system are compared whole", "[policy]") {
  const VirtualSigstore& sigstore = instance();
  CertificatePlan plan =
      signer_plan(san_uri("https://ci.example.org/org/repo/build@main"),
                  VirtualSigstore::kIssuer);
  plan.more.push_back(fulcio_extension(12, "https://ci.example.org/org/repo"));
  const auto leaf =
      sigstore.fulcio().issue(plan, TestKey::make("P-256")).certificate();
  const sigstore::Identity identity{
      {sigstore::SubjectName::Kind::uri,
       "https://ci.example.org/org/repo/build@main"},
      VirtualSigstore::kIssuer,
      leaf};
  const auto check = [&](int number, std::string value) {
    const std::vector<sigstore::SignerRule> rules{
        {"https://ci.example.org/org/**",
         true,
         VirtualSigstore::kIssuer,
         {{number, std::move(value)}}}};
    return check_signer(identity, rules);
  };
  CHECK(works(check(12, "https://ci.example.org/org/repo")));
  CHECK(refuses(check(12, "https://ci.example.org/org"),
                ErrorKind::wrong_signer,
                "source-repository-uri 'https://ci.example.org/org/repo', "
                "expected 'https://ci.example.org/org'"));
  CHECK(refuses(check(13, "abc"), ErrorKind::wrong_signer,
                "states no source-repository-digest"));
  CHECK(refuses(check_signer(identity, {}), ErrorKind::unknown_signer,
                "nothing is known"));
}

TEST_CASE("patterns cover the whole name", "[policy]") {
  using sigstore::matches_pattern;
  CHECK(matches_pattern("*@example.org", "alice@example.org"));
  CHECK_FALSE(matches_pattern("*@example.org", "alice@example.org.evil"));
  CHECK_FALSE(matches_pattern("alice@*", "mallory/alice@example.org"));
  CHECK(matches_pattern("https://a/*/c", "https://a/b/c"));
  CHECK_FALSE(matches_pattern("https://a/*/c", "https://a/b/x/c"));
  CHECK(matches_pattern("https://a/**/c", "https://a/b/x/c"));
  CHECK(matches_pattern("https://a/**@*", "https://a/b/x@main"));
  CHECK_FALSE(matches_pattern("https://a/**@*", "https://a/b/x@refs/heads"));
  CHECK(matches_pattern("a*b*c", "aXbYbZc"));
  CHECK(matches_pattern("**", ""));
  CHECK(matches_pattern("*", "x.y"));
  CHECK_FALSE(matches_pattern("", "x"));
  CHECK_FALSE(matches_pattern("a.c", "abc"));
  CHECK(matches_pattern("**/x/*", "a/x/b/x/c"));
}
