// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/role_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

// What stands before the bare key in a DER SubjectPublicKeyInfo (RFC 5480,
// RFC 8410).
constexpr std::array<std::uint8_t, 26> kP256Prefix{
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
constexpr std::array<std::uint8_t, 12> kEd25519Prefix{
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

Result<VerificationKey> from_bare_key(ByteView prefix, const Bytes& bare) {
  Bytes der(prefix.begin(), prefix.end());
  der.insert(der.end(), bare.begin(), bare.end());
  return VerificationKey::from_der(der);
}

// A row for each pair that some repository of the field uses. "ecdsa-sha2-
// nistp256" as a type is what Sigstore's first roots have.
struct Scheme {
  std::string_view type;
  std::string_view name;
  TufScheme scheme;
  KeyAlgorithm algorithm;
};
constexpr std::array<Scheme, 6> kSchemes{{
    {"ecdsa", "ecdsa-sha2-nistp256", TufScheme::ecdsa_sha2_nistp256,
     KeyAlgorithm::p256},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256",
     TufScheme::ecdsa_sha2_nistp256, KeyAlgorithm::p256},
    {"ecdsa", "ecdsa-sha2-nistp384", TufScheme::ecdsa_sha2_nistp384,
     KeyAlgorithm::p384},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384",
     TufScheme::ecdsa_sha2_nistp384, KeyAlgorithm::p384},
    {"ed25519", "ed25519", TufScheme::ed25519, KeyAlgorithm::ed25519},
    {"rsa", "rsassa-pss-sha256", TufScheme::rsassa_pss_sha256,
     KeyAlgorithm::rsa},
}};

// PEM, or in hexadecimal the bytes of an Ed25519 key or the uncompressed
// point of a P-256 key.
Result<VerificationKey> parse_public(KeyAlgorithm algorithm,
                                     std::string_view text) {
  if (const std::optional<Bytes> bare = from_hex(text)) {
    if (algorithm == KeyAlgorithm::ed25519)
      return from_bare_key(kEd25519Prefix, *bare);
    if (algorithm == KeyAlgorithm::p256)
      return from_bare_key(kP256Prefix, *bare);
  }
  return VerificationKey::from_pem(text);
}

Result<std::optional<TufKey>> parse_key(const Json& object) {
  if (!object.is_object())
    return fail(ErrorKind::invalid_input, "is no object");
  TRY_ASSIGN(const std::string_view type, string_member(object, "keytype"));
  TRY_ASSIGN(const std::string_view name, string_member(object, "scheme"));
  TRY_ASSIGN(const Json* value, object_member(object, "keyval"));
  TRY_ASSIGN(const std::string_view text, string_member(*value, "public"));
  const auto* row =
      std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& known) {
        return known.type == type && known.name == name;
      });
  if (row == kSchemes.end()) return std::optional<TufKey>();
  Result<VerificationKey> key = parse_public(row->algorithm, text);
  // What cannot be read verifies nothing, as if its type were not known.
  if (!key.ok() || key->algorithm() != row->algorithm)
    return std::optional<TufKey>();
  return std::optional<TufKey>(TufKey{row->scheme, *std::move(key)});
}

bool signed_by(const TufKey& key, ByteView message, const Bytes& signature) {
  switch (key.scheme) {
    case TufScheme::rsassa_pss_sha256:
      return key.key.verify_pss(message, signature, SignatureHash::sha256).ok();
    case TufScheme::ecdsa_sha2_nistp384:
      return key.key.verify(message, signature, SignatureHash::sha384).ok();
    case TufScheme::ecdsa_sha2_nistp256:
    case TufScheme::ed25519:
      return key.key.verify(message, signature, SignatureHash::sha256).ok();
  }
  return false;
}

}  // namespace

Result<TufKeys> parse_tuf_keys(const Json& keys) {
  if (!keys.is_object() || keys.size() > limits::kTufKeys)
    return fail(ErrorKind::invalid_input,
                "'keys' is no object, or has more than ", limits::kTufKeys,
                " members");
  TufKeys parsed;
  for (const auto& [id, object] : keys.items()) {
    Result<std::optional<TufKey>> key = parse_key(object);
    if (!key.ok()) return std::move(key).error().context("key " + id);
    parsed.emplace(id, *std::move(key));
  }
  return parsed;
}

Result<TufRole> parse_tuf_role(const Json& object) {
  TufRole role;
  TRY_ASSIGN(role.threshold, positive_member(object, "threshold"));
  TRY_ASSIGN(const Json* ids, array_member(object, "keyids"));
  if (ids->size() > limits::kTufKeys)
    return fail(ErrorKind::invalid_input, "more than ", limits::kTufKeys,
                " key ids");
  for (const Json& id : *ids) {
    if (!id.is_string())
      return fail(ErrorKind::invalid_input, "a key id is no string");
    if (!role.key_ids.insert(id.get<std::string>()).second)
      return fail(ErrorKind::invalid_input, "a key id stands twice in a role");
  }
  return role;
}

Result<std::vector<TufSignature>> parse_tuf_signatures(const Json& file) {
  TRY_ASSIGN(const Json* array, array_member(file, "signatures"));
  if (array->size() > limits::kTufKeys)
    return fail(ErrorKind::invalid_input, "more than ", limits::kTufKeys,
                " signatures");
  std::set<std::string_view> seen;
  std::vector<TufSignature> signatures;
  for (const Json& item : *array) {
    if (!item.is_object())
      return fail(ErrorKind::invalid_input, "a signature is no object");
    TRY_ASSIGN(const std::string_view id, string_member(item, "keyid"));
    TRY_ASSIGN(const std::string_view hex, string_member(item, "sig"));
    if (!seen.insert(id).second)
      return fail(ErrorKind::invalid_input,
                  "two signatures have the same key id");
    signatures.push_back({std::string(id), from_hex(hex).value_or(Bytes())});
  }
  return signatures;
}

Result<void> check_threshold(const TufRole& role, const TufKeys& keys,
                             ByteView message,
                             const std::vector<TufSignature>& signatures) {
  // One key under two ids is one key.
  std::set<Sha256Digest> signers;
  for (const TufSignature& signature : signatures) {
    if (!role.key_ids.contains(signature.key_id)) continue;
    const auto found = keys.find(signature.key_id);
    if (found == keys.end() || !found->second) continue;
    if (signed_by(*found->second, message, signature.signature))
      signers.insert(found->second->key.id());
  }
  if (static_cast<std::int64_t>(signers.size()) < role.threshold)
    return fail(ErrorKind::bad_signature, "signed by ", signers.size(),
                " of the keys that may, ", role.threshold, " are needed");
  return {};
}

}  // namespace sigstore
