// SPDX-License-Identifier: Apache-2.0
#include "core/verify/verify_bundle.h"

#include <utility>
#include <variant>
#include <vector>

#include "core/base/encoding.h"
#include "core/bundle/dsse.h"
#include "core/verify/certificate_profile.h"
#include "core/verify/log_entries.h"
#include "core/verify/signed_subject.h"
#include "core/verify/signing_time.h"

namespace sigstore {
namespace {

using Verifier = std::variant<Certificate, VerificationKey>;

Error malformed(std::string_view what) {
  return fail(ErrorKind::invalid_input, what);
}

ByteView signature_of(const Bundle& bundle) {
  if (const auto* message = std::get_if<MessageSignature>(&bundle.content))
    return message->signature;
  return std::get<DsseEnvelope>(bundle.content).signature;
}

// --- (1) what is signed, and with what ------------------------------------

// A chain holds no anchors: who trusts a certificate has it already.
Result<void> check_no_root(const std::vector<Certificate>& chain) {
  for (const Certificate& certificate : chain)
    if (certificate.is_ca() && certificate.is_self_signed())
      return malformed("the bundle carries a root certificate");
  return {};
}

// Of a chain only the leaf counts (client-spec 4.3).
Result<Certificate> read_leaf(const Bundle& bundle) {
  if (const auto* one = std::get_if<CertificateMaterial>(&bundle.material))
    return Certificate::from_der(one->der);
  const auto& material = std::get<CertificateChainMaterial>(bundle.material);
  if (bundle.version == BundleVersion::v0_3)
    return malformed("a bundle of version 0.3 carries a certificate chain");
  std::vector<Certificate> chain;
  for (const Bytes& der : material.certificates) {
    TRY_ASSIGN(Certificate certificate, Certificate::from_der(der));
    chain.push_back(std::move(certificate));
  }
  TRY(check_no_root(chain));
  return std::move(chain.front());
}

// A hint is any text; the usual one is base64 of SHA-256 of the key.
Result<void> check_hint(const Bundle& bundle, const PublicKeyMaterial& material,
                        const VerificationKey& key) {
  const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  if (envelope != nullptr && !envelope->key_id.empty() &&
      !material.hint.empty() && envelope->key_id != material.hint)
    return malformed("hint and keyid name two keys");
  const Result<Bytes> hinted = from_base64(material.hint);
  const std::string own = to_base64(key.id().bytes);
  if (!hinted.ok() || hinted->size() != Sha256Digest::kSize ||
      material.hint == own)
    return {};
  return fail(ErrorKind::wrong_signer, "signed by the key with hint ",
              material.hint, ", expected ", own);
}

Result<Verifier> read_verifier(const Bundle& bundle, const Evidence& evidence) {
  const auto* material = std::get_if<PublicKeyMaterial>(&bundle.material);
  if (evidence.key && material == nullptr)
    return fail(ErrorKind::wrong_signer,
                "signed with a certificate, expected a key");
  if (!evidence.key && material != nullptr)
    return fail(ErrorKind::wrong_signer,
                "signed with a key, expected a certificate");
  if (evidence.key) {
    TRY(check_hint(bundle, *material, *evidence.key));
    return Verifier(*evidence.key);
  }
  TRY_ASSIGN(Certificate leaf, read_leaf(bundle));
  return Verifier(std::move(leaf));
}

Result<void> check_content_kind(const Bundle& bundle,
                                const SignedContent& content) {
  const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  if (envelope == nullptr && !content.artifact)
    return fail(ErrorKind::unsupported,
                "signs a file, not a statement (no DSSE envelope)");
  if (envelope != nullptr && envelope->payload_type != kInTotoPayloadType)
    return fail(ErrorKind::unsupported, "payload type '",
                envelope->payload_type, "' is not in-toto");
  return {};
}

Result<VerificationKey> key_of(const Verifier& verifier) {
  if (const auto* key = std::get_if<VerificationKey>(&verifier)) return *key;
  return std::get<Certificate>(verifier).key();
}

// --- (2), (3) logs and times ----------------------------------------------

using Logs = std::vector<const TransparencyLog*>;

Result<Logs> find_logs(const Bundle& bundle, const Evidence& evidence) {
  Logs logs;
  for (const TlogEntry& entry : bundle.tlog_entries) {
    TRY_ASSIGN(const TransparencyLog* log, find_log(entry, evidence.root));
    logs.push_back(log);
  }
  TRY(check_log_count(logs, evidence.logs));
  return logs;
}

Result<std::vector<SourcedTime>> collect_times(const Bundle& bundle,
                                               const Logs& logs,
                                               const Evidence& evidence) {
  std::vector<SourcedTime> times;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    TRY_ASSIGN(auto time, entry_time(bundle.tlog_entries[i], *logs[i]));
    if (time) times.push_back(std::move(*time));
  }
  for (const Bytes& token : bundle.timestamps) {
    TRY_ASSIGN(auto time,
               token_time(token, signature_of(bundle),
                          evidence.root.timestamp_authorities, evidence.known));
    if (time) times.push_back(std::move(*time));
  }
  TRY(check_times(times, evidence.times, evidence.now));
  return times;
}

std::string list_times(const std::vector<SourcedTime>& times) {
  std::string out;
  for (const SourcedTime& item : times)
    out += concat(out.empty() ? "" : ", ", item.time.time.to_rfc3339(), " by ",
                  item.time.source);
  return out;
}

// --- (4), (5) the certificate ----------------------------------------------

// Every time must fit: client-spec 4.3. The issuer is the same at each, since
// its key made the signature on the leaf.
Result<Certificate> check_path(const Certificate& leaf,
                               const std::vector<SourcedTime>& times,
                               const Evidence& evidence) {
  TRY(check_leaf_usage(leaf));
  std::optional<Certificate> issuer;
  for (const SourcedTime& item : times) {
    TRY_ASSIGN(issuer, find_issuer(leaf, evidence.root.certificate_authorities,
                                   item.time.time, evidence.known));
  }
  return *std::move(issuer);  // check_times: there is a time
}

Result<Signer> check_certificate(const Certificate& leaf,
                                 const std::vector<SourcedTime>& times,
                                 const Evidence& evidence, Trace& trace) {
  TRY_ASSIGN(const Certificate issuer,
             trace.step("the certificate has a trusted path at every time",
                        "client-spec 4.3, RFC 5280 6",
                        concat(leaf.subject(), " serial ", leaf.serial_hex(),
                               " by ", leaf.issuer()),
                        check_path(leaf, times, evidence)));
  TRY(trace.step("a certificate log promised to list the certificate",
                 "RFC 6962 3.2, 3.3", issuer.subject(),
                 check_scts(leaf, issuer, evidence.root.ctlogs)));
  TRY_ASSIGN(Identity identity,
             trace.step("the certificate names one identity and its issuer",
                        "fulcio oid-info.md", "", read_identity(leaf)));
  return Signer(std::move(identity));
}

// --- (6) log entries --------------------------------------------------------

LoggedSignature expected_entry(const Bundle& bundle, const Verifier& verifier,
                               const SignedContent& content) {
  LoggedSignature expected{signature_of(bundle),
                           verifier,
                           std::get_if<DsseEnvelope>(&bundle.content),
                           {}};
  if (content.artifact) expected.artifact = *content.artifact;
  return expected;
}

// --- (7), (8) signature and content ----------------------------------------

// P-384 and P-521 keys signed with SHA-256 for a while; the log then says so
// (sigstore algorithm registry, key details 19 and 20).
Result<SignatureHash> message_hash(const Bundle& bundle,
                                   const VerificationKey& key) {
  for (const TlogEntry& entry : bundle.tlog_entries) {
    TRY_ASSIGN(const std::optional<SignatureHash> hash, logged_hash(entry));
    if (hash) return *hash;
  }
  return registry_hash(key.algorithm());
}

Result<void> check_message(const MessageSignature& message,
                           const SignedContent& content,
                           const VerificationKey& key, SignatureHash hash) {
  if (content.bytes) return key.verify(*content.bytes, message.signature, hash);
  const ByteView digest = content.artifact->of(hash);
  if (digest.empty() || key.algorithm() == KeyAlgorithm::ed25519)
    return fail(ErrorKind::incomplete,
                "a digest is not enough for this signature, give the file");
  return key.verify_digest(digest, message.signature, hash);
}

Result<void> check_signature(const Bundle& bundle, const SignedContent& content,
                             const VerificationKey& key) {
  if (const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content))
    return key.verify(
        pre_authentication_encoding(envelope->payload_type, envelope->payload),
        envelope->signature, registry_hash(key.algorithm()));
  TRY_ASSIGN(const SignatureHash hash, message_hash(bundle, key));
  return check_message(std::get<MessageSignature>(bundle.content), content, key,
                       hash);
}

