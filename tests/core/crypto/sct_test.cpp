// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/sct.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/crypto/certificate_chain.h"
#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"
#include "tests/support/der.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/test_authority.h"
#include "tests/support/vectors.h"

using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::Certificate;
using sigstore::embedded_scts;
using sigstore::ErrorKind;
using sigstore::parse_sct_list;
using sigstore::Sct;
using sigstore::Timestamp;
using sigstore::verify_sct;

namespace {

// The certificate that signed the leaf, on a path at the leaf's beginning.
Certificate issuer_of(const VectorCase& one) {
  const Certificate leaf = one.leaf();
  for (const VectorAuthority& authority : one.root.certificate_authorities) {
    const auto path =
        find_path(leaf, authority.chain, std::span(authority.chain).last(1),
                  leaf.not_before());
    if (path.ok()) return (*path)[1];
  }
  FAIL("no path for " << one.name);
  return leaf;
}

const VectorLog* find_log(const VectorCase& one, const Sct& sct) {
  for (const VectorLog& log : one.root.ctlogs)
    if (std::equal(log.log_id.begin(), log.log_id.end(),
                   sct.log_id.bytes.begin(), sct.log_id.bytes.end()))
      return &log;
  return nullptr;
}

Sct only_sct(const Certificate& leaf) {
  auto scts = embedded_scts(leaf);
  REQUIRE(works(scts));
  REQUIRE(scts->size() == 1);
  return std::move(scts->front());
}

// A list of one SCT: version 0, log id of 32 times 7, time 5, no extension,
// SHA-256 with ECDSA, a signature of two bytes.
Bytes small_list() {
  Bytes sct{0};
  sct.insert(sct.end(), 32, 7);
  const Bytes rest{0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 4, 3, 0, 2, 0xaa, 0xbb};
  sct.insert(sct.end(), rest.begin(), rest.end());
  Bytes list{0, static_cast<std::uint8_t>(sct.size() + 2), 0,
             static_cast<std::uint8_t>(sct.size())};
  list.insert(list.end(), sct.begin(), sct.end());
  return list;
}

}  // namespace

TEST_CASE("a list of certificate timestamps is read field by field",
          "[crypto]") {
  const auto scts = parse_sct_list(small_list());
  REQUIRE(works(scts));
  REQUIRE(scts->size() == 1);
  const Sct& sct = scts->front();
  CHECK(sct.log_id.to_hex().substr(0, 6) == "070707");
  CHECK(sct.timestamp_ms == 5);
  CHECK(sct.extensions.empty());
  CHECK(sct.hash == sigstore::SignatureHash::sha256);
  CHECK_FALSE(sct.is_rsa);
  CHECK(sct.signature == Bytes{0xaa, 0xbb});
}

TEST_CASE("a list of certificate timestamps of a wrong length is refused",
          "[crypto]") {
  const Bytes good = small_list();
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(refuses(parse_sct_list(ByteView(good).first(size)),
                  ErrorKind::bad_evidence, "of a wrong length"));
  }
  Bytes longer = good;
  longer.push_back(0);
  CHECK(refuses(parse_sct_list(longer), ErrorKind::bad_evidence,
                "of a wrong length"));
  // The same byte inside of the list, and inside of the timestamp.
  ++longer[1];
  CHECK(refuses(parse_sct_list(longer), ErrorKind::bad_evidence,
                "of a wrong length"));
  ++longer[3];
  CHECK(refuses(parse_sct_list(longer), ErrorKind::bad_evidence,
                "of a wrong length"));
}

// Bytes that look like a signature follow.
TEST_CASE("a certificate timestamp with extensions beyond its end is refused",
          "[crypto]") {
  Bytes list = small_list();
  constexpr std::size_t kExtensions = 4 + 1 + 32 + 8;
  list[kExtensions] = 0xff;
  CHECK(refuses(parse_sct_list(list), ErrorKind::bad_evidence,
                "of a wrong length"));
}

TEST_CASE("certificate timestamps of other versions and algorithms are refused",
          "[crypto]") {
  Bytes version = small_list();
  version[4] = 1;
  CHECK(refuses(parse_sct_list(version), ErrorKind::bad_evidence,
                "a version other than 1"));
  constexpr std::size_t kHash = 4 + 1 + 32 + 8 + 2;
  for (const auto& [hash, signature] :
       {std::pair(2, 3), std::pair(7, 3), std::pair(4, 2), std::pair(4, 0)}) {
    Bytes list = small_list();
    list[kHash] = static_cast<std::uint8_t>(hash);
    list[kHash + 1] = static_cast<std::uint8_t>(signature);
    CAPTURE(hash, signature);
    CHECK(refuses(parse_sct_list(list), ErrorKind::bad_evidence,
                  "of an unknown algorithm"));
  }
  const Bytes empty{0, 0};
  CHECK(
      refuses(parse_sct_list(empty), ErrorKind::bad_evidence, "an empty list"));
}

