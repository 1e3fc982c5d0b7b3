// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/timestamp_token.h"

#include <algorithm>

#include "tests/core/refuses.h"
#include "tests/support/der.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/test_timestamps.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::Certificate;
using sigstore::ErrorKind;
using sigstore::Timestamp;
using sigstore::TimestampResponse;

namespace {

TimestampResponse response_of(ByteView der) {
  auto response = TimestampResponse::from_der(der);
  REQUIRE(works(response));
  return std::move(*response);
}

const VectorAuthority* authority_of(const VectorCase& one,
                                    const TimestampResponse& response) {
  for (const VectorAuthority& authority : one.root.timestamp_authorities)
    if (response.names_signer(authority.chain.front())) return &authority;
  return nullptr;
}

}  // namespace

TEST_CASE("timestamps of passing cases verify", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const VectorCase& one : passing_cases(*vectors)) {
    for (const Bytes& der : one.bundle.timestamps) {
      CAPTURE(one.name);
      const TimestampResponse response = response_of(der);
      const VectorAuthority* authority = authority_of(one, response);
      REQUIRE(authority != nullptr);
      const auto time = response.verify(one.signature(), authority->chain);
      REQUIRE(works(time));
      CHECK(*time == response.claimed_time());
      CHECK(authority->valid.contains(*time));
      ++count;
    }
  }
  CHECK(count >= 6);
}

TEST_CASE("a real timestamp is refused for anything else", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const char* name : {"rekor2-timestamp-with-embedded-cert",
                           "rekor2-timestamp-without-embedded-cert"}) {
    CAPTURE(name);
    const VectorCase one = read_case(*vectors, name);
    const Bytes& der = one.bundle.timestamps.front();
    const TimestampResponse response = response_of(der);
    const auto& chain = authority_of(one, response)->chain;
    Bytes message = one.signature();
    REQUIRE(works(response.verify(message, chain)));
    message.back() ^= 1U;
    CHECK(refuses(response.verify(message, chain), ErrorKind::bad_evidence,
                  "message imprint mismatch"));
    message.back() ^= 1U;
    // Only what is not signed (a certificate that is brought along, the form
    // of the status) may differ.
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < der.size(); ++i) {
      Bytes changed = der;
      changed[i] ^= 1U;
      const auto other = TimestampResponse::from_der(changed);
      if (!other.ok()) continue;
      const auto time = other->verify(message, chain);
      if (!time.ok()) continue;
      CHECK(*time == response.claimed_time());
      ++accepted;
    }
    CHECK(accepted < der.size() / 2);
  }
}

TEST_CASE("a real timestamp is refused under another authority", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const VectorCase one =
      read_case(*vectors, "rekor2-timestamp-with-embedded-cert");
  const VectorRoot other = read_vector_root(
      *vectors / "sigstore/roots/production/trusted_root.json");
  const TimestampResponse response = response_of(one.bundle.timestamps.front());
  REQUIRE_FALSE(other.timestamp_authorities.empty());
  for (const VectorAuthority& authority : other.timestamp_authorities)
    CHECK(refuses(response.verify(one.signature(), authority.chain),
                  ErrorKind::bad_evidence,
                  "signed by another certificate than the authority's"));
  // The leaf's own chain, but for its anchor.
  const auto& chain = authority_of(one, response)->chain;
  REQUIRE(chain.size() > 1);
  std::vector<Certificate> mixed{chain.front()};
  mixed.push_back(other.timestamp_authorities.front().chain.back());
  CHECK(refuses(response.verify(one.signature(), mixed),
                ErrorKind::bad_evidence, "certificate verify error"));
}

namespace {

const ByteView kMessage = as_bytes("a signature");

// root - leaf, for timestamps.
struct Tsa {
  TestCertificate root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  TestCertificate leaf;

  explicit Tsa(const CertificatePlan& plan = timestamp_plan("tsa"),
               const char* kind = "P-256")
      : leaf(root.issue(plan, TestKey::make(kind))) {}

  std::vector<Certificate> chain() const {
    return {leaf.certificate(), root.certificate()};
  }
  Bytes stamp(const TokenPlan& plan = {}) const {
    return time_stamp(leaf, kMessage, plan);
  }
};

sigstore::Result<Timestamp> verify(ByteView der,
                                   std::span<const Certificate> chain) {
  TRY_ASSIGN(const TimestampResponse response,
             TimestampResponse::from_der(der));
  return response.verify(kMessage, chain);
}

}  // namespace