Result<void> check_content(const Bundle& bundle,
                           const ArtifactDigests& artifact) {
  if (const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content))
    return check_subject(envelope->payload, artifact);
  return check_message_digest(std::get<MessageSignature>(bundle.content),
                              artifact);
}

Bytes payload_of(const Bundle& bundle) {
  const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content);
  return envelope == nullptr ? Bytes() : envelope->payload;
}

}  // namespace

// (1) The bundle is of the kind that is asked for.
// (2) Every log entry is of a trusted log, and there are enough logs.
// (3) Trusted times: signed entry timestamps, RFC 3161 tokens.
// (4) The certificate's path at every one of them, and (5) its timestamps.
// (6) Every entry is in its log, and about this bundle.
// (7) The signature is by the key over the content.
// (8) The content is what the caller holds.
Result<VerifiedBundle> verify_bundle(const Bundle& bundle,
                                     const SignedContent& content,
                                     const Evidence& evidence, Trace& trace) {
  TRY_ASSIGN(const Verifier verifier,  // (1)
             trace.step("the bundle is by what was asked for",
                        "client-spec 4.1, protobuf-specs bundle",
                        bundle.media_type, read_verifier(bundle, evidence)));
  TRY(trace.step("the content is a file's or a statement's", "client-spec 4.5",
                 "", check_content_kind(bundle, content)));
  TRY_ASSIGN(const VerificationKey key, key_of(verifier));
  TRY_ASSIGN(const Logs logs,  // (2)
             trace.step("every entry is of a trusted log", "client-spec 4.4",
                        concat(bundle.tlog_entries.size(), " entries"),
                        find_logs(bundle, evidence)));
  Result<std::vector<SourcedTime>> collected =
      collect_times(bundle, logs, evidence);
  const std::string found = collected.ok() ? list_times(*collected) : "";
  TRY_ASSIGN(const std::vector<SourcedTime> times,  // (3)
             trace.step("the time of signing is proven", "client-spec 4.2",
                        found, std::move(collected)));
  Signer signer = key;
  if (const auto* leaf = std::get_if<Certificate>(&verifier)) {
    TRY_ASSIGN(signer,  // (4), (5)
               check_certificate(*leaf, times, evidence, trace));
  }
  const LoggedSignature expected = expected_entry(bundle, verifier, content);
  for (std::size_t i = 0; i < logs.size(); ++i)  // (6)
    TRY(trace.step(
        "the log has this signature, key and content",
        "RFC 6962 2.1.1, C2SP tlog-checkpoint, client-spec 4.4",
        concat(logs[i]->base_url, " entry ", bundle.tlog_entries[i].log_index),
        check_log_entry(bundle.tlog_entries[i], *logs[i], expected)));
  TRY(trace.step("the signature fits the content", "client-spec 4.5",  // (7)
                 describe_signer(signer),
                 check_signature(bundle, content, key)));
  if (content.artifact)  // (8)
    TRY(trace.step("the file is what was signed", "client-spec 4.5", "",
                   check_content(bundle, *content.artifact)));
  VerifiedBundle verified(std::move(signer), payload_of(bundle), false);
  for (const SourcedTime& item : times) verified.times_.push_back(item.time);
  for (std::size_t i = 0; i < logs.size(); ++i)
    verified.log_entries_.push_back(
        {logs[i]->base_url, bundle.tlog_entries[i].log_index});
  return verified;
}

}  // namespace sigstore