// sigstore reference, section 10.
TEST_CASE("the certificate without its timestamps is what the log signed",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  struct Expected {
    const char* name;
    std::size_t size;
    const char* hash;
  };
  for (const Expected& expected : {
           Expected{"happy-path-v0.1", 1814,
                    "788051b75533e26879bd4066661a0712"
                    "db44076912a794a361a9ae643fd5d0b5"},
           Expected{"happy-path-v0.3", 1838,
                    "55ccfea63ac94f7813048190ac6d95dd"
                    "b7fe98f4f36ad9285a8156630882b29f"},
           Expected{"rekor2-timestamp-with-embedded-cert", 1839,
                    "a0cf161fdc640d5df3fec5ef249f7303"
                    "67c2f07bd16509601bbde690afc8401b"},
           Expected{"rekor2-dsse-happy-path", 1839,
                    "393104f38cdd6c61f296c987d16b3667"
                    "dc514956079e713cc9c93bc202d32ee6"},
           Expected{"bundle-with-sct-with-extensions", 1862,
                    "84d393ef4c59527d9227b976f6d2087e"
                    "6c441623e0508104ca9b6fbabe0ce5de"},
           Expected{"intoto-with-custom-trust-root", 594,
                    "237c7e78b0283b8364fe82dc9b4ac14d"
                    "9cba4e249820bff1a4f87a5d604d1809"},
       }) {
    CAPTURE(expected.name);
    const VectorCase one = read_case(*vectors, expected.name);
    const Sct sct = only_sct(one.leaf());
    const auto bytes = sct_signed_bytes(sct, one.leaf(), issuer_of(one));
    REQUIRE(works(bytes));
    constexpr std::size_t kBefore = 1 + 1 + 8 + 2 + 32 + 3;
    REQUIRE(bytes->size() ==
            kBefore + expected.size + 2 + sct.extensions.size());
    CHECK(sigstore::sha256(ByteView(*bytes).subspan(kBefore, expected.size))
              .to_hex() == expected.hash);
  }
}

TEST_CASE("times and extensions of certificate timestamps are read",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Sct plain = only_sct(read_case(*vectors, "happy-path-v0.3").leaf());
  CHECK(plain.timestamp_ms == 1710869186470);
  CHECK(plain.extensions.empty());
  const Sct dsse =
      only_sct(read_case(*vectors, "rekor2-dsse-happy-path").leaf());
  CHECK(dsse.timestamp_ms == 1778700212624);
  CHECK(sigstore::to_hex(dsse.extensions) == "00000500000dde14");
  const Sct index =
      only_sct(read_case(*vectors, "bundle-with-sct-with-extensions").leaf());
  CHECK(index.timestamp_ms == 1768517364925);
  CHECK(sigstore::to_hex(index.extensions) == "0000050000000070");
}

TEST_CASE("certificate timestamps of passing cases verify, and nothing else",
          "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const VectorCase& one : passing_cases(*vectors)) {
    if (!one.has_certificate()) continue;
    CAPTURE(one.name);
    const Certificate leaf = one.leaf();
    const Certificate issuer = issuer_of(one);
    const Sct sct = only_sct(leaf);
    const VectorLog* log = find_log(one, sct);
    REQUIRE(log != nullptr);
    CHECK(log->valid.contains_ms(static_cast<std::int64_t>(sct.timestamp_ms)));
    CHECK(works(verify_sct(sct, leaf, issuer, log->key)));

    const auto is_refused = [&](const Sct& changed) {
      return refuses(verify_sct(changed, leaf, issuer, log->key),
                     ErrorKind::bad_evidence, "not by the log's key");
    };
    Sct changed = sct;
    ++changed.timestamp_ms;
    CHECK(is_refused(changed));
    changed = sct;
    changed.extensions.push_back(0);
    CHECK(is_refused(changed));
    changed = sct;
    changed.signature.back() ^= 1U;
    CHECK(is_refused(changed));
    CHECK(refuses(verify_sct(sct, leaf, leaf, log->key),
                  ErrorKind::bad_evidence, "not by the log's key"));
    ++count;
  }
  CHECK(count >= 9);
}

TEST_CASE("a certificate without timestamps has none", "[crypto]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const VectorCase one = read_case(*vectors, "happy-path-v0.3");
  CHECK(refuses(embedded_scts(issuer_of(one)), ErrorKind::bad_evidence,
                "there is none"));
}

namespace {

constexpr std::int64_t kStampedMs = 1'750'000'000'000;

TestCertificate issue(const TestCertificate& authority,
                      const std::vector<SctPlan>& scts,
                      const std::vector<TestExtension>& more = {}) {
  CertificatePlan plan =
      signer_plan(san_email("a@example.org"), "https://issuer.example.org");
  plan.scts = scts;
  plan.more.insert(plan.more.end(), more.begin(), more.end());
  return authority.issue(plan, TestKey::make("P-256"));
}

TestCertificate new_authority() {
  return TestCertificate::self_signed(ca_plan("ca"), TestKey::make("P-256"));
}

}  // namespace

