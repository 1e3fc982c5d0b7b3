// SPDX-License-Identifier: Apache-2.0
#include "core/sign/rekor.h"

#include <chrono>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/bundle/bundle_json.h"
#include "core/bundle/dsse.h"
#include "core/http/url.h"
#include "core/sign/service_answer.h"
#include "core/verify/log_entries.h"
#include "core/verify/signing_time.h"

namespace sigstore {
namespace {

constexpr const char* kRole = "transparency log";
constexpr const char* kPathV1 = "api/v1/log/entries";
constexpr const char* kPathV2 = "api/v2/log/entries";
// A log answers when a checkpoint, perhaps witnessed, covers the entry.
constexpr std::chrono::seconds kTimeout{60};

Result<VerificationKey> key_of(const LoggedSignature& signature) {
  if (const auto* key = std::get_if<VerificationKey>(&signature.verifier))
    return *key;
  return std::get<Certificate>(signature.verifier).key();
}

std::string verifier_pem(const LoggedSignature& signature) {
  if (const auto* key = std::get_if<VerificationKey>(&signature.verifier))
    return key->pem();
  return std::get<Certificate>(signature.verifier).pem();
}

std::string envelope_json(const DsseEnvelope& envelope) {
  return Json{
      {"payload", to_base64(envelope.payload)},
      {"payloadType", envelope.payload_type},
      {"signatures", Json::array({{{"sig", to_base64(envelope.signature)},
                                   {"keyid", envelope.key_id}}})}}
      .dump();
}

std::string body_v1(const LoggedSignature& signature) {
  const std::string pem = verifier_pem(signature);
  if (signature.envelope == nullptr)
    return hashedrekord_body_v1(SignatureHash::sha256,
                                signature.artifact.sha256, signature.signature,
                                pem);
  return Json{{"apiVersion", "0.0.1"},
              {"kind", "dsse"},
              {"spec",
               {{"proposedContent",
                 {{"envelope", envelope_json(*signature.envelope)},
                  {"verifiers", Json::array({to_base64(as_bytes(pem))})}}}}}}
      .dump();
}

std::string_view key_details(KeyAlgorithm algorithm) {
  switch (algorithm) {
    case KeyAlgorithm::p256:
      return "PKIX_ECDSA_P256_SHA_256";
    case KeyAlgorithm::p384:
      return "PKIX_ECDSA_P384_SHA_384";
    case KeyAlgorithm::p521:
      return "PKIX_ECDSA_P521_SHA_512";
    default:
      return {};
  }
}

Result<std::string> body_v2(const LoggedSignature& signature) {
  TRY_ASSIGN(const VerificationKey key, key_of(signature));
  const std::string_view details = key_details(key.algorithm());
  if (details.empty())
    return fail(ErrorKind::unsupported,
                "a transparency log of version 2 takes ECDSA keys only");
  const SignatureHash hash = registry_hash(key.algorithm());
  const Bytes digest =
      signature.envelope == nullptr
          ? Bytes(signature.artifact.of(hash).begin(),
                  signature.artifact.of(hash).end())
          : hash_bytes(hash, pre_authentication_encoding(
                                 signature.envelope->payload_type,
                                 signature.envelope->payload));
  Json verifier = {{"keyDetails", details}};
  if (const auto* leaf = std::get_if<Certificate>(&signature.verifier))
    verifier["x509Certificate"] = {{"rawBytes", to_base64(leaf->der())}};
  else
    verifier["publicKey"] = {{"rawBytes", to_base64(key.spki())}};
  return Json{{"hashedRekordRequestV002",
               {{"digest", to_base64(digest)},
                {"signature",
                 {{"content", to_base64(signature.signature)},
                  {"verifier", std::move(verifier)}}}}}}
      .dump();
}

http::Request make_request(http::Method method, std::string url) {
  http::Request request;
  request.method = method;
  request.url = std::move(url);
  request.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/json"}};
  request.answer_limit = limits::kLogAnswer;
  request.total_timeout = kTimeout;
  // The log keeps one entry of two that are alike.
  request.repeatable = true;
  return request;
}

Result<Bytes> hex_member(const Json& object, std::string_view name) {
  TRY_ASSIGN(const std::string_view text, string_member(object, name));
  std::optional<Bytes> bytes = from_hex(text);
  if (!bytes || bytes->size() != Sha256Digest::kSize)
    return fail(ErrorKind::invalid_input, name, " is no SHA-256");
  return *std::move(bytes);
}

Result<InclusionProof> parse_proof_v1(const Json& object) {
  InclusionProof proof;
  TRY_ASSIGN(proof.log_index, int64_member(object, "logIndex"));
  TRY_ASSIGN(proof.tree_size, int64_member(object, "treeSize"));
  TRY_ASSIGN(proof.root_hash, hex_member(object, "rootHash"));
  TRY_ASSIGN(proof.checkpoint, optional_string(object, "checkpoint"));
  TRY_ASSIGN(const Json* hashes, optional_array(object, "hashes"));
  if (hashes->size() > 64)
    return fail(ErrorKind::invalid_input, "too many hashes");
  for (const Json& hash : *hashes) {
    const std::optional<Bytes> bytes =
        hash.is_string() ? from_hex(hash.get_ref<const std::string&>())
                         : std::nullopt;
    if (!bytes || bytes->size() != Sha256Digest::kSize)
      return fail(ErrorKind::invalid_input, "a hash is no SHA-256");
    proof.hashes.push_back(*bytes);
  }
  return proof;
}

Result<TlogEntry> parse_record_v1(const Json& record) {
  TlogEntry entry;
  TRY_ASSIGN(entry.canonicalized_body, bytes_member(record, "body"));
  TRY_ASSIGN(entry.integrated_time, int64_member(record, "integratedTime"));
  TRY_ASSIGN(entry.log_id, hex_member(record, "logID"));
  TRY_ASSIGN(entry.log_index, int64_member(record, "logIndex"));
  TRY_ASSIGN(const Json* verification, object_member(record, "verification"));
  TRY_ASSIGN(entry.signed_entry_timestamp,
             bytes_member(*verification, "signedEntryTimestamp"));
  TRY_ASSIGN(const Json* proof, object_member(*verification, "inclusionProof"));
  TRY_ASSIGN(entry.inclusion_proof, parse_proof_v1(*proof));
  TRY_ASSIGN(const Json body, parse_json(as_text(entry.canonicalized_body)));
  TRY_ASSIGN(const std::string_view kind, string_member(body, "kind"));
  TRY_ASSIGN(const std::string_view version, string_member(body, "apiVersion"));
  entry.kind = kind;
  entry.version = version;
  return entry;
}

// An entry id: a UUID in hexadecimal, perhaps with the tree's in front.
bool is_entry_id(std::string_view text) {
  return (text.size() == 64 || text.size() == 80) && from_hex(text).has_value();
}

// Of the place where the log says that it has the entry only the entry's id
// is taken: the log is asked, and nobody else.
Result<http::Request> known_entry_request(const Service& service,
                                          const http::Response& answer) {
  const std::string_view location = answer.header("Location");
  const std::string_view id = location.substr(location.rfind('/') + 1);
  if (service.api_version == 1 && is_entry_id(id))
    return make_request(http::Method::get,
                        http::join_url(service.url, concat(kPathV1, "/", id)));
  return fail(ErrorKind::network, name_service(kRole, service),
              " has this entry already, and does not say where: sign again");
}

Result<void> check_entry(const TlogEntry& entry,
                         const LoggedSignature& signature,
                         const TrustedRoot& root) {
  TRY_ASSIGN(const TransparencyLog* log, find_log(entry, root));
  TRY(entry_time(entry, *log));
  return check_log_entry(entry, *log, signature);
}

}  // namespace

Result<TlogEntry> parse_entry_v1(ByteView json) {
  TRY_ASSIGN(const Json root, parse_json(as_text(json)));
  if (!root.is_object() || root.size() != 1)
    return fail(ErrorKind::invalid_input, "not exactly one entry");
  return parse_record_v1(root.front());
}

Result<http::Request> log_request(const Service& service,
                                  const LoggedSignature& signature) {
  const bool v2 = service.api_version == 2;
  http::Request request = make_request(
      http::Method::post, http::join_url(service.url, v2 ? kPathV2 : kPathV1));
  if (v2) {
    TRY_ASSIGN(const std::string body, body_v2(signature));
    request.body = to_bytes(body);
  } else {
    request.body = to_bytes(body_v1(signature));
  }
  if (request.body.size() > limits::kLogRequest)
    return fail(ErrorKind::unsupported, "the statement is too large for ",
                name_service(kRole, service),
                ": use a log of version 2, or sign with a key");
  return request;
}

Result<std::variant<TlogEntry, http::Request>> read_log_answer(
    const Service& service, const http::Response& answer,
    const LoggedSignature& signature, const TrustedRoot& root) {
  using Next = std::variant<TlogEntry, http::Request>;
  if (answer.status == 409) {
    TRY_ASSIGN(http::Request request, known_entry_request(service, answer));
    return Next(std::move(request));
  }
  if (answer.status != 200 && answer.status != 201)
    return refused_by(kRole, service, answer);
  Result<TlogEntry> entry = service.api_version == 2
                                ? parse_log_entry(answer.body)
                                : parse_entry_v1(answer.body);
  if (!entry.ok())
    return fail(ErrorKind::network, name_service(kRole, service),
                " does not answer in its protocol: ", entry.error().message);
  TRY(check_entry(*entry, signature, root)
          .context(concat(name_service(kRole, service), " gave a bad entry")));
  return Next(std::move(*entry));
}

}  // namespace sigstore