TEST_CASE("a timestamp says the time in seconds and who signed", "[crypto]") {
  const Tsa tsa;
  const TimestampResponse response = response_of(tsa.stamp());
  CHECK(response.claimed_time() == TokenPlan().time);
  CHECK(response.names_signer(tsa.leaf.certificate()));
  CHECK_FALSE(response.names_signer(tsa.root.certificate()));
  const auto time = response.verify(kMessage, tsa.chain());
  REQUIRE(works(time));
  CHECK(*time == TokenPlan().time);
}

TEST_CASE("authorities sign with all keys, and any hash from SHA-256 on",
          "[crypto]") {
  for (const char* kind : {"P-256", "P-384", "P-521", "RSA-2048"}) {
    const Tsa tsa(timestamp_plan("tsa"), kind);
    for (const char* hash : {"SHA256", "SHA384", "SHA512"}) {
      CAPTURE(kind, hash);
      TokenPlan plan;
      plan.signature_hash = hash;
      CHECK(works(verify(tsa.stamp(plan), tsa.chain())));
      plan.signature_hash = "SHA256";
      plan.imprint_hash = hash;  // independent of each other
      CHECK(works(verify(tsa.stamp(plan), tsa.chain())));
    }
  }
}

TEST_CASE("weak hashes are refused", "[crypto]") {
  const Tsa tsa;
  TokenPlan plan;
  plan.imprint_hash = "SHA1";
  CHECK(refuses(verify(tsa.stamp(plan), tsa.chain()), ErrorKind::bad_evidence,
                "over a hash other than"));
  plan = {};
  plan.signature_hash = "SHA1";
  CHECK(refuses(verify(tsa.stamp(plan), tsa.chain()), ErrorKind::bad_evidence,
                "signed with a hash other than"));
}

TEST_CASE("a response is one DER value that was granted", "[crypto]") {
  const Tsa tsa;
  Bytes longer = tsa.stamp();
  longer.push_back(0);
  for (const Bytes& bad :
       {longer, time_stamp_token(tsa.leaf, kMessage), Bytes(), Bytes{0x30, 0}})
    CHECK(refuses(TimestampResponse::from_der(bad), ErrorKind::bad_evidence,
                  "not one DER TimeStampResp"));
  TokenPlan plan;
  plan.status = 1;  // grantedWithMods
  CHECK(works(verify(tsa.stamp(plan), tsa.chain())));
  plan.has_token = false;
  for (plan.status = 0; plan.status < 6; ++plan.status)
    CHECK_FALSE(TimestampResponse::from_der(tsa.stamp(plan)).ok());
  plan.status = 2;
  CHECK(refuses(TimestampResponse::from_der(tsa.stamp(plan)),
                ErrorKind::bad_evidence, "not granted, status 2"));
  CHECK(refuses(TimestampResponse::from_der(Bytes(1024 * 1024 + 1)),
                ErrorKind::invalid_input, "too large"));
}

TEST_CASE("a token is of version 1, about a TSTInfo, by one signer",
          "[crypto]") {
  const Tsa tsa;
  const auto refused = [&](const TokenPlan& plan, const char* why) {
    return refuses(TimestampResponse::from_der(tsa.stamp(plan)),
                   ErrorKind::bad_evidence, why);
  };
  TokenPlan plan;
  plan.version = 2;
  CHECK(refused(plan, "not of version 1"));
  plan = {};
  plan.content_type = "1.2.840.113549.1.7.1";  // data
  CHECK_FALSE(TimestampResponse::from_der(tsa.stamp(plan)).ok());
  plan = {};
  plan.signers = 2;
  CHECK(refused(plan, "exactly one signer"));
  plan.signers = 0;
  CHECK(refused(plan, "exactly one signer"));
  plan = {};
  plan.after_info = {0};
  CHECK(refused(plan, "content is malformed"));
  plan = {};
  plan.more_of_info =
      der::around(1, der::sequence({der::oid("1.2.3.4"), der::boolean(true),
                                    der::octet_string(der::null())}));
  CHECK(refused(plan, "unknown critical extension"));
  plan.more_of_info = der::around(
      1, der::sequence({der::oid("1.2.3.4"), der::octet_string(der::null())}));
  CHECK(works(verify(tsa.stamp(plan), tsa.chain())));
}

