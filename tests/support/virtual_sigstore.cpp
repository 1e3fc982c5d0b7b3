// SPDX-License-Identifier: Apache-2.0
#include "tests/support/virtual_sigstore.h"

#include <utility>
#include <vector>

#include "tests/support/log_bodies.h"
#include "tests/support/text_codec.h"

using sigstore::Bundle;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::InclusionProof;
using sigstore::TlogEntry;
using sigstore::TrustedRoot;

namespace {

constexpr const char* kRekorV1 = "https://rekor.example.org";
constexpr const char* kRekorV2 = "https://log.example.org";
constexpr const char* kCtLog = "https://ct.example.org";
constexpr const char* kTsa = "https://tsa.example.org";
constexpr std::int64_t kStart = 1'600'000'000'000;  // ms

Bytes bytes_of(std::string_view text) {
  return Bytes(text.begin(), text.end());
}

Bytes operator+(Bytes left, ByteView right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes sha256_of(ByteView bytes) { return hash_with("SHA256", bytes); }

// --- the tree (RFC 6962 2.1), the slow and plain way ------------------------

using Leaves = std::vector<Bytes>;

Bytes tree_hash(const Leaves& leaves, std::size_t from, std::size_t to) {
  if (to - from == 1)
    return sha256_of(bytes_of(std::string(1, '\0')) + leaves[from]);
  std::size_t split = 1;
  while (split * 2 < to - from) split *= 2;
  return sha256_of(bytes_of("\x01") + tree_hash(leaves, from, from + split) +
                   tree_hash(leaves, from + split, to));
}

void tree_path(const Leaves& leaves, std::size_t from, std::size_t to,
               std::size_t index, std::vector<Bytes>& path) {
  if (to - from == 1) return;
  std::size_t split = 1;
  while (split * 2 < to - from) split *= 2;
  if (index < from + split) {
    tree_path(leaves, from, from + split, index, path);
    path.push_back(tree_hash(leaves, from + split, to));
  } else {
    tree_path(leaves, from + split, to, index, path);
    path.push_back(tree_hash(leaves, from, from + split));
  }
}

// --- log entries ------------------------------------------------------------

Bytes envelope_encoding(std::string_view type, std::string_view payload) {
  return bytes_of("DSSEv1 " + std::to_string(type.size()) + " " +
                  std::string(type) + " " + std::to_string(payload.size()) +
                  " " + std::string(payload));
}

std::string host(std::string_view url) {
  return std::string(url.substr(url.find("//") + 2));
}

// The id of a log's key in C2SP's notes.
Bytes note_id(const std::string& name, const TestKey& key, bool v2) {
  if (!v2) return sha256_of(key.spki());
  const ByteView raw = ByteView(key.spki()).last(32);
  return sha256_of(bytes_of(name) + bytes_of("\n\x01") + raw);
}

std::string checkpoint(const std::string& name, const TestKey& key, bool v2,
                       std::uint64_t size, ByteView root) {
  const std::string text = name + (v2 ? "" : " - 42") + "\n" +
                           std::to_string(size) + "\n" + codec::base64(root) +
                           "\n";
  const Bytes id = note_id(name, key, v2);
  const Bytes line =
      Bytes(id.begin(), id.begin() + 4) + key.sign(bytes_of(text));
  return text + "\n\xE2\x80\x94 " + name + " " + codec::base64(line) + "\n";
}

sigstore::TransparencyLog describe_log(const char* url, const TestKey& key,
                                       bool v2) {
  return {url,
          note_id(host(url), key, v2),
          {},
          "",
          key.public_key(),
          {kStart, std::nullopt}};
}

}  // namespace

VirtualSigstore::VirtualSigstore()
    : root_(TestCertificate::self_signed(ca_plan("fulcio root"),
                                         TestKey::make("P-384"))),
      fulcio_(root_.issue(fulcio_ca_plan("fulcio"), TestKey::make("P-384"))),
      tsa_root_(TestCertificate::self_signed(ca_plan("tsa root"),
                                             TestKey::make("P-384"))),
      tsa_(tsa_root_.issue(timestamp_plan("tsa"), TestKey::make("P-256"))),
      rekor_v1_(TestKey::make("P-256")),
      rekor_v2_(TestKey::make("ED25519")) {}

TrustedRoot VirtualSigstore::trusted_root() const {
  TrustedRoot root;
  root.tlogs.push_back(describe_log(kRekorV1, rekor_v1_, false));
  root.tlogs.push_back(describe_log(kRekorV2, rekor_v2_, true));
  root.ctlogs.push_back(describe_log(kCtLog, ct_log_.key(), false));
  root.certificate_authorities.push_back(
      {"https://fulcio.example.org",
       {fulcio_.certificate(), root_.certificate()},
       {kStart, std::nullopt},
       ""});
  root.timestamp_authorities.push_back(
      {kTsa,
       {tsa_.certificate(), tsa_root_.certificate()},
       {kStart, std::nullopt},
       ""});
  return root;
}

TlogEntry VirtualSigstore::log(const std::string& body,
                               const BundlePlan& plan) const {
  const bool v2 = plan.rekor_v2;
  const TestKey& key = v2 ? rekor_v2_ : rekor_v1_;
  const std::string name = host(v2 ? kRekorV2 : kRekorV1);
  Leaves leaves;
  for (std::uint64_t i = 0; i < plan.size; ++i)
    leaves.push_back(bytes_of("leaf " + std::to_string(i)));
  leaves.at(plan.index) = bytes_of(body);
  TlogEntry entry;
  entry.canonicalized_body = bytes_of(body);
  // Rekor v1 counts over all of its shards.
  entry.log_index = static_cast<std::int64_t>(plan.index) + (v2 ? 0 : 1000);
  entry.log_id = note_id(name, key, v2);
  entry.version = v2 ? "0.0.2" : "0.0.1";
  entry.kind = !v2 && !plan.statement.empty() ? "dsse" : "hashedrekord";
  InclusionProof proof;
  proof.log_index = static_cast<std::int64_t>(plan.index);
  proof.tree_size = static_cast<std::int64_t>(plan.size);
  proof.root_hash = tree_hash(leaves, 0, leaves.size());
  tree_path(leaves, 0, leaves.size(), plan.index, proof.hashes);
  proof.checkpoint = checkpoint(name, key, v2, plan.size, proof.root_hash);
  entry.inclusion_proof = std::move(proof);
  if (v2 || !plan.with_promise) return entry;
  entry.integrated_time = plan.signed_at.seconds;
  const std::string promised =
      R"({"body":")" + codec::base64(entry.canonicalized_body) +
      R"(","integratedTime":)" + std::to_string(entry.integrated_time) +
      R"(,"logID":")" + codec::hex(entry.log_id) + R"(","logIndex":)" +
      std::to_string(entry.log_index) + "}";
  entry.signed_entry_timestamp = key.sign(bytes_of(promised));
  return entry;
}

