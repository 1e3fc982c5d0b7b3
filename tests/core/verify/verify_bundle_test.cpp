// SPDX-License-Identifier: Apache-2.0
#include "core/verify/verify_bundle.h"

#include <string>

#include "core/bundle/dsse.h"
#include "core/verify/certificate_method.h"
#include "tests/core/refuses.h"
#include "tests/support/virtual_sigstore.h"

using sigstore::Bundle;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::Evidence;
using sigstore::Result;
using sigstore::SignatureHash;
using sigstore::Timestamp;
using sigstore::Trace;
using sigstore::TrustedRoot;
using sigstore::VerifiedBundle;

namespace {

constexpr std::string_view kMessage = "weights";
constexpr Timestamp kNow{1'760'000'000};

const VirtualSigstore& instance() {
  static const VirtualSigstore kInstance;
  return kInstance;
}

Bytes bytes_of(std::string_view text) {
  return Bytes(text.begin(), text.end());
}

sigstore::SignedContent held(std::string_view content) {
  sigstore::SignedContent out;
  out.artifact.emplace();
  out.artifact->sha256 = hash_bytes(SignatureHash::sha256, bytes_of(content));
  return out;
}

Result<VerifiedBundle> verify(const Bundle& bundle, const TrustedRoot& root) {
  Trace trace;
  return verify_bundle(bundle, held(kMessage), Evidence{root, kNow}, trace);
}

Result<VerifiedBundle> verify(const Bundle& bundle) {
  return verify(bundle, instance().trusted_root());
}

// Signed with a certificate that `change` made other than Fulcio does.
template <class Change>
Result<VerifiedBundle> verify_leaf(Change change) {
  BundlePlan plan;
  plan.leaf = signer_plan(san_email(VirtualSigstore::kIdentity),
                          VirtualSigstore::kIssuer);
  change(*plan.leaf);
  return verify(instance().sign(kMessage, plan));
}

}  // namespace

TEST_CASE("a certificate that is not for signing code is refused", "[verify]") {
  CHECK(works(verify_leaf([](CertificatePlan&) {})));
  CHECK(refuses(verify_leaf([](CertificatePlan& plan) {
                  plan.extended_usages = {kTimeStamping};
                }),
                ErrorKind::bad_evidence, "extended key usage codeSigning"));
  CHECK(refuses(
      verify_leaf([](CertificatePlan& plan) { plan.extended_usages.clear(); }),
      ErrorKind::bad_evidence, "extended key usage codeSigning"));
  CHECK(refuses(
      verify_leaf([](CertificatePlan& plan) { plan.key_usages.clear(); }),
      ErrorKind::bad_evidence, "key usage digitalSignature"));
  CHECK(refuses(verify_leaf([](CertificatePlan& plan) {
                  plan.is_ca = true;
                  plan.key_usages.push_back(CertificatePlan::kCertSign);
                }),
                ErrorKind::bad_evidence, "an authority's, not a signer's"));
}

TEST_CASE("an intermediate that is for something else is refused", "[verify]") {
  CertificatePlan other = ca_plan("other");
  other.extended_usages = {kTimeStamping};
  const TestCertificate intermediate =
      instance().fulcio_root().issue(other, TestKey::make("P-384"));
  TrustedRoot root = instance().trusted_root();
  root.certificate_authorities.front().chain.front() =
      intermediate.certificate();
  BundlePlan plan;
  plan.issuer = &intermediate;
  CHECK(refuses(verify(instance().sign(kMessage, plan), root),
                ErrorKind::bad_evidence, "sign code"));
}

TEST_CASE("a certificate says who it is, once, and who vouches for it",
          "[verify]") {
  CHECK(refuses(verify_leaf([](CertificatePlan& plan) {
                  plan.more[1] = fulcio_extension(1, "https://other");
                }),
                ErrorKind::bad_evidence, "two identity issuers"));
  CHECK(refuses(verify_leaf([](CertificatePlan& plan) {
                  plan = signer_plan(san_email("a@b"), "");
                  std::erase_if(plan.more, [](const TestExtension& item) {
                    return item.oid.starts_with("1.3.6.1.4.1.57264.1.");
                  });
                }),
                ErrorKind::bad_evidence, "who vouched for its name"));
  // A claim that nobody asked for must parse as well.
  CHECK(refuses(
      verify_leaf([](CertificatePlan& plan) {
        plan.more.push_back({"1.3.6.1.4.1.57264.1.20", Bytes{0x0c, 5, 'a'}});
      }),
      ErrorKind::bad_evidence, "57264.1.20: not one DER"));
}

TEST_CASE("the certificate of an authority is nobody's signature", "[verify]") {
  // The anchor itself as the leaf: a path of one.
  BundlePlan plan;
  plan.leaf = signer_plan(san_email(VirtualSigstore::kIdentity),
                          VirtualSigstore::kIssuer);
  const Bundle bundle = instance().sign(kMessage, plan);
  TrustedRoot root = instance().trusted_root();
  const auto leaf = sigstore::Certificate::from_der(
      std::get<sigstore::CertificateMaterial>(bundle.material).der);
  REQUIRE(works(leaf));
  root.certificate_authorities.front().chain = {*leaf};
  CHECK(refuses(verify(bundle, root), ErrorKind::bad_evidence,
                "the authority's own"));
}

TEST_CASE("an envelope of another type and a bare message are no statement",
          "[verify]") {
  BundlePlan plan;
  plan.statement = "{}";
  Bundle bundle = instance().sign("", plan);
  Trace trace;
  const TrustedRoot root = instance().trusted_root();
  CHECK(works(verify_bundle(bundle, {}, Evidence{root, kNow}, trace)));
  std::get<sigstore::DsseEnvelope>(bundle.content).payload_type = "text/plain";
  CHECK(refuses(verify_bundle(bundle, {}, Evidence{root, kNow}, trace),
                ErrorKind::unsupported, "not in-toto"));
  CHECK(refuses(
      verify_bundle(instance().sign(kMessage), {}, Evidence{root, kNow}, trace),
      ErrorKind::unsupported, "not a statement"));
}

TEST_CASE("hint and keyid name one key", "[verify]") {
  const TestKey key = TestKey::make("P-256");
  BundlePlan plan;
  plan.statement = "{}";
  Bundle bundle = instance().sign_with(key, "", plan);
  const TrustedRoot root = instance().trusted_root();
  const Evidence evidence{root, kNow, key.public_key()};
  Trace trace;
  CHECK(works(verify_bundle(bundle, {}, evidence, trace)));
  std::get<sigstore::DsseEnvelope>(bundle.content).key_id = "other";
  CHECK(refuses(verify_bundle(bundle, {}, evidence, trace),
                ErrorKind::invalid_input, "name two keys"));
}

TEST_CASE("a P-384 key may sign with SHA-256", "[verify]") {
  const TestKey key = TestKey::make("P-384");
  BundlePlan plan;
  const Bundle bundle = instance().sign_with(key, kMessage, plan);
  const TrustedRoot root = instance().trusted_root();
  Trace trace;
  // A legacy: 59 of the 81 bundles that CPython published are such.
  CHECK(works(verify_bundle(bundle, held(kMessage),
                            Evidence{root, kNow, key.public_key()}, trace)));
}

TEST_CASE("what a digest cannot tell is not answered with no", "[verify]") {
  const TrustedRoot root = instance().trusted_root();
  Trace trace;
  // Only SHA-256 of the file is at hand.
  Bundle bundle = instance().sign(kMessage);
  auto& message = std::get<sigstore::MessageSignature>(bundle.content);
  message.digest_algorithm = "SHA2_384";
  CHECK(refuses(verify(bundle), ErrorKind::incomplete,
                "the file's sha384 digest is needed"));
  // Ed25519 signs the file and no digest of it (and no log takes that).
  const TestKey key = TestKey::make("ED25519");
  Bundle by_key = instance().sign_with(key, kMessage, {});
  by_key.tlog_entries.clear();
  const Evidence evidence{root, kNow, key.public_key(), 0, 0};
  CHECK(refuses(verify_bundle(by_key, held(kMessage), evidence, trace),
                ErrorKind::incomplete, "a digest is not enough"));
  const Bytes content = bytes_of(kMessage);
  sigstore::SignedContent file = held(kMessage);
  file.bytes = content;
  CHECK(works(verify_bundle(by_key, file, evidence, trace)));
}

TEST_CASE("what somebody else signed is refused, though it is logged",
          "[verify]") {
  const TestKey key = TestKey::make("P-256");
  const TestKey stranger = TestKey::make("P-256");
  const TrustedRoot root = instance().trusted_root();
  const Bytes content = bytes_of(kMessage);
  sigstore::SignedContent file = held(kMessage);
  file.bytes = content;
  Trace trace;
  for (const bool v2 : {false, true}) {
    for (const std::string statement : {"", "{}"}) {
      CAPTURE(v2, statement);
      BundlePlan plan;
      plan.rekor_v2 = v2;
      plan.statement = statement;
      const auto verify_all = [&](const sigstore::SignedContent& what) {
        return verify_bundle(instance().sign_with(key, kMessage, plan), what,
                             Evidence{root, kNow, key.public_key()}, trace);
      };
      const auto digest =
          statement.empty() ? held(kMessage) : sigstore::SignedContent{};
      CHECK(works(verify_all(digest)));
      if (statement.empty()) CHECK(works(verify_all(file)));
      plan.hand = &stranger;
      CHECK(refuses(verify_all(digest), ErrorKind::bad_signature, ""));
      if (statement.empty())
        CHECK(refuses(verify_all(file), ErrorKind::bad_signature, ""));
      CHECK(verify(instance().sign(kMessage, plan)).ok() == false);
    }
  }
}

TEST_CASE("a certificate that no log promised to list is refused", "[verify]") {
  Bundle bundle = instance().sign(kMessage);
  TrustedRoot root = instance().trusted_root();
  // The log of another key under the same id.
  root.ctlogs.front().key = TestKey::make("P-256").public_key();
  CHECK_FALSE(verify(bundle, root).ok());
}

TEST_CASE("the certificate method needs somebody to believe", "[verify]") {
  const TestCertificate& root = instance().fulcio_root();
  CertificatePlan plan;
  plan.name = "signer";
  plan.key_usages = {CertificatePlan::kDigitalSignature};
  const auto sign = [&](const CertificatePlan& wanted) {
    const TestCertificate leaf = root.issue(wanted, TestKey::make("P-256"));
    Bundle bundle;
    bundle.material = sigstore::CertificateChainMaterial{{leaf.der()}};
    const std::string payload = "{}";
    bundle.content = sigstore::DsseEnvelope{
        std::string(sigstore::kInTotoPayloadType), bytes_of(payload),
        leaf.key().sign(sigstore::pre_authentication_encoding(
            sigstore::kInTotoPayloadType, bytes_of(payload))),
        ""};
    return bundle;
  };
  const std::vector<sigstore::Certificate> roots{root.certificate()};
  Trace trace;
  CHECK(works(verify_certificate_method(sign(plan), {roots, kNow}, trace)));
  CHECK(refuses(verify_certificate_method(sign(plan), {{}, kNow}, trace),
                ErrorKind::unknown_signer, "not known here"));
  plan.key_usages.clear();
  CHECK(refuses(verify_certificate_method(sign(plan), {roots, kNow}, trace),
                ErrorKind::bad_evidence, "neither digitalSignature"));
  plan.extended_usages = {kCodeSigning};
  CHECK(works(verify_certificate_method(sign(plan), {roots, kNow}, trace)));
}