TEST_CASE("a log's timestamp verifies under its key alone", "[crypto]") {
  const TestCertificate authority = new_authority();
  for (const char* kind : {"P-256", "P-384", "RSA-2048"}) {
    CAPTURE(kind);
    const TestCtLog log(kind);
    const TestCtLog other(kind);
    const TestCertificate leaf =
        issue(authority, {{&log, kStampedMs, {1, 2, 3}}});
    const Sct sct = only_sct(leaf.certificate());
    CHECK(sct.timestamp_ms == static_cast<std::uint64_t>(kStampedMs));
    CHECK(sct.extensions == Bytes{1, 2, 3});
    CHECK(Bytes(sct.log_id.bytes.begin(), sct.log_id.bytes.end()) == log.id());
    CHECK(works(verify_sct(sct, leaf.certificate(), authority.certificate(),
                           log.key().public_key())));
    CHECK(refuses(verify_sct(sct, leaf.certificate(), authority.certificate(),
                             other.key().public_key()),
                  ErrorKind::bad_evidence, "not by the log's key"));
  }
}

TEST_CASE("several timestamps are read in their order", "[crypto]") {
  const TestCertificate authority = new_authority();
  const TestCtLog first;
  const TestCtLog second;
  const TestCertificate leaf =
      issue(authority, {{&first, kStampedMs}, {&second, kStampedMs + 1}});
  const auto scts = embedded_scts(leaf.certificate());
  REQUIRE(works(scts));
  REQUIRE(scts->size() == 2);
  CHECK(works(verify_sct((*scts)[0], leaf.certificate(),
                         authority.certificate(), first.key().public_key())));
  CHECK(works(verify_sct((*scts)[1], leaf.certificate(),
                         authority.certificate(), second.key().public_key())));
}

TEST_CASE("a timestamp of another algorithm than the log's is refused",
          "[crypto]") {
  const TestCertificate authority = new_authority();
  const TestCtLog log;
  const TestCertificate leaf = issue(authority, {{&log, kStampedMs}});
  Sct sct = only_sct(leaf.certificate());
  for (const char* kind : {"RSA-2048", "ED25519"})
    CHECK(refuses(verify_sct(sct, leaf.certificate(), authority.certificate(),
                             TestKey::make(kind).public_key()),
                  ErrorKind::bad_evidence, "another algorithm"));
  sct.is_rsa = true;
  CHECK(refuses(verify_sct(sct, leaf.certificate(), authority.certificate(),
                           log.key().public_key()),
                ErrorKind::bad_evidence, "another algorithm"));
}

// The log signs the issuer's key, so the issuer must not be found by its name.
TEST_CASE("a timestamp is refused with another issuer of the same name",
          "[crypto]") {
  const TestCertificate authority = new_authority();
  const TestCertificate same_name = new_authority();
  REQUIRE(authority.certificate().subject() ==
          same_name.certificate().subject());
  const TestCtLog log;
  const TestCertificate leaf = issue(authority, {{&log, kStampedMs}});
  CHECK(refuses(verify_sct(only_sct(leaf.certificate()), leaf.certificate(),
                           same_name.certificate(), log.key().public_key()),
                ErrorKind::bad_evidence, "not by the log's key"));
}

TEST_CASE("a timestamp is refused on another certificate", "[crypto]") {
  const TestCertificate authority = new_authority();
  const TestCtLog log;
  const TestCertificate leaf = issue(authority, {{&log, kStampedMs}});
  const TestCertificate other = issue(authority, {{&log, kStampedMs}});
  CHECK(refuses(verify_sct(only_sct(leaf.certificate()), other.certificate(),
                           authority.certificate(), log.key().public_key()),
                ErrorKind::bad_evidence, "not by the log's key"));
}

TEST_CASE("a precertificate has no timestamps", "[crypto]") {
  const TestCertificate authority = new_authority();
  const TestCtLog log;
  const TestCertificate leaf = issue(authority, {{&log, kStampedMs}},
                                     {{kPoisonExtension, der::null(), false}});
  CHECK(refuses(embedded_scts(leaf.certificate()), ErrorKind::bad_evidence,
                "this is a precertificate"));
}

TEST_CASE("a list that is not in one OCTET STRING is refused", "[crypto]") {
  const TestCertificate authority = new_authority();
  const Bytes good = der::octet_string(small_list());
  const auto scts = [&](const Bytes& value) {
    return embedded_scts(
        issue(authority, {}, {{kSctList, value, false}}).certificate());
  };
  CHECK(works(scts(good)));
  for (const Bytes& bad :
       {small_list(), der::join({good, Bytes{0}}), der::join({good, good}),
        der::tagged(0x24, good), Bytes()})
    CHECK(
        refuses(scts(bad), ErrorKind::bad_evidence, "not in one OCTET STRING"));
}
