// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/bundle_json.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

constexpr std::size_t kHashSize = 32;

Error invalid(std::string_view what) {
  return fail(ErrorKind::invalid_input, what);
}

Result<BundleVersion> parse_media_type(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, BundleVersion>, 4> kKnown{{
      {"application/vnd.dev.sigstore.bundle+json;version=0.1",
       BundleVersion::v0_1},
      {"application/vnd.dev.sigstore.bundle+json;version=0.2",
       BundleVersion::v0_2},
      {"application/vnd.dev.sigstore.bundle+json;version=0.3",
       BundleVersion::v0_3},
      {kBundleMediaType, BundleVersion::v0_3},
  }};
  const auto known =
      std::find_if(kKnown.begin(), kKnown.end(),
                   [&](const auto& row) { return row.first == type; });
  if (known == kKnown.end())
    return fail(ErrorKind::unsupported, "bundle media type '", type, "'");
  return known->second;
}

Result<Bytes> hash_member(const Json& object, std::string_view name) {
  TRY_ASSIGN(Bytes hash, bytes_member(object, name));
  if (hash.size() != kHashSize)
    return invalid(concat(name, " has no 32 bytes"));
  return hash;
}

Result<PublicKeyMaterial> parse_public_key(const Json& object) {
  PublicKeyMaterial key;
  TRY_ASSIGN(key.hint, optional_string(object, "hint"));
  if (key.hint.size() > limits::kKeyHint) return invalid("hint is too long");
  TRY_ASSIGN(key.raw_bytes, optional_bytes(object, "rawBytes"));
  // The OMS bundle schema demands one of them; Sigstore allows neither, and
  // the key then comes from the verifier alone.
  return key;
}

Result<CertificateMaterial> parse_certificate(const Json& object) {
  TRY_ASSIGN(Bytes der, bytes_member(object, "rawBytes"));
  if (der.empty()) return invalid("empty certificate");
  return CertificateMaterial{std::move(der)};
}

Result<CertificateChainMaterial> parse_chain(const Json& object) {
  CertificateChainMaterial chain;
  TRY_ASSIGN(const Json* list, array_member(object, "certificates"));
  if (list->empty()) return invalid("empty certificate chain");
  if (list->size() > limits::kChainCertificates)
    return invalid("too many certificates in the chain");
  for (const Json& item : *list) {
    TRY_ASSIGN(CertificateMaterial certificate, parse_certificate(item));
    chain.certificates.push_back(std::move(certificate.der));
  }
  return chain;
}

Result<void> parse_key_material(const Json& material, Bundle& bundle) {
  const bool has_key = find_member(material, "publicKey") != nullptr;
  const bool has_leaf = find_member(material, "certificate") != nullptr;
  const bool has_chain =
      find_member(material, "x509CertificateChain") != nullptr;
  if (int{has_key} + int{has_leaf} + int{has_chain} != 1)
    return invalid(
        "needs exactly one of publicKey, certificate, x509CertificateChain");
  if (has_key) {
    TRY_ASSIGN(const Json* object, object_member(material, "publicKey"));
    TRY_ASSIGN(bundle.material, parse_public_key(*object));
  } else if (has_leaf) {
    TRY_ASSIGN(const Json* object, object_member(material, "certificate"));
    TRY_ASSIGN(bundle.material, parse_certificate(*object));
  } else {
    TRY_ASSIGN(const Json* object,
               object_member(material, "x509CertificateChain"));
    TRY_ASSIGN(bundle.material, parse_chain(*object));
  }
  return {};
}

Result<InclusionProof> parse_inclusion_proof(const Json& object) {
  InclusionProof proof;
  TRY_ASSIGN(proof.log_index, int64_member(object, "logIndex"));
  TRY_ASSIGN(proof.tree_size, int64_member(object, "treeSize"));
  if (proof.log_index >= proof.tree_size)
    return invalid("logIndex is outside of the tree");
  TRY_ASSIGN(proof.root_hash, hash_member(object, "rootHash"));
  TRY_ASSIGN(const Json* hashes, optional_array(object, "hashes"));
  if (hashes->size() > 64) return invalid("too many hashes");
  for (const Json& hash : *hashes) {
    if (!hash.is_string()) return invalid("hash is not a string");
    TRY_ASSIGN(Bytes bytes, from_base64(hash.get_ref<const std::string&>()));
    if (bytes.size() != kHashSize) return invalid("hash has no 32 bytes");
    proof.hashes.push_back(std::move(bytes));
  }
  if (find_member(object, "checkpoint") != nullptr) {
    TRY_ASSIGN(const Json* checkpoint, object_member(object, "checkpoint"));
    TRY_ASSIGN(proof.checkpoint, optional_string(*checkpoint, "envelope"));
  }
  return proof;
}

