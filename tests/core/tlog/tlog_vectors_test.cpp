// SPDX-License-Identifier: Apache-2.0

// The logs of sigstore-conformance's cases: what is in between is compared
// with values that another program computed.

#include <map>
#include <string>
#include <vector>

#include "core/base/encoding.h"
#include "core/bundle/bundle_json.h"
#include "core/bundle/dsse.h"
#include "core/crypto/message_digest.h"
#include "core/tlog/checkpoint.h"
#include "core/tlog/entry_body.h"
#include "core/tlog/inclusion_promise.h"
#include "core/tlog/inclusion_proof.h"
#include "core/tlog/merkle.h"
#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::Certificate;
using sigstore::DsseEnvelope;
using sigstore::ErrorKind;
using sigstore::hash_bytes;
using sigstore::LoggedSignature;
using sigstore::sha256;
using sigstore::SignatureHash;
using sigstore::TlogEntry;
using sigstore::TransparencyLog;
using sigstore::TrustedRoot;
using sigstore::VerificationKey;

namespace {

// A case of sigstore/cases.json.
struct Case {
  std::string name;
  bool passes = false;
  sigstore::Bundle bundle;
  TrustedRoot root;
  Bytes artifact;
  std::optional<VerificationKey> key;

  const TlogEntry& entry() const { return bundle.tlog_entries.at(0); }
  const DsseEnvelope* envelope() const {
    return std::get_if<DsseEnvelope>(&bundle.content);
  }
  LoggedSignature logged() const;
  const TransparencyLog& log() const;
};

LoggedSignature Case::logged() const {
  const auto digest = [&](SignatureHash hash) {
    return hash_bytes(hash, artifact);
  };
  using enum SignatureHash;
  const Bytes& signature =
      envelope() != nullptr
          ? envelope()->signature
          : std::get<sigstore::MessageSignature>(bundle.content).signature;
  const sigstore::ArtifactDigests digests{digest(sha256), digest(sha384),
                                          digest(sha512)};
  if (key) return {signature, *key, envelope(), digests};
  const auto* one =
      std::get_if<sigstore::CertificateMaterial>(&bundle.material);
  auto leaf = Certificate::from_der(
      one != nullptr
          ? one->der
          : std::get<sigstore::CertificateChainMaterial>(bundle.material)
                .certificates.front());
  REQUIRE(works(leaf));
  return {signature, *leaf, envelope(), digests};
}

const TransparencyLog& Case::log() const {
  for (const TransparencyLog& one : root.tlogs)
    if (one.log_id == entry().log_id) return one;
  FAIL("no log for " << name);
  return root.tlogs[0];
}

// Those whose bundle, trusted root and key are read, by name.
std::map<std::string, Case> cases(const std::filesystem::path& vectors) {
  std::map<std::string, Case> all;
  for (const CaseFiles& files : list_cases(vectors)) {
    auto bundle = sigstore::parse_bundle(read_vector(files.bundle));
    auto root = sigstore::parse_trusted_root(read_vector(files.trusted_root));
    if (!bundle.ok() || !root.ok() || bundle->tlog_entries.empty()) continue;
    Case one{files.name,
             files.passes,
             std::move(*bundle),
             std::move(*root),
             read_vector(files.artifact),
             {}};
    if (files.key) {
      auto key = VerificationKey::from_pem(as_text(read_vector(*files.key)));
      if (!key.ok()) continue;
      one.key = std::move(*key);
    }
    all.emplace(one.name, std::move(one));
  }
  return all;
}

std::string hex(std::string_view text) {
  return sha256(as_bytes(text)).to_hex();
}

}  // namespace

TEST_CASE("every published trusted root is read", "[trust][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  const std::filesystem::path folder = *vectors / "sigstore";
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (file.path().filename() != "trusted_root.json") continue;
    CAPTURE(file.path().string());
    const auto root = sigstore::parse_trusted_root(read_vector(file.path()));
    ++count;
    if (file.path().parent_path().filename() ==
        "trust-root-tlog-missing-validity-start_fail") {
      CHECK(
          refuses(root, ErrorKind::invalid_input, "validFor without a start"));
      continue;
    }
    REQUIRE(works(root));
    for (const auto* logs : {&root->tlogs, &root->ctlogs})
      for (const TransparencyLog& log : *logs) CHECK(log.key.has_value());
  }
  CHECK(count > 15);
}

