// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/certificate_chain.h"

#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/test_authority.h"
#include "tests/support/vectors.h"

using sigstore::as_text;
using sigstore::Certificate;
using sigstore::concat;
using sigstore::ErrorKind;
using sigstore::find_path;
using sigstore::KnownSignatures;
using sigstore::Result;
using sigstore::Timestamp;

namespace {

constexpr sigstore::Timestamp kDay{24 * 3600};

}  // namespace

TEST_CASE("leaves of passing cases have a path while they are valid",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const VectorCase& one : passing_cases(*vectors)) {
    if (!one.has_certificate()) continue;
    CAPTURE(one.name);
    const Certificate leaf = one.leaf();
    std::size_t paths = 0;
    for (const VectorAuthority& authority : one.root.certificate_authorities) {
      const auto anchors = std::span(authority.chain).last(1);
      const auto first =
          find_path(leaf, authority.chain, anchors, leaf.not_before());
      if (!first.ok()) continue;
      ++paths;
      CHECK(first->front() == leaf);
      CHECK(first->back() == authority.chain.back());
      CHECK(first->size() == authority.chain.size() + 1);
      CHECK(works(find_path(leaf, authority.chain, anchors, leaf.not_after())));
      CHECK(refuses(find_path(leaf, authority.chain, anchors,
                              {leaf.not_before().seconds - 1}),
                    ErrorKind::bad_evidence, "not yet valid"));
      CHECK(refuses(find_path(leaf, authority.chain, anchors,
                              {leaf.not_after().seconds + 1}),
                    ErrorKind::bad_evidence, "has expired"));
    }
    CHECK(paths == 1);
  }
}

TEST_CASE("the historical certificates of model signing have a path",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const auto folder = *vectors / "oms/historical";
  const auto anchors = Certificate::from_pem(
      as_text(read_vector(folder / "keys/certificate/ca-cert.pem")));
  REQUIRE(works(anchors));
  for (const char* name : {"v0.2.0-certificate", "v1.0.0-certificate"}) {
    CAPTURE(name);
    const auto bundle =
        sigstore::parse_bundle(read_vector(folder / name / "model.sig"));
    REQUIRE(works(bundle));
    std::vector<Certificate> chain;
    for (const auto& der :
         std::get<sigstore::CertificateChainMaterial>(bundle->material)
             .certificates) {
      auto certificate = Certificate::from_der(der);
      REQUIRE(works(certificate));
      chain.push_back(std::move(*certificate));
    }
    REQUIRE(chain.size() >= 2);
    // Named like its issuer, and yet not its own.
    CHECK(chain[0].subject() == chain[0].issuer());
    CHECK_FALSE(chain[0].is_self_signed());
    CHECK(anchors->front().is_self_signed());
    const auto path =
        find_path(chain[0], std::span(chain).subspan(1), *anchors,
                  Timestamp{chain[0].not_before().seconds + kDay.seconds});
    REQUIRE(works(path));
    CHECK(path->size() == 3);
    CHECK(refuses(find_path(chain[0], {}, *anchors, chain[0].not_before()),
                  ErrorKind::bad_evidence,
                  "unable to get local issuer certificate"));
  }
}

TEST_CASE("keys of the production authorities have their known digests",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const VectorRoot root = read_vector_root(
      *vectors / "sigstore/roots/production/trusted_root.json");
  std::vector<std::string> starts;
  for (const VectorAuthority& authority : root.certificate_authorities)
    for (const Certificate& certificate : authority.chain) {
      CHECK(certificate.is_ca());
      CHECK(sigstore::sha256(certificate.spki()) == certificate.key()->id());
      starts.push_back(certificate.key()->id().to_hex().substr(0, 16));
    }
  CHECK(starts == std::vector<std::string>{"80917b65f03abf98",
                                           "c355ee53d69e68aa",
                                           "fef4e9beb17faa47"});
}

