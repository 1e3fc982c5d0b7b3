// SPDX-License-Identifier: Apache-2.0
#include "core/policy/trust_store.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

Result<Timestamp> time_member(const Json& object, std::string_view name) {
  TRY_ASSIGN(const std::string_view text, string_member(object, name));
  const auto time = Timestamp::parse_rfc3339(text);
  if (!time)
    return fail(ErrorKind::invalid_input, "'", name, "' is not RFC 3339");
  return *time;
}

Result<std::variant<PublicKey, SignerRule>> parse_who(const Json& object) {
  if (find_member(object, "identity") == nullptr) {
    TRY_ASSIGN(const std::string_view pem, string_member(object, "publicKey"));
    TRY_ASSIGN(PublicKey key, PublicKey::from_pem(pem));
    return std::variant<PublicKey, SignerRule>(std::move(key));
  }
  SignerRule rule;
  TRY_ASSIGN(const std::string_view identity,
             string_member(object, "identity"));
  TRY_ASSIGN(const std::string_view issuer, string_member(object, "issuer"));
  rule.identity = identity;
  rule.issuer = issuer;
  if (find_member(object, "pattern") != nullptr) {
    TRY_ASSIGN(rule.is_pattern, bool_member(object, "pattern"));
  }
  return std::variant<PublicKey, SignerRule>(std::move(rule));
}

Result<TrustedSigner> parse_signer(const Json& object) {
  TRY_ASSIGN(auto who, parse_who(object));
  TRY_ASSIGN(std::string name, optional_string(object, "name"));
  TRY_ASSIGN(const Timestamp added, time_member(object, "addedAt"));
  bool first_use = false;
  if (const Json* member = find_member(object, "firstUse")) {
    if (!member->is_boolean())
      return fail(ErrorKind::invalid_input, "'firstUse' is no boolean");
    first_use = member->get<bool>();
  }
  return TrustedSigner{std::move(who), std::move(name), added, first_use};
}

Result<LastVerified> parse_last(const Json& object) {
  LastVerified last;
  TRY_ASSIGN(const std::string_view commit, string_member(object, "commit"));
  last.commit = commit;
  if (find_member(object, "signedAt") != nullptr) {
    TRY_ASSIGN(last.signed_at, time_member(object, "signedAt"));
  }
  TRY_ASSIGN(const std::string_view bundle, string_member(object, "bundle"));
  const auto digest = Sha256Digest::parse_hex(bundle);
  if (!digest) return fail(ErrorKind::invalid_input, "'bundle' is no SHA-256");
  last.bundle = *digest;
  TRY_ASSIGN(const std::string_view signer, string_member(object, "signer"));
  last.signer = signer;
  TRY_ASSIGN(last.verified_at, time_member(object, "verifiedAt"));
  return last;
}

Result<RepositoryTrust> parse_repository(const Json& object) {
  RepositoryTrust trust;
  TRY_ASSIGN(const Json* signers, array_member(object, "signers"));
  for (const Json& item : *signers) {
    TRY_ASSIGN(TrustedSigner signer, parse_signer(item));
    trust.signers.push_back(std::move(signer));
  }
  TRY_ASSIGN(const Json* refs, object_member(object, "refs"));
  for (const auto& item : refs->items()) {
    Result<LastVerified> last = parse_last(item.value());
    TRY_ASSIGN(trust.refs[item.key()], std::move(last).context(item.key()));
  }
  return trust;
}

Json to_json_value(const RepositoryTrust& trust) {
  Json signers = Json::array();
  for (const TrustedSigner& signer : trust.signers) {
    Json value = {{"name", signer.name},
                  {"addedAt", signer.added_at.to_rfc3339()}};
    if (const auto* key = std::get_if<PublicKey>(&signer.who)) {
      value["fingerprint"] = key->fingerprint();
      value["publicKey"] = key->pem();
    } else {
      const auto& rule = std::get<SignerRule>(signer.who);
      value["identity"] = rule.identity;
      value["issuer"] = rule.issuer;
      if (rule.is_pattern) value["pattern"] = true;
    }
    if (signer.first_use) value["firstUse"] = true;
    signers.push_back(std::move(value));
  }
  Json refs = Json::object();
  for (const auto& [name, last] : trust.refs) {
    Json value = {{"commit", last.commit},
                  {"bundle", last.bundle.to_hex()},
                  {"signer", last.signer},
                  {"verifiedAt", last.verified_at.to_rfc3339()}};
    if (last.signed_at) value["signedAt"] = last.signed_at->to_rfc3339();
    refs[name] = std::move(value);
  }
  return {{"signers", std::move(signers)}, {"refs", std::move(refs)}};
}

}  // namespace

std::string TrustedSigner::id() const {
  if (const auto* key = std::get_if<PublicKey>(&who)) return key->fingerprint();
  const auto& rule = std::get<SignerRule>(who);
  return concat(rule.identity, " ", rule.issuer);
}

std::string TrustedSigner::describe() const {
  const auto* rule = std::get_if<SignerRule>(&who);
  if (rule != nullptr)
    return name.empty() ? concat(rule->identity, " (", rule->issuer, ")")
                        : concat(name, " (", rule->identity, ")");
  const std::string short_key = "key " + id().substr(0, 16);
  return name.empty() ? short_key : name + " (" + short_key + ")";
}

bool TrustedSigner::is(const Signer& signer) const {
  if (const auto* key = std::get_if<PublicKey>(&who))
    return std::holds_alternative<PublicKey>(signer) &&
           std::get<PublicKey>(signer) == *key;
  const auto* identity = std::get_if<Identity>(&signer);
  const auto& rule = std::get<SignerRule>(who);
  return identity != nullptr &&
         check_signer(*identity, std::span(&rule, 1)).ok();
}

const TrustedSigner* RepositoryTrust::find_signer(std::string_view id) const {
  const auto signer =
      std::find_if(signers.begin(), signers.end(),
                   [&](const TrustedSigner& item) { return item.id() == id; });
  return signer == signers.end() ? nullptr : &*signer;
}

Result<TrustStore> TrustStore::parse(ByteView json) {
  TRY_ASSIGN(const Json root, parse_json(as_text(json)));
  const Json* version = find_member(root, "version");
  if (version == nullptr || *version != 1)
    return fail(ErrorKind::unsupported, "unknown version of the trust file");
  TRY_ASSIGN(const Json* list, object_member(root, "repositories"));
  TrustStore store;
  for (const auto& item : list->items()) {
    Result<RepositoryTrust> trust = parse_repository(item.value());
    TRY_ASSIGN(store.repositories_[item.key()],
               std::move(trust).context(item.key()));
  }
  return store;
}

std::string TrustStore::to_json() const {
  Json list = Json::object();
  for (const auto& [name, trust] : repositories_)
    list[name] = to_json_value(trust);
  const Json root = {{"version", 1}, {"repositories", std::move(list)}};
  // Names that are not UTF-8 do not get here; never throw on them.
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const RepositoryTrust& TrustStore::find(const RepoId& repository) const {
  static const RepositoryTrust kNothing;
  const auto record = repositories_.find(repository.to_string());
  return record == repositories_.end() ? kNothing : record->second;
}

}  // namespace sigstore