TEST_CASE("the production and staging roots hold what is in them",
          "[trust][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const auto read = [&](const std::string& name) {
    auto root = sigstore::parse_trusted_root(
        read_vector(*vectors / "sigstore/roots" / name / "trusted_root.json"));
    REQUIRE(works(root));
    return std::move(*root);
  };
  const TrustedRoot production = read("production");
  REQUIRE(production.tlogs.size() == 2);
  CHECK(production.tlogs[0].origin() == "rekor.sigstore.dev");
  CHECK(production.tlogs[1].origin() == "log2025-1.rekor.sigstore.dev");
  CHECK(production.ctlogs.size() == 2);
  CHECK(production.ctlogs[0].valid.end_ms == 1'667'260'799'999);
  CHECK(production.certificate_authorities.size() == 2);
  CHECK(production.timestamp_authorities.size() == 1);
  const TrustedRoot staging = read("staging");
  CHECK(staging.tlogs.size() == 5);
  CHECK(staging.ctlogs.size() == 5);
  CHECK(staging.ctlogs[0].key->algorithm() == sigstore::KeyAlgorithm::rsa);
  CHECK(staging.certificate_authorities.size() == 2);
  CHECK(staging.timestamp_authorities.size() == 2);
  // The ids of logs begin with those of their checkpoints; of CT logs they
  // are the hashes of their keys.
  for (const TrustedRoot* root : {&production, &staging}) {
    for (const TransparencyLog& log : root->tlogs)
      CHECK(sigstore::note_key_id(log.origin(), *log.key) ==
            Bytes(log.log_id.begin(), log.log_id.begin() + 4));
    for (const TransparencyLog& log : root->ctlogs)
      CHECK(sigstore::to_hex(log.log_id) == log.key->id().to_hex());
  }
}

TEST_CASE("entries of passing cases are in their logs and about their bundle",
          "[tlog][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  std::size_t count = 0;
  for (const auto& [name, one] : cases(*vectors)) {
    if (!one.passes) continue;
    CAPTURE(name);
    CHECK(works(verify_inclusion_proof(one.entry(), one.log())));
    CHECK(works(check_entry_body(one.entry(), one.logged())));
    if (!is_rekor_v2(one.entry()))
      CHECK(works(verify_inclusion_promise(one.entry(), one.log())));
    ++count;
  }
  CHECK(count == 11);
}

TEST_CASE("failing cases fail where they are wrong", "[tlog][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const std::map<std::string, Case> all = cases(*vectors);
  const std::vector<std::pair<const char*, const char*>> proofs{
      {"checkpoint-wrong-roothash_fail", "its checkpoint is of another size"},
      {"invalid-checkpoint-signature_fail",
       "the signature of log rekor.sigstore.dev is wrong"},
      {"inclusion-proof-corrupted-hash_fail", "the entry is not in the tree"},
      {"invalid-inclusion-proof_fail", "it has no checkpoint"},
      {"bundle-with-root-cert_fail", "it has no checkpoint"},
      {"rekor2-checkpoint-missing-log-signature_fail",
       "checkpoint: no signature"},
      {"rekor2-checkpoint-missing-root-hash_fail",
       "origin, tree size or root hash is missing"},
      {"rekor2-checkpoint-no-matching-signature_fail",
       "not of log log2025-alpha1.rekor.sigstage.dev"},
      {"rekor2-no-inclusion-proof_fail", "inclusion proof: there is none"},
  };
  for (const auto& [name, phrase] : proofs) {
    CAPTURE(name);
    const Case& one = all.at(name);
    CHECK(refuses(verify_inclusion_proof(one.entry(), one.log()),
                  ErrorKind::bad_evidence, phrase));
  }
  const std::vector<std::pair<const char*, const char*>> bodies{
      {"dsse-mismatch-envelope_fail", "of another payload"},
      // Its other signature is encoded once.
      {"intoto-log-entry-mismatch_fail", "malformed body: sig"},
      {"rekor2-dsse-mismatch-envelope_fail",
       "another /spec/hashedRekordV002/data/digest"},
      {"wrong-hashedrekord-cert-and-sig_fail",
       "another /spec/signature/content"},
  };
  for (const auto& [name, phrase] : bodies) {
    CAPTURE(name);
    const Case& one = all.at(name);
    CHECK(works(verify_inclusion_proof(one.entry(), one.log())));
    CHECK(refuses(check_entry_body(one.entry(), one.logged()),
                  ErrorKind::bad_evidence, phrase));
  }
  const Case& promise = all.at("set-invalid-signature_fail");
  CHECK(refuses(verify_inclusion_promise(promise.entry(), promise.log()),
                ErrorKind::bad_evidence,
                "not signed by log rekor.sigstore.dev"));
}