TEST_CASE("a token whose signature or content was changed is refused",
          "[crypto]") {
  const Tsa tsa;
  TokenPlan plan;
  plan.time_text = "20250615150820Z";
  const Bytes good = tsa.stamp(plan);
  REQUIRE(works(verify(good, tsa.chain())));
  Bytes bad = good;
  const auto at = std::search(bad.begin(), bad.end(), plan.time_text.begin(),
                              plan.time_text.end());
  REQUIRE(at != bad.end());
  at[13] = '1';
  CHECK(refuses(verify(bad, tsa.chain()), ErrorKind::bad_evidence,
                "digest failure"));
  // The signature is the last field of a token.
  bad = good;
  bad.back() ^= 1U;
  CHECK(
      refuses(verify(bad, tsa.chain()), ErrorKind::bad_evidence, "signature"));
}

TEST_CASE("the time of a token is in UTC", "[crypto]") {
  const Tsa tsa;
  TokenPlan plan;
  plan.time_text = "20250615150820.5Z";  // RFC 3161 2.4.2 allows fractions
  const auto time = verify(tsa.stamp(plan), tsa.chain());
  REQUIRE(works(time));
  CHECK(time->to_rfc3339() == "2025-06-15T15:08:20Z");
  for (const char* text : {"20250615150820", "20250615150820+0100"}) {
    plan.time_text = text;
    CHECK(refuses(TimestampResponse::from_der(tsa.stamp(plan)),
                  ErrorKind::bad_evidence, "the time is not in UTC"));
  }
}

TEST_CASE("a token is checked at its own time, to the second", "[crypto]") {
  CertificatePlan plan = timestamp_plan("tsa");
  plan.not_before.seconds = 1'750'000'000;
  plan.not_after.seconds = 1'750'000'600;
  const Tsa tsa(plan);
  TokenPlan token;
  for (const std::int64_t inside : {1'750'000'000, 1'750'000'600}) {
    token.time.seconds = inside;
    CHECK(works(verify(tsa.stamp(token), tsa.chain())));
  }
  for (const std::int64_t outside : {1'749'999'999, 1'750'000'601}) {
    token.time.seconds = outside;
    CHECK(refuses(verify(tsa.stamp(token), tsa.chain()),
                  ErrorKind::bad_evidence, "certificate verify error"));
  }
}

TEST_CASE("an anchor that had expired at the time is refused", "[crypto]") {
  CertificatePlan expired = ca_plan("root");
  expired.not_after.seconds = TokenPlan().time.seconds - 1;
  const auto root =
      TestCertificate::self_signed(expired, TestKey::make("P-256"));
  const auto leaf = root.issue(timestamp_plan("tsa"), TestKey::make("P-256"));
  const std::vector<Certificate> chain{leaf.certificate(), root.certificate()};
  CHECK(refuses(verify(time_stamp(leaf, kMessage), chain),
                ErrorKind::bad_evidence, "certificate has expired"));
}

TEST_CASE("a signer that is not for timestamps alone is refused", "[crypto]") {
  CertificatePlan not_critical = timestamp_plan("tsa");
  not_critical.extended_usages_are_critical = false;
  CertificatePlan two = timestamp_plan("tsa");
  two.extended_usages.push_back(kCodeSigning);
  CertificatePlan none = timestamp_plan("tsa");
  none.extended_usages.clear();
  CertificatePlan code = timestamp_plan("tsa");
  code.extended_usages = {kCodeSigning};
  for (const CertificatePlan& plan : {not_critical, two, none, code}) {
    const Tsa tsa(plan);
    CHECK(refuses(verify(tsa.stamp(), tsa.chain()), ErrorKind::bad_evidence,
                  "not for timestamps alone"));
  }
}

TEST_CASE("a certificate authority does not sign timestamps", "[crypto]") {
  CertificatePlan plan = timestamp_plan("tsa");
  plan.is_ca = true;
  plan.key_usages = {CertificatePlan::kDigitalSignature,
                     CertificatePlan::kCertSign};
  const Tsa tsa(plan);
  TokenPlan token;
  token.embedded = {tsa.leaf.der()};
  CHECK(refuses(verify(tsa.stamp(token), tsa.chain()), ErrorKind::bad_evidence,
                "signed by a certificate authority"));
}

