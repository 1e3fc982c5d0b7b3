// SPDX-License-Identifier: Apache-2.0

// The cases of the public Sigstore conformance suite, by path and by digest;
// see tests/support/vectors.h for where they lie.

#include <map>
#include <optional>
#include <string>

#include "core/bundle/bundle_json.h"
#include "core/policy/signer_rule.h"
#include "core/verify/verify_bundle.h"
#include "tests/core/refuses.h"
#include "tests/support/sigstore_vectors.h"
#include "tests/support/vectors.h"

using sigstore::ArtifactDigests;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::Evidence;
using sigstore::Result;
using sigstore::SignatureHash;
using sigstore::Timestamp;
using sigstore::Trace;
using sigstore::TrustedRoot;
using sigstore::VerificationKey;
using sigstore::VerifiedBundle;

namespace {

// Within the life of everything that is not meant to have expired.
constexpr Timestamp kNow{1787659200};  // 2026-08-25T00:00:00Z

struct Reason {
  ErrorKind kind;
  const char* phrase;
};

// Why each case must be refused: the check that it is about, and no other.
const std::map<std::string, Reason>& reasons() {
  using enum ErrorKind;
  static const std::map<std::string, Reason> kReasons = {
      {"bundle-empty-certificate-chain_fail",
       {invalid_input, "empty certificate chain"}},
      {"bundle-invalid-base64-signature_fail", {invalid_input, "base64"}},
      {"bundle-negative-log-index_fail", {invalid_input, "logIndex"}},
      {"bundle-with-root-cert_fail", {invalid_input, "root certificate"}},
      {"checkpoint-wrong-roothash_fail", {bad_evidence, "checkpoint"}},
      {"dsse-mismatch-envelope_fail", {bad_evidence, "payload"}},
      {"inclusion-proof-corrupted-hash_fail",
       {bad_evidence, "the entry is not in the tree"}},
      {"integrated-time-in-future_fail", {bad_evidence, "no trusted path at"}},
      {"intoto-log-entry-mismatch_fail", {bad_evidence, "body: sig"}},
      {"intoto-set-outside-signing-cert-validity_fail",
       {bad_evidence, "no trusted path at"}},
      {"invalid-checkpoint-signature_fail", {bad_evidence, "checkpoint"}},
      {"invalid-inclusion-proof_fail", {bad_evidence, "checkpoint"}},
      {"managed-key-wrong-key_fail", {invalid_input, "PUBLIC KEY"}},
      {"rekor2-checkpoint-missing-log-signature_fail",
       {bad_evidence, "checkpoint"}},
      {"rekor2-checkpoint-missing-root-hash_fail",
       {bad_evidence, "checkpoint"}},
      {"rekor2-checkpoint-no-matching-signature_fail",
       {bad_evidence, "checkpoint"}},
      {"rekor2-dsse-mismatch-envelope_fail",
       {bad_evidence, "about something else"}},
      {"rekor2-no-inclusion-proof_fail", {bad_evidence, "inclusion proof"}},
      {"rekor2-timestamp-outside-trust-root-tsa-validity_fail",
       {bad_evidence, "outside of the validity"}},
      {"rekor2-timestamp-payload-mismatch_fail", {bad_evidence, "imprint"}},
      {"rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail",
       {bad_evidence, "no trusted time"}},
      {"set-invalid-signature_fail",
       {bad_evidence, "inclusion promise: not signed by"}},
      {"trust-root-tlog-missing-validity-start_fail",
       {invalid_input, "validFor"}},
      {"wrong-hashedrekord-cert-and-sig_fail",
       {bad_evidence, "about something else"}},
      {"wrong-material_fail", {bad_evidence, "about something else"}},
  };
  return kReasons;
}

Result<VerifiedBundle> verify_case(const CaseFiles& one, bool by_digest,
                                   Trace& trace, bool is_pattern = false) {
  Result<TrustedRoot> root =
      sigstore::parse_trusted_root(read_vector(one.trusted_root));
  if (!root.ok()) return std::move(root).error();
  std::optional<VerificationKey> key;
  if (one.key) {
    TRY_ASSIGN(key, VerificationKey::from_pem(as_text(read_vector(*one.key))));
  }
  TRY_ASSIGN(const sigstore::Bundle bundle,
             sigstore::parse_bundle(read_vector(one.bundle)));
  const Bytes content = read_vector(one.artifact);
  sigstore::SignedContent held;
  held.artifact.emplace();
  held.artifact->sha256 = hash_bytes(SignatureHash::sha256, content);
  if (!by_digest) {
    held.artifact->sha384 = hash_bytes(SignatureHash::sha384, content);
    held.artifact->sha512 = hash_bytes(SignatureHash::sha512, content);
    held.bytes = content;
  }
  TRY_ASSIGN(VerifiedBundle verified,
             verify_bundle(bundle, held, Evidence{*root, kNow, std::move(key)},
                           trace));
  if (const auto* identity =
          std::get_if<sigstore::Identity>(&verified.signer()))
    TRY(check_signer(*identity,
                     std::vector<sigstore::SignerRule>{
                         {one.identity, is_pattern, one.issuer, {}}}));
  return verified;
}

}  // namespace

TEST_CASE("the conformance suite's cases get their verdicts", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (const CaseFiles& one : list_cases(*vectors)) {
    for (const bool by_digest : {false, true}) {
      CAPTURE(one.name, by_digest);
      Trace trace;
      const auto verified = verify_case(one, by_digest, trace);
      if (one.passes) {
        CHECK(works(verified));
        continue;
      }
      const auto reason = reasons().find(one.name);
      REQUIRE(reason != reasons().end());
      CHECK(refuses(verified, reason->second.kind, reason->second.phrase));
    }
  }
}

TEST_CASE("another file fits none of the bundles", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (CaseFiles one : list_cases(*vectors)) {
    if (!one.passes) continue;
    CAPTURE(one.name);
    one.artifact = *vectors / "sigstore/cases.json";
    Trace trace;
    CHECK_FALSE(verify_case(one, false, trace).ok());
  }
}

TEST_CASE("another identity fits none of the bundles", "[vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  for (CaseFiles one : list_cases(*vectors)) {
    if (!one.passes || one.key) continue;
    CAPTURE(one.name);
    Trace trace;
    one.identity.pop_back();
    CHECK(refuses(verify_case(one, false, trace), ErrorKind::wrong_signer,
                  "expected"));
    one.identity = "https://github.com/*";
    CHECK(refuses(verify_case(one, false, trace), ErrorKind::wrong_signer,
                  "expected"));
    one.identity = "https://github.com/**";
    CHECK(works(verify_case(one, false, trace, true)));
    one.issuer += "/";
    CHECK(refuses(verify_case(one, false, trace, true), ErrorKind::wrong_signer,
                  "issuer"));
  }
}