namespace {

constexpr Timestamp kAt{1'750'000'100};  // signer_plan is valid then

CertificatePlan leaf_plan() {
  return signer_plan(san_email("a@example.org"), "https://issuer.example.org");
}

// root - intermediate - leaf, of which each may be planned anew.
struct Hierarchy {
  CertificatePlan root_plan = ca_plan("root");
  CertificatePlan intermediate_plan = fulcio_ca_plan("intermediate");
  CertificatePlan leaf = leaf_plan();
  const char* intermediate_key = "P-256";

  Result<std::vector<Certificate>> find(Timestamp at = kAt) const {
    const auto root =
        TestCertificate::self_signed(root_plan, TestKey::make("P-256"));
    const auto intermediate =
        root.issue(intermediate_plan, TestKey::make(intermediate_key));
    const std::vector<Certificate> chain{intermediate.certificate(),
                                         root.certificate()};
    return find_path(
        intermediate.issue(leaf, TestKey::make("P-256")).certificate(),
        std::span(chain).first(1), std::span(chain).last(1), at);
  }
};

}  // namespace

TEST_CASE("a path leads from the leaf over the intermediate to the anchor",
          "[crypto]") {
  const auto path = Hierarchy().find();
  REQUIRE(works(path));
  REQUIRE(path->size() == 3);
  CHECK((*path)[1].subject() == "O=sigstore.test, CN=intermediate");
  CHECK((*path)[2].subject() == "O=sigstore.test, CN=root");
}

// CVE-2026-24122: only the leaf was held to the time of signing.
TEST_CASE("every certificate of a path must be valid at the time", "[crypto]") {
  for (auto plan : {&Hierarchy::root_plan, &Hierarchy::intermediate_plan}) {
    Hierarchy expired;
    (expired.*plan).not_after.seconds = kAt.seconds - 1;
    CHECK(refuses(
        expired.find(), ErrorKind::bad_evidence,
        concat("CN=", (expired.*plan).name, ": certificate has expired")));
    Hierarchy early;
    (early.*plan).not_before.seconds = kAt.seconds + 1;
    CHECK(refuses(
        early.find(), ErrorKind::bad_evidence,
        concat("CN=", (early.*plan).name, ": certificate is not yet valid")));
    // RFC 5280 4.1.2.5: both ends belong to it.
    Hierarchy exact;
    (exact.*plan).not_before = kAt;
    (exact.*plan).not_after = kAt;
    CHECK(works(exact.find()));
    // The last second forgives nothing else.
    (exact.*plan).more.push_back({"1.2.3.4", {0x05, 0}, true});
    CHECK(refuses(exact.find(), ErrorKind::bad_evidence,
                  "unhandled critical extension"));
  }
}

TEST_CASE("the anchor may be an intermediate, and then the root is not asked",
          "[crypto]") {
  const auto root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  const auto intermediate =
      root.issue(fulcio_ca_plan("intermediate"), TestKey::make("P-256"));
  const auto leaf = intermediate.issue(leaf_plan(), TestKey::make("P-256"));
  const std::vector<Certificate> anchors{intermediate.certificate()};
  const auto path = find_path(leaf.certificate(), {}, anchors, kAt);
  REQUIRE(works(path));
  CHECK(path->size() == 2);
  CHECK(path->back() == anchors.front());
}

TEST_CASE("nobody is trusted but the anchors", "[crypto]") {
  const auto root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  const auto leaf = root.issue(leaf_plan(), TestKey::make("P-256"));
  const std::vector<Certificate> untrusted{root.certificate()};
  CHECK(refuses(find_path(leaf.certificate(), untrusted, {}, kAt),
                ErrorKind::bad_evidence, "self-signed certificate"));
  // One of the same name, with another key.
  const auto other =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  const std::vector<Certificate> anchors{other.certificate()};
  CHECK(refuses(find_path(leaf.certificate(), {}, anchors, kAt),
                ErrorKind::bad_evidence,
                "unable to get local issuer certificate"));
}

TEST_CASE("of two intermediates of one name the one that signed is on the path",
          "[crypto]") {
  const auto root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  const auto first =
      root.issue(fulcio_ca_plan("intermediate"), TestKey::make("P-256"));
  const auto second =
      root.issue(fulcio_ca_plan("intermediate"), TestKey::make("P-256"));
  const std::vector<Certificate> anchors{root.certificate()};
  for (const TestCertificate* signer : {&first, &second})
    for (const bool first_comes_first : {true, false}) {
      std::vector<Certificate> both{first.certificate(), second.certificate()};
      if (!first_comes_first) std::swap(both[0], both[1]);
      const auto path = find_path(
          signer->issue(leaf_plan(), TestKey::make("P-256")).certificate(),
          both, anchors, kAt);
      REQUIRE(works(path));
      CHECK((*path)[1] == signer->certificate());
    }
}

TEST_CASE("a certificate that may not issue is not on a path", "[crypto]") {
  Hierarchy no_authority;
  no_authority.intermediate_plan.is_ca = false;
  no_authority.intermediate_plan.path_length.reset();
  CHECK(
      refuses(no_authority.find(), ErrorKind::bad_evidence, "CN=intermediate"));
  Hierarchy no_cert_sign;
  no_cert_sign.intermediate_plan.key_usages = {
      CertificatePlan::kDigitalSignature};
  CHECK(refuses(no_cert_sign.find(), ErrorKind::bad_evidence,
                "CN=intermediate: invalid CA certificate"));
  Hierarchy too_long;
  too_long.root_plan.path_length = 0;
  CHECK(refuses(too_long.find(), ErrorKind::bad_evidence,
                "path length constraint exceeded"));
}

TEST_CASE("an unknown critical extension is refused on all of a path",
          "[crypto]") {
  for (auto plan : {&Hierarchy::leaf, &Hierarchy::intermediate_plan,
                    &Hierarchy::root_plan}) {
    Hierarchy critical;
    (critical.*plan).more.push_back({"1.2.3.4", {0x05, 0}, true});
    CHECK(refuses(critical.find(), ErrorKind::bad_evidence,
                  "unhandled critical extension"));
    Hierarchy harmless;
    (harmless.*plan).more.push_back({"1.2.3.4", {0x05, 0}, false});
    CHECK(works(harmless.find()));
  }
}

// X509_V_FLAG_X509_STRICT: RFC 5280 4.1.2.6, 4.2.1.9.
TEST_CASE("encodings that RFC 5280 forbids are refused", "[crypto]") {
  Hierarchy no_usage;
  no_usage.intermediate_plan.key_usages.clear();
  CHECK(refuses(no_usage.find(), ErrorKind::bad_evidence, "key usage"));
  Hierarchy no_names;
  no_names.leaf.more.erase(no_names.leaf.more.begin());  // nor a subject
  CHECK(
      refuses(no_names.find(), ErrorKind::bad_evidence, "Subject name empty"));
}

TEST_CASE("weak keys and hashes are refused on a path", "[crypto]") {
  Hierarchy sha1;
  sha1.leaf.hash = "SHA1";
  CHECK(refuses(sha1.find(), ErrorKind::bad_evidence,
                "CA signature digest algorithm too weak"));
  Hierarchy small;
  small.intermediate_key = "RSA-1024";
  CHECK(refuses(small.find(), ErrorKind::bad_evidence,
                "CA certificate key too weak"));
}

TEST_CASE("a certificate with any byte of its signature changed has no path",
          "[crypto]") {
  const auto root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  const std::vector<Certificate> anchors{root.certificate()};
  const auto leaf = root.issue(leaf_plan(), TestKey::make("P-256"));
  for (std::size_t back = 1; back <= 30; ++back) {
    auto der = leaf.der();
    der[der.size() - back] ^= 1U;
    const auto changed = Certificate::from_der(der);
    REQUIRE(works(changed));
    CHECK(refuses(find_path(*changed, {}, anchors, kAt),
                  ErrorKind::bad_evidence, "certificate signature failure"));
  }
}

TEST_CASE("signatures between authorities are checked once, all else anew",
          "[crypto]") {
  const auto root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-384"));
  CertificatePlan plan = fulcio_ca_plan("intermediate");
  const auto intermediate = root.issue(plan, TestKey::make("P-384"));
  // The same name and key, signed by another root of the same name.
  const auto other =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-384"));
  const std::vector<Certificate> anchors{root.certificate()};
  const std::vector<Certificate> others{other.certificate()};
  const std::vector<Certificate> between{intermediate.certificate()};
  const auto leaf = intermediate.issue(leaf_plan(), TestKey::make("P-256"));
  KnownSignatures known;
  REQUIRE(works(find_path(leaf.certificate(), between, anchors, kAt, &known)));
  REQUIRE(known.size() == 1);  // the leaf's is not remembered
  CHECK(works(find_path(leaf.certificate(), between, anchors, kAt, &known)));
  CHECK(known.size() == 1);
  CHECK(refuses(find_path(leaf.certificate(), between, others, kAt, &known),
                ErrorKind::bad_evidence,
                "unable to get local issuer certificate"));
  CHECK(refuses(find_path(leaf.certificate(), between, anchors,
                          Timestamp{plan.not_after.seconds + 1}, &known),
                ErrorKind::bad_evidence, "certificate has expired"));
  // A changed intermediate is another certificate; so is a changed leaf.
  auto der = intermediate.der();
  der.back() ^= 1U;
  const std::vector<Certificate> changed{*Certificate::from_der(der)};
  CHECK(refuses(find_path(leaf.certificate(), changed, anchors, kAt, &known),
                ErrorKind::bad_evidence,
                "CN=intermediate: certificate signature failure"));
  auto leaf_der = leaf.der();
  leaf_der.back() ^= 1U;
  CHECK(refuses(find_path(*Certificate::from_der(leaf_der), between, anchors,
                          kAt, &known),
                ErrorKind::bad_evidence, "certificate signature failure"));
  CHECK(known.size() == 1);
}