Bundle VirtualSigstore::finish(const TestKey& key, std::string_view message,
                               const std::string& verifier_v1,
                               const std::string& verifier_v2,
                               const BundlePlan& plan) const {
  constexpr const char* kType = "application/vnd.in-toto+json";
  const TestKey& hand = plan.hand != nullptr ? *plan.hand : key;
  Bundle bundle;
  Bytes signature;
  std::string body;
  if (plan.statement.empty()) {
    const Bytes digest = sha256_of(bytes_of(message));
    signature = hand.sign(bytes_of(message));
    body = plan.rekor_v2
               ? log_bodies::hashed_v2(digest, signature, verifier_v2)
               : log_bodies::message_v1(digest, signature, verifier_v1);
    bundle.content = sigstore::MessageSignature{"SHA2_256", digest, signature};
  } else {
    const Bytes encoded = envelope_encoding(kType, plan.statement);
    signature = hand.sign(encoded);
    body =
        plan.rekor_v2
            ? log_bodies::hashed_v2(sha256_of(encoded), signature, verifier_v2)
            : log_bodies::envelope_v1(bytes_of(plan.statement), signature,
                                      verifier_v1, sha256_of(signature));
    bundle.content =
        sigstore::DsseEnvelope{kType, bytes_of(plan.statement), signature, ""};
  }
  bundle.tlog_entries.push_back(log(body, plan));
  if (plan.with_timestamp || plan.rekor_v2) {
    TokenPlan token;
    token.time = plan.stamped_at;
    bundle.timestamps.push_back(
        time_stamp(plan.tsa != nullptr ? *plan.tsa : tsa_, signature, token));
  }
  return bundle;
}

Bundle VirtualSigstore::sign(std::string_view message,
                             const BundlePlan& plan) const {
  CertificatePlan wanted =
      plan.leaf ? *plan.leaf : signer_plan(san_email(kIdentity), kIssuer);
  wanted.scts = {{&ct_log_, wanted.not_before.seconds * 1000}};
  const TestCertificate leaf = (plan.issuer != nullptr ? *plan.issuer : fulcio_)
                                   .issue(wanted, TestKey::make("P-256"));
  Bundle bundle =
      finish(leaf.key(), message, codec::pem("CERTIFICATE", leaf.der()),
             R"("x509Certificate":{"rawBytes":")" + codec::base64(leaf.der()) +
                 R"("})",
             plan);
  bundle.material = sigstore::CertificateMaterial{leaf.der()};
  return bundle;
}

Bundle VirtualSigstore::sign_with(const TestKey& key, std::string_view message,
                                  const BundlePlan& plan) const {
  Bundle bundle = finish(
      key, message, codec::pem("PUBLIC KEY", key.spki()),
      R"("publicKey":{"rawBytes":")" + codec::base64(key.spki()) + R"("})",
      plan);
  bundle.material =
      sigstore::PublicKeyMaterial{codec::base64(sha256_of(key.spki())), {}};
  return bundle;
}