Result<TlogEntry> parse_tlog_entry(const Json& object) {
  if (!object.is_object()) return invalid("not an object");
  TlogEntry entry;
  TRY_ASSIGN(entry.log_index, int64_member(object, "logIndex"));
  TRY_ASSIGN(const Json* log_id, object_member(object, "logId"));
  TRY_ASSIGN(entry.log_id, hash_member(*log_id, "keyId"));
  TRY_ASSIGN(const Json* kind, object_member(object, "kindVersion"));
  TRY_ASSIGN(const std::string_view kind_name, string_member(*kind, "kind"));
  TRY_ASSIGN(const std::string_view version, string_member(*kind, "version"));
  entry.kind = kind_name;
  entry.version = version;
  TRY_ASSIGN(entry.integrated_time, int64_member(object, "integratedTime"));
  if (find_member(object, "inclusionPromise") != nullptr) {
    TRY_ASSIGN(const Json* promise, object_member(object, "inclusionPromise"));
    TRY_ASSIGN(entry.signed_entry_timestamp,
               bytes_member(*promise, "signedEntryTimestamp"));
  }
  if (find_member(object, "inclusionProof") != nullptr) {
    TRY_ASSIGN(const Json* proof, object_member(object, "inclusionProof"));
    Result<InclusionProof> parsed = parse_inclusion_proof(*proof);
    TRY_ASSIGN(entry.inclusion_proof,
               std::move(parsed).context("inclusionProof"));
  }
  TRY_ASSIGN(entry.canonicalized_body,
             bytes_member(object, "canonicalizedBody"));
  return entry;
}

Result<void> parse_tlog_entries(const Json& material, Bundle& bundle) {
  TRY_ASSIGN(const Json* list, optional_array(material, "tlogEntries"));
  if (list->size() > limits::kTlogEntries) return invalid("too many entries");
  for (const Json& item : *list) {
    Result<TlogEntry> parsed = parse_tlog_entry(item);
    TRY_ASSIGN(TlogEntry entry,
               std::move(parsed).context(
                   concat("tlogEntries[", bundle.tlog_entries.size(), "]")));
    const bool repeated =
        std::any_of(bundle.tlog_entries.begin(), bundle.tlog_entries.end(),
                    [&](const TlogEntry& other) {
                      return other.log_id == entry.log_id &&
                             other.log_index == entry.log_index;
                    });
    if (repeated) return invalid("the same log entry twice");
    bundle.tlog_entries.push_back(std::move(entry));
  }
  const bool keyless =
      std::holds_alternative<CertificateMaterial>(bundle.material);
  // OMS bundle schema: `certificate` goes with `tlogEntries`.
  if (keyless && bundle.tlog_entries.empty())
    return invalid("a certificate needs at least one tlogEntries item");
  return {};
}

Result<void> parse_timestamps(const Json& material, Bundle& bundle) {
  if (find_member(material, "timestampVerificationData") == nullptr) return {};
  TRY_ASSIGN(const Json* data,
             object_member(material, "timestampVerificationData"));
  TRY_ASSIGN(const Json* list, optional_array(*data, "rfc3161Timestamps"));
  if (list->size() > limits::kTimestamps) return invalid("too many timestamps");
  for (const Json& item : *list) {
    TRY_ASSIGN(Bytes token, bytes_member(item, "signedTimestamp"));
    if (std::find(bundle.timestamps.begin(), bundle.timestamps.end(), token) !=
        bundle.timestamps.end())
      return invalid("the same timestamp twice");
    bundle.timestamps.push_back(std::move(token));
  }
  return {};
}