TEST_CASE("an old entry of a P-384 key names SHA-256", "[tlog][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const Case one = cases(*vectors).at("bundle-with-root-cert_fail");
  const auto hash = sigstore::logged_hash(one.entry());
  REQUIRE(works(hash));
  CHECK(*hash == SignatureHash::sha256);
  const auto key = std::get<Certificate>(one.logged().verifier).key();
  REQUIRE(works(key));
  CHECK(key->algorithm() == sigstore::KeyAlgorithm::p384);
  CHECK(works(check_entry_body(one.entry(), one.logged())));
}

TEST_CASE("what is computed on the way is what others compute",
          "[tlog][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  struct Row {
    const char* name;
    std::size_t body_bytes;
    const char* leaf;
    std::int64_t index;
    std::int64_t size;
    std::size_t hashes;
    const char* checkpoint;
    const char* promise;
    std::int64_t time;
  };
  const std::vector<Row> rows{
      {"happy-path-v0.1", 4145,
       "86407f5cc9c6f0d1a84fede6cfe1265fe0b3e1a4e21b4c0695e4a021ec11338f",
       23083061, 23083062, 10,
       "120b914ae89c69828604435b3a1997ac0c0ae42b8c9c8952cde2b7d494191097",
       "27efbfabc1e0adf55195b8ea71281af661f782d8982d3cbeacc94cf7a6ade23d",
       1689177396},
      {"happy-path-v0.3", 4189,
       "aee3c920bb1132e929ed20e1c194579a60e95849f7a554e0033fdd26ee221629",
       75408392, 75408393, 11,
       "45fa9d5dd1fe30a4b10fab1923629c268b404a30e2bda4b37eb1ee1fc4f0154b",
       "a77a67b05ef48abed4f89d052a01940e1fda0144fe6f845d353e809d19d8d35c",
       1710869186},
      {"rekor2-timestamp-with-embedded-cert", 3175,
       "f62d12d95a5e8f0bd18331b1fffe52ef26270e58cf08f840b766ab07460d3a85",
       29469, 29470, 9,
       "77bb1ffb822825d6dbd78c61d8801ef27b19c451f37ea99c5d3aa654447815ed",
       nullptr, 0},
      {"rekor2-dsse-happy-path", 3191,
       "fe40655a0f968947de630c778c0f68bd52c68a40c5a25fc1a3a4edd6ab3c2f99",
       4026478, 4026479, 13,
       "7f45e13e6b9548ba70c58e91ea67df350f8db427496bd3c4eccb5460f1fe1e34",
       nullptr, 0},
      {"bundle-with-sct-with-extensions", 3771,
       "77063a9d60402d55c793267cb26a8b19020d81439e82c2be0beea8a2e2be4827", 3, 4,
       2, "40a9eb6b41d6b1699f7594368015cfa1fd96dd6083a6ffb9fe5f8d5d8f71978a",
       nullptr, 0},
      {"managed-key-happy-path", 557,
       "251d7335e207fb694536143ecff500072df1cae8f388a9c181794f31e1b2d42e",
       649584075, 649584076, 20,
       "6bdf38ea7f21fb2a1160dea7563a7d89db16137df8e4c41650ca8429eabd6610",
       "e398750bc17b62cac442860d3c90183c6abcdccb452525e52e9722e3d0f96b28",
       1766077479},
      {"intoto-with-custom-trust-root", 4448,
       "a5ce3689e72e8d531f3ef6b725ca16c9053d5ba96561bf80d8bb201363b9a60d", 0, 1,
       0, "433108613945224ee4188616cfa3b0d55c09b2a79628be9b9cefd5809e6efe52",
       "65624dba46fe6d7f2279013b5fe5e2c00fb2c1d4353aeff41bc8b0ff4fa13e47",
       1675209600},
  };
  const std::map<std::string, Case> all = cases(*vectors);
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Case& one = all.at(row.name);
    const TlogEntry& entry = one.entry();
    const sigstore::InclusionProof& proof = *entry.inclusion_proof;
    CHECK(entry.canonicalized_body.size() == row.body_bytes);
    CHECK(sigstore::merkle_leaf(entry.canonicalized_body).to_hex() == row.leaf);
    CHECK(proof.log_index == row.index);
    CHECK(proof.tree_size == row.size);
    CHECK(proof.hashes.size() == row.hashes);
    const auto checkpoint = sigstore::parse_checkpoint(proof.checkpoint);
    REQUIRE(works(checkpoint));
    CHECK(hex(checkpoint->text) == row.checkpoint);
    if (row.promise == nullptr) continue;
    CHECK(hex(sigstore::inclusion_promise_payload(entry)) == row.promise);
    const auto time = verify_inclusion_promise(entry, one.log());
    REQUIRE(works(time));
    CHECK(time->seconds == row.time);
  }
}

