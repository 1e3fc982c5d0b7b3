// SPDX-License-Identifier: Apache-2.0

// The inclusion proof and the inclusion promise of an entry, under a log that
// the test makes.

#include <string>

#include "core/base/encoding.h"
#include "core/tlog/checkpoint.h"
#include "core/tlog/inclusion_promise.h"
#include "core/tlog/inclusion_proof.h"
#include "core/tlog/merkle.h"
#include "tests/core/refuses.h"
#include "tests/support/test_authority.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::inclusion_promise_payload;
using sigstore::Sha256Digest;
using sigstore::TlogEntry;
using sigstore::to_bytes;
using sigstore::TransparencyLog;
using sigstore::verify_inclusion_promise;
using sigstore::verify_inclusion_proof;

namespace {

const TestKey& log_key() {
  static const TestKey key = TestKey::make("P-256");
  return key;
}

TransparencyLog test_log() {
  TransparencyLog log;
  log.base_url = "https://rekor.example";
  log.log_id = Bytes(32, 5);
  log.key = log_key().public_key();
  log.valid = {1'700'000'000'000, 1'800'000'000'000};
  return log;
}

Bytes as_hash(const Sha256Digest& digest) {
  return Bytes(digest.bytes.begin(), digest.bytes.end());
}

std::string checkpoint_of(std::uint64_t size, const Bytes& root) {
  const std::string text = sigstore::concat("rekor.example - 1\n", size, "\n",
                                            sigstore::to_base64(root), "\n");
  Bytes line = sigstore::note_key_id("rekor.example", log_key().public_key());
  const Bytes signature = log_key().sign(as_bytes(text));
  line.insert(line.end(), signature.begin(), signature.end());
  return text + "\n\u2014 rekor.example " + sigstore::to_base64(line) + "\n";
}

// Leaf 1 of 3, with a promise.
TlogEntry test_entry(const std::string& kind = "dsse",
                     const std::string& version = "0.0.1") {
  TlogEntry entry;
  entry.log_index = 1001;
  entry.log_id = Bytes(32, 5);
  entry.kind = kind;
  entry.version = version;
  entry.integrated_time = 1'750'000'000;
  entry.canonicalized_body = to_bytes("{\"a\":1}");
  entry.signed_entry_timestamp =
      log_key().sign(as_bytes(inclusion_promise_payload(entry)));
  const Sha256Digest leaf = sigstore::merkle_leaf(entry.canonicalized_body);
  const Sha256Digest left = sigstore::merkle_leaf(to_bytes("left"));
  const Sha256Digest right = sigstore::merkle_leaf(to_bytes("right"));
  const Sha256Digest root =
      sigstore::merkle_node(sigstore::merkle_node(left, leaf), right);
  entry.inclusion_proof = {1,
                           as_hash(root),
                           3,
                           {as_hash(left), as_hash(right)},
                           checkpoint_of(3, as_hash(root))};
  return entry;
}

TlogEntry v2_entry() {
  TlogEntry entry = test_entry("hashedrekord", "0.0.2");
  entry.log_index = 1;
  entry.integrated_time = 0;
  entry.signed_entry_timestamp.clear();
  return entry;
}

// The entry with another time, promised anew.
TlogEntry promised_at(std::int64_t seconds) {
  TlogEntry entry = test_entry();
  entry.integrated_time = seconds;
  entry.signed_entry_timestamp =
      log_key().sign(as_bytes(inclusion_promise_payload(entry)));
  return entry;
}

}  // namespace

TEST_CASE("an entry that is in the log is proven to be", "[tlog]") {
  CHECK(works(verify_inclusion_proof(test_entry(), test_log())));
  CHECK(works(verify_inclusion_proof(v2_entry(), test_log())));
}

TEST_CASE("a proof that does not fit is refused", "[tlog]") {
  const auto refused = [](auto change, const char* phrase) {
    TlogEntry entry = test_entry();
    change(entry, *entry.inclusion_proof);
    CAPTURE(phrase);
    CHECK(refuses(verify_inclusion_proof(entry, test_log()),
                  ErrorKind::bad_evidence, phrase));
  };
  using sigstore::InclusionProof;
  refused([](TlogEntry& e, InclusionProof&) { e.inclusion_proof.reset(); },
          "inclusion proof: there is none");
  refused([](TlogEntry&, InclusionProof& p) { p.checkpoint.clear(); },
          "it has no checkpoint");
  refused([](TlogEntry&, InclusionProof& p) { p.checkpoint += "x"; },
          "checkpoint: no newline at the end");
  refused([](TlogEntry&, InclusionProof& p) { p.log_index = -1; },
          "a negative number");
  refused([](TlogEntry&, InclusionProof& p) { p.tree_size = -3; },
          "a negative number");
  refused([](TlogEntry&, InclusionProof& p) { p.tree_size = 4; },
          "its checkpoint is of another size");
  refused([](TlogEntry&, InclusionProof& p) { p.root_hash[0] ^= 1; },
          "its checkpoint has another root hash");
  refused([](TlogEntry&, InclusionProof& p) { p.root_hash.clear(); },
          "its checkpoint has another root hash");
  refused([](TlogEntry&, InclusionProof& p) { p.log_index = 0; },
          "the entry is not in the tree");
  refused([](TlogEntry&, InclusionProof& p) { p.hashes[1][9] ^= 1; },
          "the entry is not in the tree");
  refused([](TlogEntry&, InclusionProof& p) { p.hashes.pop_back(); },
          "1 hashes, where leaf 1 of 3 has 2");
  refused([](TlogEntry&, InclusionProof& p) { p.log_index = 3; },
          "leaf 3 is outside of a tree of 3");
  refused([](TlogEntry& e, InclusionProof&) { e.canonicalized_body[1] ^= 1; },
          "the entry is not in the tree");
  refused(
      [](TlogEntry&, InclusionProof& p) {
        p.root_hash = Bytes(32, 1);
        p.checkpoint = checkpoint_of(3, p.root_hash);
      },
      "the entry is not in the tree");
}

