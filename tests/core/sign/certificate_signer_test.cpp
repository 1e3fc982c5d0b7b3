// SPDX-License-Identifier: Apache-2.0
#include "core/sign/certificate_signer.h"

#include <array>

#include "core/base/trace.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/private_key.h"
#include "core/verify/certificate_method.h"
#include "tests/core/refuses.h"
#include "tests/support/test_authority.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bundle;
using sigstore::Certificate;
using sigstore::CertificateSigner;
using sigstore::Curve;
using sigstore::ErrorKind;
using sigstore::PrivateKey;
using sigstore::Result;
using sigstore::Timestamp;

namespace {

constexpr Timestamp kNow{1'750'000'000};

CertificatePlan leaf_plan() {
  CertificatePlan plan;
  plan.name = "signer";
  plan.key_usages = {CertificatePlan::kDigitalSignature};
  return plan;
}

// A company: root, intermediate, signer.
struct Company {
  explicit Company(Curve curve = Curve::p256)
      : key(PrivateKey::generate(curve).value()) {}

  PrivateKey key;
  TestCertificate root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-384"));
  TestCertificate middle =
      root.issue(ca_plan("middle"), TestKey::make("P-256"));
  CertificatePlan plan = leaf_plan();

  Certificate leaf() const {
    const TestKey half =
        TestKey::public_half(key.public_key().verification_key().spki());
    return middle.issue(plan, half).certificate();
  }
  std::vector<Certificate> chain() const {
    return {leaf(), middle.certificate(), root.certificate()};
  }
  Result<CertificateSigner> signer(std::vector<Certificate> list,
                                   Timestamp now = kNow) const {
    return CertificateSigner::create(key, std::move(list),
                                     [now] { return now; });
  }
};

}  // namespace

TEST_CASE("a bundle of the certificate method verifies by the root alone",
          "[sign]") {
  for (const Curve curve : {Curve::p256, Curve::p384, Curve::p521}) {
    const Company company(curve);
    const std::vector<Certificate> chain = company.chain();
    auto signer = company.signer(chain);
    REQUIRE(works(signer));
    const auto bundle = signer->sign_statement(sigstore::to_bytes("{}"));
    REQUIRE(works(bundle));
    const auto text = sigstore::write_bundle(*bundle);
    REQUIRE(works(text));
    CHECK(sigstore::parse_bundle(as_bytes(*text)).value() == *bundle);
    const auto& list =
        std::get<sigstore::CertificateChainMaterial>(bundle->material);
    REQUIRE(list.certificates.size() == 3);
    CHECK(list.certificates.at(0) == chain.at(0).der());
    CHECK(list.certificates.at(2) == company.root.der());

    sigstore::Trace trace;
    const std::array<Certificate, 1> roots{company.root.certificate()};
    const auto verified =
        sigstore::verify_certificate_method(*bundle, {roots, kNow}, trace);
    REQUIRE(works(verified));
    CHECK(as_text(verified->payload().bytes()) == "{}");
  }
}

TEST_CASE("a signer needs its own certificate", "[sign]") {
  const Company company;
  const Company other;
  CHECK(refuses(company.signer({other.leaf(), other.middle.certificate(),
                                other.root.certificate()}),
                ErrorKind::invalid_input,
                "signer is for another key than the one that signs"));
}

TEST_CASE("a signer needs a certificate that is for signing", "[sign]") {
  Company company;
  company.plan.key_usages.clear();
  company.plan.extended_usages = {kTimeStamping};
  CHECK(refuses(company.signer(company.chain()), ErrorKind::invalid_input,
                "is for neither digitalSignature nor codeSigning"));
}

TEST_CASE("a signer needs certificates that are valid now", "[sign]") {
  const Company company;
  CHECK(refuses(company.signer(company.chain(), {1'900'000'001}),
                ErrorKind::invalid_input, "signer expired at 2030-03-17T"));
  CHECK(refuses(company.signer(company.chain(), {1'699'999'999}),
                ErrorKind::invalid_input, "signer is valid from 2023-11-14T"));
}

TEST_CASE("one that expires while a model is hashed signs nothing", "[sign]") {
  const Company company;
  Timestamp now = kNow;
  auto signer = CertificateSigner::create(company.key, company.chain(),
                                          [&now] { return now; });
  REQUIRE(works(signer));
  now = {1'900'000'001};
  CHECK(refuses(signer->sign_statement(sigstore::to_bytes("{}")),
                ErrorKind::bad_evidence, "checking our own signature: "));
}

TEST_CASE("a chain is in order, of authorities, and there", "[sign]") {
  const Company company;
  const Certificate leaf = company.leaf();
  const Certificate middle = company.middle.certificate();
  const Certificate root = company.root.certificate();
  CHECK(refuses(company.signer({leaf}), ErrorKind::invalid_input,
                "needs the chain of its authorities"));
  CHECK(refuses(company.signer({leaf, root, middle}), ErrorKind::invalid_input,
                "signer is not certified by the next one, certificate "));
  CHECK(refuses(company.signer({leaf, root}), ErrorKind::invalid_input,
                "signer is not certified by the next one, certificate "));
  CHECK(refuses(company.signer({leaf, leaf, middle}), ErrorKind::invalid_input,
                "signer is in the chain, and no authority (CA)"));
  CHECK(refuses(company.signer(std::vector<Certificate>(17, leaf)),
                ErrorKind::invalid_input, "more than 16 certificates"));
  CHECK(works(company.signer({leaf, middle})));
}