TEST_CASE("envelopes and note lines are what others compute",
          "[tlog][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const std::map<std::string, Case> all = cases(*vectors);
  const auto encoding = [&](const char* name) {
    const DsseEnvelope& envelope = *all.at(name).envelope();
    return sigstore::pre_authentication_encoding(envelope.payload_type,
                                                 envelope.payload);
  };
  const Bytes dsse = encoding("rekor2-dsse-happy-path");
  CHECK(dsse.size() == 475);
  CHECK(sha256(dsse).to_hex() ==
        "57f2135c594c7f9360e79a5422c291f8878d4ae5c539bc04dca45da63d7c2e11");
  const Bytes intoto = encoding("intoto-with-custom-trust-root");
  CHECK(intoto.size() == 1388);
  CHECK(sha256(intoto).to_hex() ==
        "37fef9d71d1fcc68ce50c8a8fb53ca56647b3dd5a6bc8c9d57b3cb9987360773");
  const auto checkpoint = sigstore::parse_checkpoint(
      all.at("rekor2-dsse-happy-path").entry().inclusion_proof->checkpoint);
  REQUIRE(works(checkpoint));
  std::string lines;
  for (const auto& line : checkpoint->signatures)
    lines += sigstore::concat(sigstore::to_hex(line.key_id), ":",
                              line.signature.size(), " ");
  CHECK(lines == "d3d3a70c:64 67f7aea0:72 2e1a8dc9:72 a3e00fe2:72 ");
}

TEST_CASE("cosigned checkpoints verify by the log's line, wherever it stands",
          "[tlog][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  const std::map<std::string, Case> all = cases(*vectors);
  for (const char* name : {"rekor2-checkpoint-multiple-cosigs",
                           "rekor2-checkpoint-two-sigs-cosigned"}) {
    const Case& one = all.at(name);
    TlogEntry entry = one.entry();
    std::string& note = entry.inclusion_proof->checkpoint;
    const std::size_t blank = note.find("\n\n") + 2;
    const std::size_t second = note.find('\n', blank) + 1;
    const std::string own = note.substr(blank, second - blank);
    // The origin's line last; the same with another key id; none of it.
    const std::string text = note.substr(0, blank);
    const std::string others = note.substr(second);
    note = text + others + own;
    CHECK(works(verify_inclusion_proof(entry, one.log())));
    std::string bad_hint = own;
    char& digit = bad_hint[own.rfind(' ') + 1];
    digit = digit == 'A' ? 'B' : 'A';
    note = text + bad_hint + others;
    CHECK(refuses(verify_inclusion_proof(entry, one.log()),
                  ErrorKind::bad_evidence, "not signed by log"));
    note = text + others;
    CHECK(refuses(verify_inclusion_proof(entry, one.log()),
                  ErrorKind::bad_evidence, "not signed by log"));
  }
}
