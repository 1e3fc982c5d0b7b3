// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/entry_body.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/bundle/dsse.h"
#include "core/crypto/pem.h"

namespace sigstore {
namespace {

using Verifier = std::variant<Certificate, VerificationKey>;

constexpr std::array<std::pair<SignatureHash, std::string_view>, 3> kHashNames{
    {{SignatureHash::sha256, "sha256"},
     {SignatureHash::sha384, "sha384"},
     {SignatureHash::sha512, "sha512"}}};

template <class... Parts>
Error other(const Parts&... parts) {
  return fail(ErrorKind::bad_evidence, "log entry: ", parts...);
}

bool same(ByteView a, ByteView b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

// The name of a hash in bodies of version 1.
std::string_view short_name(SignatureHash hash) {
  return std::find_if(kHashNames.begin(), kHashNames.end(),
                      [&](const auto& row) { return row.first == hash; })
      ->second;
}

Result<VerificationKey> key_of(const Verifier& verifier) {
  if (const auto* leaf = std::get_if<Certificate>(&verifier))
    return leaf->key();
  return std::get<VerificationKey>(verifier);
}

std::string pem_of(const Verifier& verifier) {
  if (const auto* leaf = std::get_if<Certificate>(&verifier))
    return leaf->pem();
  return std::get<VerificationKey>(verifier).pem();
}

// Sigstore's algorithm registry has one hash for a key; with ECDSA keys of
// more than 256 bits SHA-256 was used for long.
bool may_sign_with(const VerificationKey& key, SignatureHash hash) {
  if (hash == registry_hash(key.algorithm())) return true;
  return hash == SignatureHash::sha256 &&
         (key.algorithm() == KeyAlgorithm::p384 ||
          key.algorithm() == KeyAlgorithm::p521);
}

// PublicKeyDetails of protobuf-specs, sigstore_common.proto. `prehashed` is
// what a hashedrekord needs: Ed25519 then is Ed25519ph.
std::string key_details(const VerificationKey& key, SignatureHash hash,
                        bool prehashed) {
  const bool legacy = hash != registry_hash(key.algorithm());
  switch (key.algorithm()) {
    case KeyAlgorithm::p256:
      return "PKIX_ECDSA_P256_SHA_256";
    case KeyAlgorithm::p384:
      return legacy ? "PKIX_ECDSA_P384_SHA_256" : "PKIX_ECDSA_P384_SHA_384";
    case KeyAlgorithm::p521:
      return legacy ? "PKIX_ECDSA_P521_SHA_256" : "PKIX_ECDSA_P521_SHA_512";
    case KeyAlgorithm::rsa:
      return concat("PKIX_RSA_PKCS1V15_", key.bits(), "_SHA256");
    case KeyAlgorithm::ed25519:
      break;
  }
  return prehashed ? "PKIX_ED25519_PH" : "PKIX_ED25519";
}

Result<Json> parse_body(const TlogEntry& entry) {
  if (entry.canonicalized_body.size() > limits::kEntryBody)
    return other("larger than ", limits::kEntryBody, " bytes");
  TRY_ASSIGN(Json body, parse_json(as_text(entry.canonicalized_body)));
  TRY_ASSIGN(const std::string_view kind, string_member(body, "kind"));
  TRY_ASSIGN(const std::string_view version, string_member(body, "apiVersion"));
  if (kind != entry.kind || version != entry.version)
    return other("a body of another kind or version than ", entry.kind, " ",
                 entry.version);
  return body;
}

// The one element of an array member.
Result<const Json*> only_element(const Json& object, std::string_view name) {
  TRY_ASSIGN(const Json* list, array_member(object, name));
  if (list->size() != 1) return other("not exactly one of ", name);
  return &list->front();
}

Result<Bytes> base64_twice(const Json& object, std::string_view name) {
  TRY_ASSIGN(const Bytes once, bytes_member(object, name));
  return from_base64(as_text(once)).context(name);
}

// --- hashedrekord ----------------------------------------------------------

Result<const Json*> hashedrekord_data(const Json& body,
                                      std::string_view version) {
  TRY_ASSIGN(const Json* spec, object_member(body, "spec"));
  if (version != "0.0.1") {
    TRY_ASSIGN(spec, object_member(*spec, "hashedRekordV002"));
    return object_member(*spec, "data");
  }
  TRY_ASSIGN(const Json* data, object_member(*spec, "data"));
  return object_member(*data, "hash");
}

Result<SignatureHash> hash_of_body(const Json& body, std::string_view version) {
  TRY_ASSIGN(const Json* data, hashedrekord_data(body, version));
  TRY_ASSIGN(const std::string_view name, string_member(*data, "algorithm"));
  for (const auto& [hash, short_form] : kHashNames)
    if (name == (version == "0.0.1" ? short_form : hash_algorithm_name(hash)))
      return hash;
  return fail(ErrorKind::unsupported, "log entry: hash algorithm '", name, "'");
}

Result<Bytes> signed_digest(const LoggedSignature& expected,
                            SignatureHash hash) {
  // Rekor v2 specification 6.1.4: of an envelope, what is signed of it.
  if (expected.envelope != nullptr)
    return hash_bytes(
        hash, pre_authentication_encoding(expected.envelope->payload_type,
                                          expected.envelope->payload));
  const ByteView digest = expected.artifact.of(hash);
  if (digest.empty())
    return fail(ErrorKind::incomplete, "log entry: it names the ",
                short_name(hash), " of the artifact, which is not given");
  return Bytes(digest.begin(), digest.end());
}

// Where the two objects differ first, for the message; empty when they do not.
// Json::diff would list every difference.
std::string first_difference(const Json& body, const Json& expected) {
  if (!body.is_object() || !expected.is_object()) return "";
  for (const auto& item : expected.items()) {
    const auto found = body.find(item.key());
    if (found == body.end()) return "/" + item.key();
    if (*found != item.value())
      return "/" + item.key() + first_difference(*found, item.value());
  }
  for (const auto& item : body.items())
    if (!expected.contains(item.key())) return "/" + item.key();
  return "";
}

Error about_something_else(const Json& body, const std::string& rebuilt) {
  constexpr std::size_t kShown = 80;
  const std::string where =
      first_difference(body, Json::parse(rebuilt, nullptr, false));
  return other("about something else than this signature: ",
               where.empty() ? "not in canonical form"
                             : "another " + where.substr(0, kShown));
}

Result<void> check_hashedrekord(const TlogEntry& entry, const Json& body,
                                const LoggedSignature& expected) {
  TRY_ASSIGN(const SignatureHash hash, hash_of_body(body, entry.version));
  TRY_ASSIGN(const VerificationKey key, key_of(expected.verifier));
  if (!may_sign_with(key, hash))
    return other("this key does not sign with ", short_name(hash));
  TRY_ASSIGN(const Bytes digest, signed_digest(expected, hash));
  const std::string rebuilt =
      entry.version == "0.0.1"
          ? hashedrekord_body_v1(hash, digest, expected.signature,
                                 pem_of(expected.verifier))
          : hashedrekord_body_v2(hash, digest, expected.signature,
                                 expected.verifier, key);
  if (as_text(entry.canonicalized_body) != rebuilt)
    return about_something_else(body, rebuilt);
  return {};
}

// --- dsse and intoto -------------------------------------------------------

Result<void> check_payload_hash(const Json& object,
                                const DsseEnvelope& envelope) {
  TRY_ASSIGN(const Json* hash, object_member(object, "payloadHash"));
  TRY_ASSIGN(const std::string_view name, string_member(*hash, "algorithm"));
  TRY_ASSIGN(const std::string_view value, string_member(*hash, "value"));
  if (name != "sha256" ||
      value != to_hex(hash_bytes(SignatureHash::sha256, envelope.payload)))
    return other("of another payload");
  return {};
}

Result<void> check_signature(ByteView logged, const LoggedSignature& expected) {
  if (!same(logged, expected.signature)) return other("of another signature");
  return {};
}

// A certificate is compared as DER and a key as its one DER encoding: the text
// around a PEM block is nobody's.
Result<void> check_pem(ByteView logged, const Verifier& verifier) {
  const std::string_view pem = as_text(logged);
  if (const auto* leaf = std::get_if<Certificate>(&verifier)) {
    const auto blocks = read_pem(pem, 1);
    if (blocks.ok() && blocks->size() == 1 &&
        blocks->front().label == "CERTIFICATE" &&
        blocks->front().der == leaf->der())
      return {};
    return other("of another certificate");
  }
  const auto parsed = VerificationKey::from_pem(pem);
  if (parsed.ok() && *parsed == std::get<VerificationKey>(verifier)) return {};
  return other("of another key");
}

Result<void> check_dsse_v1(const Json& spec, const LoggedSignature& expected) {
  TRY(check_payload_hash(spec, *expected.envelope));
  TRY_ASSIGN(const Json* signature, only_element(spec, "signatures"));
  TRY_ASSIGN(const Bytes logged, bytes_member(*signature, "signature"));
  TRY(check_signature(logged, expected));
  TRY_ASSIGN(const Bytes pem, bytes_member(*signature, "verifier"));
  return check_pem(pem, expected.verifier);
}

Result<void> check_intoto(const Json& spec, const LoggedSignature& expected) {
  TRY_ASSIGN(const Json* content, object_member(spec, "content"));
  TRY(check_payload_hash(*content, *expected.envelope));
  TRY_ASSIGN(const Json* envelope, object_member(*content, "envelope"));
  TRY_ASSIGN(const std::string_view type,
             string_member(*envelope, "payloadType"));
  if (type != expected.envelope->payload_type)
    return other("of another payload type");
  if (find_member(*envelope, "payload") != nullptr) {
    TRY_ASSIGN(const Bytes payload, base64_twice(*envelope, "payload"));
    if (payload != expected.envelope->payload)
      return other("of another payload");
  }
  TRY_ASSIGN(const Json* signature, only_element(*envelope, "signatures"));
  TRY_ASSIGN(const Bytes logged, base64_twice(*signature, "sig"));
  TRY(check_signature(logged, expected));
  TRY_ASSIGN(const Bytes pem, bytes_member(*signature, "publicKey"));
  return check_pem(pem, expected.verifier);
}

Result<void> check_verifier_v2(const Json& object, const Verifier& verifier) {
  TRY_ASSIGN(const VerificationKey key, key_of(verifier));
  TRY_ASSIGN(const std::string_view details,
             string_member(object, "keyDetails"));
  const SignatureHash hash = registry_hash(key.algorithm());
  if (details != key_details(key, hash, false) &&
      !(may_sign_with(key, SignatureHash::sha256) &&
        details == key_details(key, SignatureHash::sha256, false)))
    return other("of another kind of key");
  const auto* leaf = std::get_if<Certificate>(&verifier);
  const std::string_view present = leaf ? "x509Certificate" : "publicKey";
  const std::string_view absent = leaf ? "publicKey" : "x509Certificate";
  if (find_member(object, absent) != nullptr) return other("of another key");
  TRY_ASSIGN(const Json* material, object_member(object, present));
  TRY_ASSIGN(const Bytes der, bytes_member(*material, "rawBytes"));
  if (!same(der, leaf ? leaf->der() : key.spki()))
    return other(leaf ? "of another certificate" : "of another key");
  return {};
}

Result<void> check_dsse_v2(const Json& spec, const LoggedSignature& expected) {
  TRY_ASSIGN(const Json* dsse, object_member(spec, "dsseV002"));
  TRY_ASSIGN(const Json* hash, object_member(*dsse, "payloadHash"));
  TRY_ASSIGN(const std::string_view name, string_member(*hash, "algorithm"));
  TRY_ASSIGN(const Bytes digest, bytes_member(*hash, "digest"));
  if (name != hash_algorithm_name(SignatureHash::sha256) ||
      digest != hash_bytes(SignatureHash::sha256, expected.envelope->payload))
    return other("of another payload");
  TRY_ASSIGN(const Json* signature, only_element(*dsse, "signatures"));
  TRY_ASSIGN(const Bytes logged, bytes_member(*signature, "content"));
  TRY(check_signature(logged, expected));
  TRY_ASSIGN(const Json* verifier, object_member(*signature, "verifier"));
  return check_verifier_v2(*verifier, expected.verifier);
}

Result<void> check_envelope_entry(const TlogEntry& entry, const Json& body,
                                  const LoggedSignature& expected) {
  if (expected.envelope == nullptr)
    return other("about an envelope, where a message was signed");
  TRY_ASSIGN(const Json* spec, object_member(body, "spec"));
  if (entry.kind == "intoto") return check_intoto(*spec, expected);
  return entry.version == "0.0.1" ? check_dsse_v1(*spec, expected)
                                  : check_dsse_v2(*spec, expected);
}

// A body that does not parse is not about anything.
template <class T>
Result<T> as_evidence(Result<T> result) {
  if (result.ok() || result.error().kind != ErrorKind::invalid_input)
    return result;
  return other("malformed body: ", result.error().message);
}

Result<void> check_kind(const TlogEntry& entry) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kKnown{
      {{"hashedrekord", "0.0.1"},
       {"hashedrekord", "0.0.2"},
       {"dsse", "0.0.1"},
       {"dsse", "0.0.2"},
       {"intoto", "0.0.2"}}};
  if (std::find(kKnown.begin(), kKnown.end(),
                std::pair<std::string_view, std::string_view>(
                    entry.kind, entry.version)) != kKnown.end())
    return {};
  return fail(ErrorKind::unsupported, "log entry: kind '", entry.kind,
              "' of version '", entry.version, "'");
}

Result<void> check_body(const TlogEntry& entry,
                        const LoggedSignature& expected) {
  TRY_ASSIGN(const Json body, parse_body(entry));
  if (entry.kind == "hashedrekord")
    return check_hashedrekord(entry, body, expected);
  return check_envelope_entry(entry, body, expected);
}

Result<SignatureHash> read_hash(const TlogEntry& entry) {
  TRY_ASSIGN(const Json body, parse_body(entry));
  return hash_of_body(body, entry.version);
}

}  // namespace

ByteView ArtifactDigests::of(SignatureHash hash) const {
  if (hash == SignatureHash::sha256) return sha256;
  return hash == SignatureHash::sha384 ? sha384 : sha512;
}

bool is_rekor_v2(const TlogEntry& entry) {
  return entry.version == "0.0.2" && entry.kind != "intoto";
}

Result<void> check_entry_body(const TlogEntry& entry,
                              const LoggedSignature& expected) {
  TRY(check_kind(entry));
  return as_evidence(check_body(entry, expected));
}

Result<std::optional<SignatureHash>> logged_hash(const TlogEntry& entry) {
  TRY(check_kind(entry));
  if (entry.kind != "hashedrekord") return std::optional<SignatureHash>();
  TRY_ASSIGN(const SignatureHash hash, as_evidence(read_hash(entry)));
  return std::optional<SignatureHash>(hash);
}

std::string hashedrekord_body_v1(SignatureHash hash, ByteView digest,
                                 ByteView signature, std::string_view pem) {
  return concat(
      "{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{\"data\":"
      "{\"hash\":{\"algorithm\":\"",
      short_name(hash), "\",\"value\":\"", to_hex(digest),
      "\"}},\"signature\":{\"content\":\"", to_base64(signature),
      "\",\"publicKey\":{\"content\":\"", to_base64(as_bytes(pem)), "\"}}}}");
}

std::string hashedrekord_body_v2(SignatureHash hash, ByteView digest,
                                 ByteView signature, const Verifier& verifier,
                                 const VerificationKey& key) {
  const auto* leaf = std::get_if<Certificate>(&verifier);
  return concat(
      "{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{"
      "\"hashedRekordV002\":{\"data\":{\"algorithm\":\"",
      hash_algorithm_name(hash), "\",\"digest\":\"", to_base64(digest),
      "\"},\"signature\":{\"content\":\"", to_base64(signature),
      "\",\"verifier\":{\"keyDetails\":\"", key_details(key, hash, true),
      "\",\"", leaf ? "x509Certificate" : "publicKey", "\":{\"rawBytes\":\"",
      to_base64(leaf ? leaf->der() : key.spki()), "\"}}}}}}");
}

}  // namespace sigstore
