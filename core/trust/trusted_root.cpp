// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trusted_root.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/trust/trust_json.h"

namespace sigstore {
namespace {

constexpr std::size_t kLogIdSize = 32;

Error invalid(std::string_view what) {
  return fail(ErrorKind::invalid_input, what);
}

Result<void> check_media_type(const Json& root) {
  constexpr std::array<std::string_view, 3> kKnown{
      "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      "application/vnd.dev.sigstore.trustedroot.v0.1+json",
      "application/vnd.dev.sigstore.trustedroot.v0.2+json"};
  TRY_ASSIGN(const std::string_view type, string_member(root, "mediaType"));
  if (std::find(kKnown.begin(), kKnown.end(), type) == kKnown.end())
    return fail(ErrorKind::unsupported, "media type '", type, "'");
  return {};
}

// A row of PublicKeyDetails (sigstore_common.proto) that a VerificationKey can
// be. The others (PSS, prehashed Ed25519, LMS, ML-DSA) verify nothing here.
struct KeyDetails {
  std::string_view name;
  std::string_view number;
  KeyAlgorithm algorithm;
  unsigned bits;  // 0: any
};

const KeyDetails* find_key_details(std::string_view text) {
  using enum KeyAlgorithm;
  static constexpr std::array<KeyDetails, 11> kKnown{{
      {"PKCS1_RSA_PKCS1V5", "1", rsa, 0},
      {"PKIX_RSA_PKCS1V5", "3", rsa, 0},
      {"PKIX_ECDSA_P256_SHA_256", "5", p256, 0},
      {"PKIX_ED25519", "7", ed25519, 0},
      {"PKIX_RSA_PKCS1V15_2048_SHA256", "9", rsa, 2048},
      {"PKIX_RSA_PKCS1V15_3072_SHA256", "10", rsa, 3072},
      {"PKIX_RSA_PKCS1V15_4096_SHA256", "11", rsa, 4096},
      {"PKIX_ECDSA_P384_SHA_384", "12", p384, 0},
      {"PKIX_ECDSA_P521_SHA_512", "13", p521, 0},
      {"PKIX_ECDSA_P384_SHA_256", "19", p384, 0},
      {"PKIX_ECDSA_P521_SHA_256", "20", p521, 0},
  }};
  const auto* row =
      std::find_if(kKnown.begin(), kKnown.end(), [&](const KeyDetails& known) {
        return known.name == text || known.number == text;
      });
  return row == kKnown.end() ? nullptr : row;
}

// Staging's RSA log has an RSAPublicKey, others of that kind the whole SPKI.
Result<VerificationKey> parse_key(ByteView raw, KeyAlgorithm algorithm) {
  Result<VerificationKey> key = VerificationKey::from_der(raw);
  if (key.ok() || key.error().kind != ErrorKind::invalid_input ||
      algorithm != KeyAlgorithm::rsa)
    return key;
  return VerificationKey::from_pkcs1_der(raw);
}

Result<std::optional<VerificationKey>> read_key(const Json& object) {
  TRY_ASSIGN(const Bytes raw, bytes_member(object, "rawBytes"));
  TRY_ASSIGN(const std::string text, enum_member(object, "keyDetails"));
  const KeyDetails* details = find_key_details(text);
  if (details == nullptr) return std::optional<VerificationKey>();
  Result<VerificationKey> key = parse_key(raw, details->algorithm);
  if (!key.ok() && key.error().kind == ErrorKind::unsupported)
    return std::optional<VerificationKey>();
  if (!key.ok()) return std::move(key).error().context("rawBytes");
  if (key->algorithm() != details->algorithm ||
      (details->bits != 0 && key->bits() != details->bits))
    return invalid("the key is not of its keyDetails");
  return std::optional<VerificationKey>(*std::move(key));
}

Result<Bytes> id_member(const Json& object, std::string_view name) {
  TRY_ASSIGN(const Json* id, object_member(object, name));
  TRY_ASSIGN(Bytes bytes, bytes_member(*id, "keyId"));
  if (bytes.size() != kLogIdSize)
    return invalid(concat(name, " has no 32 bytes"));
  return bytes;
}

Result<TransparencyLog> parse_log(const Json& object) {
  if (!object.is_object()) return invalid("not an object");
  TransparencyLog log;
  TRY_ASSIGN(log.base_url, optional_string(object, "baseUrl"));
  TRY_ASSIGN(log.operator_name, optional_string(object, "operator"));
  TRY_ASSIGN(log.log_id, id_member(object, "logId"));
  if (find_member(object, "checkpointKeyId") != nullptr) {
    TRY_ASSIGN(log.checkpoint_key_id, id_member(object, "checkpointKeyId"));
  }
  TRY_ASSIGN(const Json* key, object_member(object, "publicKey"));
  TRY_ASSIGN(log.key, read_key(*key));
  TRY_ASSIGN(log.valid, validity_member(*key, "validFor"));
  // A reader that takes it for "since ever" believes a log in times when
  // nobody vouched for it.
  if (!log.valid.start_ms) return invalid("validFor without a start");
  TRY_ASSIGN(const std::string hash, enum_member(object, "hashAlgorithm"));
  // The trees of merkle.h have SHA-256; 0 is absent.
  if (hash != "SHA2_256" && hash != "1" && hash != "0") log.key.reset();
  return log;
}

Result<Authority> parse_authority(const Json& object) {
  if (!object.is_object()) return invalid("not an object");
  Authority authority;
  TRY_ASSIGN(authority.uri, optional_string(object, "uri"));
  TRY_ASSIGN(authority.operator_name, optional_string(object, "operator"));
  TRY_ASSIGN(authority.valid, validity_member(object, "validFor"));
  TRY_ASSIGN(const Json* chain, object_member(object, "certChain"));
  TRY_ASSIGN(const Json* list, array_member(*chain, "certificates"));
  if (list->empty()) return invalid("certChain is empty");
  if (list->size() > limits::kChainCertificates)
    return invalid("certChain has too many certificates");
  for (const Json& item : *list) {
    TRY_ASSIGN(const Bytes der, bytes_member(item, "rawBytes"));
    Result<Certificate> parsed = Certificate::from_trusted_der(der);
    TRY_ASSIGN(Certificate certificate, std::move(parsed).context("certChain"));
    authority.chain.push_back(std::move(certificate));
  }
  return authority;
}

template <class T>
Result<std::vector<T>> parse_list(const Json& root, std::string_view name,
                                  Result<T> (*parse)(const Json&)) {
  std::vector<T> out;
  TRY_ASSIGN(const Json* list, list_member(root, name));
  for (const Json& item : *list) {
    Result<T> parsed = parse(item);
    TRY_ASSIGN(T element,
               std::move(parsed).context(concat(name, "[", out.size(), "]")));
    out.push_back(std::move(element));
  }
  return out;
}

// The id in a certificate timestamp is all that chooses its log.
Result<void> check_distinct(const std::vector<TransparencyLog>& ctlogs) {
  for (auto log = ctlogs.begin(); log != ctlogs.end(); ++log)
    if (std::any_of(ctlogs.begin(), log, [&](const TransparencyLog& before) {
          return before.log_id == log->log_id;
        }))
      return invalid("two ctlogs with one id");
  return {};
}

Result<TrustedRoot> parse_root(std::string_view text) {
  TRY_ASSIGN(const Json json, parse_json(text));
  TRY(check_media_type(json));
  TrustedRoot root;
  TRY_ASSIGN(root.tlogs, parse_list(json, "tlogs", parse_log));
  TRY_ASSIGN(root.ctlogs, parse_list(json, "ctlogs", parse_log));
  TRY(check_distinct(root.ctlogs));
  TRY_ASSIGN(root.certificate_authorities,
             parse_list(json, "certificateAuthorities", parse_authority));
  TRY_ASSIGN(root.timestamp_authorities,
             parse_list(json, "timestampAuthorities", parse_authority));
  return root;
}

}  // namespace

std::string TransparencyLog::origin() const {
  std::string_view url = base_url;
  if (const std::size_t scheme = url.find("://"); scheme != url.npos)
    url.remove_prefix(scheme + 3);
  if (url.ends_with('/')) url.remove_suffix(1);
  return std::string(url);
}

std::string TransparencyLog::authority() const {
  return operator_name.empty() ? concat("log ", to_hex(log_id)) : operator_name;
}

Result<TrustedRoot> parse_trusted_root(ByteView json) {
  if (json.size() > limits::kTrustedRoot)
    return fail(ErrorKind::invalid_input, "trusted root: larger than ",
                limits::kTrustedRoot, " bytes");
  return parse_root(as_text(json)).context("trusted root");
}

}  // namespace sigstore