TEST_CASE("a log of version 2 promises nothing and numbers entries once",
          "[tlog]") {
  TlogEntry entry = v2_entry();
  entry.log_index = 2;
  CHECK(refuses(verify_inclusion_proof(entry, test_log()),
                ErrorKind::bad_evidence, "of another index than the entry"));
  entry = v2_entry();
  entry.signed_entry_timestamp =
      log_key().sign(as_bytes(inclusion_promise_payload(entry)));
  CHECK(refuses(verify_inclusion_proof(entry, test_log()),
                ErrorKind::bad_evidence, "an inclusion promise beside it"));
  CHECK(refuses(verify_inclusion_promise(entry, test_log()),
                ErrorKind::bad_evidence, "a log of version 2 makes none"));
  // Version 0.0.2 of intoto is of Rekor v1.
  CHECK(
      works(verify_inclusion_proof(test_entry("intoto", "0.0.2"), test_log())));
  CHECK(works(
      verify_inclusion_promise(test_entry("intoto", "0.0.2"), test_log())));
}

TEST_CASE("what a promise is over is canonical JSON", "[tlog]") {
  TlogEntry entry;
  entry.log_index = 7;
  entry.log_id = Bytes{0xab, 0x01};
  entry.integrated_time = 1'750'000'000;
  entry.canonicalized_body = Bytes{0xff, 0xfe};
  CHECK(inclusion_promise_payload(entry) ==
        "{\"body\":\"//4=\",\"integratedTime\":1750000000,"
        "\"logID\":\"ab01\",\"logIndex\":7}");
}

TEST_CASE("a promise proves the time it was made", "[tlog]") {
  const auto time = verify_inclusion_promise(test_entry(), test_log());
  REQUIRE(works(time));
  CHECK(time->seconds == 1'750'000'000);
}

TEST_CASE("a promise over anything else is refused", "[tlog]") {
  const auto refused = [](auto change) {
    TlogEntry entry = test_entry();
    change(entry);
    CHECK(refuses(verify_inclusion_promise(entry, test_log()),
                  ErrorKind::bad_evidence,
                  "inclusion promise: not signed by log rekor.example"));
  };
  refused([](TlogEntry& e) { e.integrated_time += 1; });
  refused([](TlogEntry& e) { e.log_index += 1; });
  refused([](TlogEntry& e) { e.log_id[0] ^= 1; });
  refused([](TlogEntry& e) { e.canonicalized_body.push_back(' '); });
  refused([](TlogEntry& e) { e.signed_entry_timestamp.push_back(0); });
  refused([](TlogEntry& e) { e.signed_entry_timestamp.back() ^= 1; });
  refused([](TlogEntry& e) {
    const TestKey stranger = TestKey::make("P-256");
    e.signed_entry_timestamp =
        stranger.sign(as_bytes(inclusion_promise_payload(e)));
  });
}

TEST_CASE("a promise is made while the log is valid, both ends included",
          "[tlog]") {
  for (const std::int64_t seconds : {1'700'000'000, 1'800'000'000})
    CHECK(works(verify_inclusion_promise(promised_at(seconds), test_log())));
  for (const std::int64_t seconds : {1'699'999'999, 1'800'000'001})
    CHECK(refuses(verify_inclusion_promise(promised_at(seconds), test_log()),
                  ErrorKind::bad_evidence,
                  "when log rekor.example was not valid"));
  TransparencyLog ever = test_log();
  ever.valid = {};
  for (const std::int64_t seconds :
       {std::int64_t{0}, std::int64_t{-1}, std::int64_t{INT64_MAX},
        std::int64_t{INT64_MIN}, std::int64_t{253'402'300'800}})
    CHECK(refuses(verify_inclusion_promise(promised_at(seconds), ever),
                  ErrorKind::bad_evidence, "it is about no time"));
  CHECK(works(verify_inclusion_promise(promised_at(253'402'300'799), ever)));
}

TEST_CASE("without a promise there is no time", "[tlog]") {
  TlogEntry entry = test_entry();
  entry.signed_entry_timestamp.clear();
  CHECK(refuses(verify_inclusion_promise(entry, test_log()),
                ErrorKind::bad_evidence, "inclusion promise: there is none"));
  TransparencyLog log = test_log();
  log.key.reset();
  CHECK(refuses(verify_inclusion_promise(test_entry(), log),
                ErrorKind::unsupported,
                "of an algorithm that is not known here"));
}