Result<DsseEnvelope> parse_envelope(const Json& object) {
  DsseEnvelope envelope;
  TRY_ASSIGN(const std::string_view type, string_member(object, "payloadType"));
  envelope.payload_type = type;
  TRY_ASSIGN(envelope.payload, bytes_member(object, "payload"));
  TRY_ASSIGN(const Json* signatures, array_member(object, "signatures"));
  if (signatures->size() != 1) return invalid("needs exactly one signature");
  const Json& signature = (*signatures)[0];
  TRY_ASSIGN(envelope.signature, bytes_member(signature, "sig"));
  if (envelope.signature.empty()) return invalid("empty signature");
  TRY_ASSIGN(envelope.key_id, optional_string(signature, "keyid"));
  return envelope;
}

Result<MessageSignature> parse_message_signature(const Json& object) {
  MessageSignature message;
  if (find_member(object, "messageDigest") != nullptr) {
    TRY_ASSIGN(const Json* digest, object_member(object, "messageDigest"));
    TRY_ASSIGN(message.digest_algorithm, optional_string(*digest, "algorithm"));
    TRY_ASSIGN(message.digest, bytes_member(*digest, "digest"));
  }
  TRY_ASSIGN(message.signature, bytes_member(object, "signature"));
  if (message.signature.empty()) return invalid("empty signature");
  return message;
}

Result<void> parse_content(const Json& root, Bundle& bundle) {
  const bool has_envelope = find_member(root, "dsseEnvelope") != nullptr;
  const bool has_message = find_member(root, "messageSignature") != nullptr;
  if (has_envelope == has_message)
    return invalid("needs exactly one of dsseEnvelope, messageSignature");
  if (has_envelope) {
    TRY_ASSIGN(const Json* object, object_member(root, "dsseEnvelope"));
    Result<DsseEnvelope> parsed = parse_envelope(*object);
    TRY_ASSIGN(bundle.content, std::move(parsed).context("dsseEnvelope"));
  } else {
    TRY_ASSIGN(const Json* object, object_member(root, "messageSignature"));
    Result<MessageSignature> parsed = parse_message_signature(*object);
    TRY_ASSIGN(bundle.content, std::move(parsed).context("messageSignature"));
  }
  return {};
}

Result<Bundle> parse_root(const Json& root) {
  if (!root.is_object()) return invalid("not a JSON object");
  Bundle bundle;
  TRY_ASSIGN(const std::string_view type, string_member(root, "mediaType"));
  bundle.media_type = type;
  TRY_ASSIGN(bundle.version, parse_media_type(type));
  TRY_ASSIGN(const Json* material, object_member(root, "verificationMaterial"));
  TRY(parse_key_material(*material, bundle).context("verificationMaterial"));
  TRY(parse_tlog_entries(*material, bundle).context("verificationMaterial"));
  TRY(parse_timestamps(*material, bundle).context("verificationMaterial"));
  TRY(parse_content(root, bundle));
  return bundle;
}

std::string quoted_base64(ByteView bytes) {
  return concat("\"", to_base64(bytes), "\"");
}

// A chain is written too, as OMS has it.
Result<std::string> write_material(const Bundle& bundle) {
  if (const auto* key = std::get_if<PublicKeyMaterial>(&bundle.material)) {
    std::string raw_bytes;
    if (!key->raw_bytes.empty())
      raw_bytes = concat(",\"rawBytes\":", quoted_base64(key->raw_bytes));
    return concat("\"publicKey\":{\"hint\":", json_quote(key->hint), raw_bytes,
                  "}");
  }
  if (const auto* leaf = std::get_if<CertificateMaterial>(&bundle.material)) {
    if (bundle.tlog_entries.empty())
      return fail(ErrorKind::internal, "a certificate without a log entry");
    return concat("\"certificate\":{\"rawBytes\":", quoted_base64(leaf->der),
                  "}");
  }
  std::string list;
  for (const Bytes& der :
       std::get<CertificateChainMaterial>(bundle.material).certificates)
    list += concat(list.empty() ? "" : ",",
                   "{\"rawBytes\":", quoted_base64(der), "}");
  return concat("\"x509CertificateChain\":{\"certificates\":[", list, "]}");
}

