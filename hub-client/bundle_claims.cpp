// SPDX-License-Identifier: Apache-2.0
#include "hub-client/bundle_claims.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/crypto/timestamp_token.h"
#include "core/manifest/signature_file.h"
#include "core/verify/certificate_profile.h"
#include "core/verify/key_method.h"
#include "hub-client/claims.h"

namespace sigstore::hub {
namespace {

constexpr std::array<std::string_view, 2> kModelPredicates = {
    "https://model_signing/signature/v1.0",
    "https://model_signing/Digests/v0.1"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string claimed_name(const Bytes& der) {
  const Result<Certificate> leaf = Certificate::from_der(der);
  if (!leaf.ok()) return "a certificate that cannot be read";
  const Result<Identity> identity = read_identity(*leaf);
  if (identity.ok())
    return concat(identity->name.value, " (", identity->issuer, ")");
  return "certificate " + leaf->subject();
}

std::string claimed_signer(const Bundle& bundle) {
  if (const auto* leaf = std::get_if<CertificateMaterial>(&bundle.material))
    return claimed_name(leaf->der);
  if (const auto* chain =
          std::get_if<CertificateChainMaterial>(&bundle.material))
    return claimed_name(chain->certificates.front());
  const std::string fingerprint = claimed_fingerprint(bundle);
  return fingerprint.empty() ? "a key without a name"
                             : "key " + fingerprint.substr(0, 16);
}

std::optional<Timestamp> claimed_time(const Bundle& bundle) {
  std::optional<Timestamp> first;
  const auto take = [&first](Timestamp time) {
    if (!first || time < *first) first = time;
  };
  // Up to the year 9999; more is nonsense.
  for (const TlogEntry& entry : bundle.tlog_entries)
    if (entry.integrated_time > 0 && entry.integrated_time < 253'402'300'800)
      take(Timestamp{entry.integrated_time});
  for (const Bytes& token : bundle.timestamps) {
    const Result<TimestampResponse> answer = TimestampResponse::from_der(token);
    if (answer.ok()) take(answer->claimed_time());
  }
  return first;
}

Result<void> add_subject(const Json& subject,
                         std::vector<ClaimedSubject>& subjects) {
  TRY_ASSIGN(const std::string name, optional_string(subject, "name"));
  TRY_ASSIGN(const Json* digest, object_member(subject, "digest"));
  if (digest->size() > limits::kSubjectDigests)
    return fail(ErrorKind::invalid_input, "a subject has too many digests");
  for (const auto& item : digest->items()) {
    if (!item.value().is_string())
      return fail(ErrorKind::invalid_input, "a subject's digest is no text");
    subjects.push_back(
        {name, item.key(), lower(item.value().get<std::string>())});
  }
  return {};
}

Result<void> read_statement(const DsseEnvelope& envelope,
                            BundleClaims& claims) {
  TRY_ASSIGN(const Json statement, parse_json(as_text(envelope.payload)));
  TRY_ASSIGN(const std::string_view type,
             string_member(statement, "predicateType"));
  claims.predicate_type = type;
  TRY_ASSIGN(const Json* subjects, array_member(statement, "subject"));
  // One a file in model-signing 0.2, which is about the whole model.
  claims.kind = std::find(kModelPredicates.begin(), kModelPredicates.end(),
                          type) != kModelPredicates.end()
                    ? BundleClaims::Kind::signature
                    : BundleClaims::Kind::attestation;
  if (claims.kind == BundleClaims::Kind::signature) return {};
  if (subjects->empty() || subjects->size() > limits::kSubjects)
    return fail(ErrorKind::invalid_input, "the statement has ",
                subjects->size(), " subjects");
  for (const Json& subject : *subjects)
    TRY(add_subject(subject, claims.subjects));
  return {};
}

}  // namespace

Result<BundleClaims> read_bundle_claims(const Bundle& bundle) {
  BundleClaims claims;
  claims.signer = claimed_signer(bundle);
  claims.time = claimed_time(bundle);
  if (const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content)) {
    TRY(read_statement(*envelope, claims).context("statement"));
    return claims;
  }
  claims.kind = BundleClaims::Kind::file_signature;
  const auto& message = std::get<MessageSignature>(bundle.content);
  if (message.digest_algorithm == "SHA2_256")
    claims.subjects.push_back({"", "sha256", to_hex(message.digest)});
  return claims;
}

std::string describe_kind(const BundleClaims& claims) {
  switch (claims.kind) {
    case BundleClaims::Kind::signature:
      return "OMS signature";
    case BundleClaims::Kind::attestation:
      return "attestation " + claims.predicate_type;
    case BundleClaims::Kind::file_signature:
      break;
  }
  return "signature of a file";
}

bool is_attachment_name(std::string_view path) {
  if (path == kSignatureName || path == kClaimsName) return true;
  constexpr std::array<std::string_view, 4> kEndings = {
      ".sigstore.json", ".sigstore.jsonl", ".sigstore", ".oms.sig"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view end) { return path.ends_with(end); });
}

bool has_lines(std::string_view path) { return path.ends_with(".jsonl"); }

}  // namespace sigstore::hub