// CVE-2025-52556, CVE-2026-39984.
TEST_CASE("what the token brings along is not its signer", "[crypto]") {
  const Tsa tsa;
  const Tsa mallory;
  // Another's token that brings the true leaf.
  TokenPlan plan;
  plan.embedded = {tsa.leaf.der(), mallory.leaf.der(), mallory.root.der()};
  CHECK(refuses(verify(mallory.stamp(plan), tsa.chain()),
                ErrorKind::bad_evidence, "by another certificate"));
  // The same, and it says that the true leaf signed it.
  plan.named = &tsa.leaf;
  CHECK(refuses(verify(mallory.stamp(plan), tsa.chain()),
                ErrorKind::bad_evidence, "ess cert id not found"));
  plan.certified = &tsa.leaf;
  CHECK(refuses(verify(mallory.stamp(plan), tsa.chain()),
                ErrorKind::bad_evidence, "signature failure"));
  // Certificates of anybody are no harm to a true token.
  plan = {};
  plan.embedded = {mallory.leaf.der(), tsa.leaf.der()};
  CHECK(works(verify(tsa.stamp(plan), tsa.chain())));
}

TEST_CASE("a certificate with the leaf's name and number is not the leaf",
          "[crypto]") {
  CertificatePlan plan = timestamp_plan("tsa");
  plan.serial = 77;
  const Tsa tsa(plan);
  const auto twin = tsa.root.issue(plan, TestKey::make("P-256"));
  TokenPlan token;
  token.embedded = {twin.der()};
  // The root signed both: the authority's list decides.
  token.certified = &tsa.leaf;
  CHECK(refuses(verify(time_stamp(twin, kMessage, token), tsa.chain()),
                ErrorKind::bad_evidence, "signature failure"));
}

TEST_CASE("what the token brings along is not an intermediate", "[crypto]") {
  const auto root =
      TestCertificate::self_signed(ca_plan("root"), TestKey::make("P-256"));
  const auto between = root.issue(ca_plan("between"), TestKey::make("P-256"));
  const auto leaf =
      between.issue(timestamp_plan("tsa"), TestKey::make("P-256"));
  TokenPlan plan;
  plan.embedded = {leaf.der(), between.der()};
  const Bytes der = time_stamp(leaf, kMessage, plan);
  const std::vector<Certificate> all{leaf.certificate(), between.certificate(),
                                     root.certificate()};
  CHECK(works(verify(der, all)));
  const std::vector<Certificate> without{all[0], all[2]};
  CHECK(refuses(verify(der, without), ErrorKind::bad_evidence,
                "certificate verify error"));
}

TEST_CASE("where the authority lists no leaf the token must bring it",
          "[crypto]") {
  const Tsa tsa;
  const std::vector<Certificate> chain{tsa.root.certificate()};
  TokenPlan plan;
  CHECK(refuses(verify(tsa.stamp(plan), chain), ErrorKind::bad_evidence,
                "the signer is not known"));
  plan.embedded = {tsa.leaf.der()};
  CHECK(works(verify(tsa.stamp(plan), chain)));
  const Tsa other;
  CHECK(refuses(verify(tsa.stamp(plan), std::vector{other.root.certificate()}),
                ErrorKind::bad_evidence, "certificate verify error"));
  plan.embedded = {tsa.leaf.der(), tsa.leaf.der()};
  CHECK(refuses(verify(tsa.stamp(plan), chain), ErrorKind::bad_evidence,
                "two certificates of its signer"));
  CHECK(refuses(verify(tsa.stamp(plan), {}), ErrorKind::bad_evidence,
                "an authority without certificates"));
}

// RFC 5816: which certificate signed is signed too.
TEST_CASE("a token must certify its signer's certificate", "[crypto]") {
  const Tsa tsa;
  TokenPlan plan;
  plan.certified = &tsa.root;
  CHECK(refuses(verify(tsa.stamp(plan), tsa.chain()), ErrorKind::bad_evidence,
                "ess cert id wrong order"));
  plan = {};
  plan.has_certified = false;
  CHECK(refuses(verify(tsa.stamp(plan), tsa.chain()), ErrorKind::bad_evidence,
                "missing signing certificate attribute"));
}

TEST_CASE("the name of the authority in a token is the signer's", "[crypto]") {
  const Tsa tsa;
  TokenPlan plan;
  const auto named = [](const Bytes& name) {
    return der::around(0, der::around(4, name));  // directoryName
  };
  plan.more_of_info = named(tsa.leaf.name());
  CHECK(works(verify(tsa.stamp(plan), tsa.chain())));
  plan.more_of_info = named(tsa.root.name());
  CHECK(refuses(verify(tsa.stamp(plan), tsa.chain()), ErrorKind::bad_evidence,
                "tsa name mismatch"));
}