// 64-bit numbers are strings in protobuf JSON.
std::string write_entry(const TlogEntry& entry) {
  Json value = {
      {"logIndex", std::to_string(entry.log_index)},
      {"logId", {{"keyId", to_base64(entry.log_id)}}},
      {"kindVersion", {{"kind", entry.kind}, {"version", entry.version}}},
      {"integratedTime", std::to_string(entry.integrated_time)},
      {"canonicalizedBody", to_base64(entry.canonicalized_body)}};
  if (!entry.signed_entry_timestamp.empty())
    value["inclusionPromise"] = {
        {"signedEntryTimestamp", to_base64(entry.signed_entry_timestamp)}};
  if (entry.inclusion_proof) {
    const InclusionProof& proof = *entry.inclusion_proof;
    Json hashes = Json::array();
    for (const Bytes& hash : proof.hashes) hashes.push_back(to_base64(hash));
    value["inclusionProof"] = {
        {"logIndex", std::to_string(proof.log_index)},
        {"rootHash", to_base64(proof.root_hash)},
        {"treeSize", std::to_string(proof.tree_size)},
        {"hashes", std::move(hashes)},
        {"checkpoint", {{"envelope", proof.checkpoint}}}};
  }
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string write_entries(const std::vector<TlogEntry>& entries) {
  std::string list;
  for (const TlogEntry& entry : entries)
    list += (list.empty() ? "" : ",") + write_entry(entry);
  return concat("[", list, "]");
}

// The member is left out where there are none, as OMS writes it.
std::string write_timestamps(const std::vector<Bytes>& timestamps) {
  if (timestamps.empty()) return {};
  std::string list;
  for (const Bytes& token : timestamps)
    list += concat(list.empty() ? "" : ",",
                   "{\"signedTimestamp\":", quoted_base64(token), "}");
  return concat(",\"timestampVerificationData\":{\"rfc3161Timestamps\":[", list,
                "]}");
}

std::string write_content(const Bundle& bundle) {
  if (const auto* envelope = std::get_if<DsseEnvelope>(&bundle.content))
    return concat(
        "\"dsseEnvelope\":{\"payload\":", quoted_base64(envelope->payload),
        ",\"payloadType\":", json_quote(envelope->payload_type),
        ",\"signatures\":[{\"sig\":", quoted_base64(envelope->signature),
        ",\"keyid\":", json_quote(envelope->key_id), "}]}");
  const auto& message = std::get<MessageSignature>(bundle.content);
  std::string digest;
  if (!message.digest_algorithm.empty() || !message.digest.empty())
    digest = concat("\"messageDigest\":{\"algorithm\":",
                    json_quote(message.digest_algorithm),
                    ",\"digest\":", quoted_base64(message.digest), "},");
  return concat("\"messageSignature\":{", digest,
                "\"signature\":", quoted_base64(message.signature), "}");
}

}  // namespace

Result<Bundle> parse_bundle(ByteView json) {
  if (json.size() > limits::kBundle)
    return fail(ErrorKind::invalid_input, "malformed bundle: larger than ",
                limits::kBundle, " bytes");
  Result<Json> root = parse_json(as_text(json));
  if (!root.ok()) return std::move(root).error().context("malformed bundle");
  return parse_root(*root).context("malformed bundle");
}

Result<TlogEntry> parse_log_entry(ByteView json) {
  TRY_ASSIGN(const Json root, parse_json(as_text(json)));
  return parse_tlog_entry(root);
}

Result<std::string> write_bundle(const Bundle& bundle) {
  if (bundle.media_type != kBundleMediaType)
    return fail(ErrorKind::unsupported, "only version 0.3 is written");
  TRY_ASSIGN(const std::string material, write_material(bundle));
  // By hand: the payload of a large model would otherwise be copied often.
  return concat("{\"mediaType\":", json_quote(kBundleMediaType),
                ",\"verificationMaterial\":{", material,
                ",\"tlogEntries\":", write_entries(bundle.tlog_entries),
                write_timestamps(bundle.timestamps), "},",
                write_content(bundle), "}\n");
}

}  // namespace sigstore
