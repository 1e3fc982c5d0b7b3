// SPDX-License-Identifier: Apache-2.0
#include "core/policy/trust_store.h"

#include <string>

#include "core/base/json.h"
#include "core/crypto/private_key.h"
#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::LastVerified;
using sigstore::PublicKey;
using sigstore::RepoId;
using sigstore::Timestamp;
using sigstore::TrustedSigner;
using sigstore::TrustStore;

namespace {

PublicKey new_key() {
  auto key = sigstore::PrivateKey::generate(sigstore::Curve::p256);
  REQUIRE(works(key));
  return key->public_key();
}

RepoId repository(std::string_view text) {
  auto id = RepoId::parse(text);
  REQUIRE(works(id));
  return *id;
}

const RepoId& model() {
  static const RepoId kModel = *RepoId::parse("org/model");
  return kModel;
}

TrustStore filled_store() {
  TrustStore store;
  auto& trust = store.at(model());
  trust.signers.push_back({new_key(), "alice", Timestamp{1767225600}});
  trust.signers.push_back({new_key(), "", Timestamp{1767225601}, true});
  LastVerified last;
  last.commit = std::string(40, 'a');
  last.signed_at = Timestamp{1767225602};
  last.bundle.bytes[0] = 9;
  last.signer = trust.signers[0].id();
  last.verified_at = Timestamp{1767225603};
  trust.refs["refs/heads/main"] = last;
  last.signed_at.reset();
  trust.refs["refs/tags/v1"] = last;
  return store;
}

Json filled_json() { return Json::parse(filled_store().to_json()); }

// The path of one repository in the file.
constexpr const char* kRecord = "/repositories/huggingface.co~1org~1model";

Json with(const std::string& pointer, Json value) {
  Json json = filled_json();
  json[Json::json_pointer(pointer)] = std::move(value);
  return json;
}

sigstore::Result<TrustStore> parse(const Json& json) {
  return TrustStore::parse(as_bytes(json.dump()));
}

}  // namespace

TEST_CASE("a trust store survives the way out and back", "[policy]") {
  const TrustStore store = filled_store();
  const auto back = TrustStore::parse(as_bytes(store.to_json()));
  REQUIRE(works(back));
  CHECK(back->to_json() == store.to_json());
  const auto& trust = back->find(model());
  REQUIRE(trust.signers.size() == 2);
  CHECK(trust.signers[0].name == "alice");
  CHECK(trust.signers[0].id() == store.find(model()).signers[0].id());
  CHECK(trust.signers[0].added_at == Timestamp{1767225600});
  REQUIRE(trust.refs.size() == 2);
  const LastVerified& last = trust.refs.at("refs/heads/main");
  CHECK(last.commit == std::string(40, 'a'));
  CHECK(last.signed_at == Timestamp{1767225602});
  CHECK(last.bundle.bytes[0] == 9);
  CHECK(last.verified_at == Timestamp{1767225603});
  CHECK_FALSE(trust.refs.at("refs/tags/v1").signed_at.has_value());
}

TEST_CASE("an empty trust store survives the way out and back", "[policy]") {
  CHECK(TrustStore::parse(as_bytes(TrustStore().to_json()))
            .value()
            .repositories()
            .empty());
}

TEST_CASE("nothing is known of a repository that was never seen", "[policy]") {
  const TrustStore store = filled_store();
  const auto& trust = store.find(repository("org/other"));
  CHECK_FALSE(trust.was_signed());
}

TEST_CASE("a repository with a signer or a verified ref was signed",
          "[policy]") {
  TrustStore store;
  CHECK_FALSE(store.at(model()).was_signed());
  store.at(model()).refs["refs/heads/main"] = LastVerified();
  CHECK(store.find(model()).was_signed());
  TrustStore other;
  other.at(model()).signers.push_back({new_key(), "", Timestamp{}});
  CHECK(other.find(model()).was_signed());
}

TEST_CASE("a signer is found by the whole fingerprint only", "[policy]") {
  const TrustStore store = filled_store();
  const auto& trust = store.find(model());
  const std::string fingerprint = trust.signers[1].id();
  CHECK(trust.find_signer(fingerprint) == &trust.signers[1]);
  CHECK(trust.find_signer(fingerprint.substr(0, 16)) == nullptr);
  CHECK(trust.find_signer("") == nullptr);
}

TEST_CASE("a signer is described by name and key", "[policy]") {
  const TrustedSigner named{new_key(), "alice", Timestamp{}};
  CHECK(named.describe() == "alice (key " + named.id().substr(0, 16) + ")");
  const TrustedSigner unnamed{new_key(), "", Timestamp{}};
  CHECK(unnamed.describe() == "key " + unnamed.id().substr(0, 16));
}

TEST_CASE("a repository is forgotten once", "[policy]") {
  TrustStore store = filled_store();
  CHECK(store.erase(model()));
  CHECK_FALSE(store.erase(model()));
  CHECK_FALSE(store.find(model()).was_signed());
}

TEST_CASE("a trust file that is no JSON is refused", "[policy]") {
  for (const char* text : {"", "{", "[1,", "{\"version\": 1} x"}) {
    CAPTURE(text);
    CHECK(refuses(TrustStore::parse(as_bytes(text)), ErrorKind::invalid_input,
                  "JSON: syntax error"));
  }
}

TEST_CASE("a trust file of another version is unsupported", "[policy]") {
  for (const Json& version : {Json(2), Json("1"), Json(nullptr)}) {
    CAPTURE(version.dump());
    CHECK(refuses(parse(with("/version", version)), ErrorKind::unsupported,
                  "unknown version of the trust file"));
  }
  CHECK(
      refuses(parse(Json::array()), ErrorKind::unsupported, "unknown version"));
}

TEST_CASE("a trust file that lacks its parts is refused", "[policy]") {
  const auto kind = ErrorKind::invalid_input;
  const std::string record = kRecord;
  CHECK(refuses(parse(with("/repositories", nullptr)), kind,
                "'repositories' is missing"));
  CHECK(refuses(parse(with("/repositories", Json::array())), kind,
                "'repositories' is not an object"));
  CHECK(refuses(parse(with(record, Json::array())), kind,
                "huggingface.co/org/model: 'signers' is missing"));
  CHECK(refuses(parse(with(record + "/signers", nullptr)), kind,
                "'signers' is missing"));
  CHECK(refuses(parse(with(record + "/refs", nullptr)), kind,
                "'refs' is missing"));
}

TEST_CASE("a damaged signer is refused, not dropped", "[policy]") {
  const auto kind = ErrorKind::invalid_input;
  const std::string signer = std::string(kRecord) + "/signers/0";
  CHECK(refuses(parse(with(signer, 5)), kind, "'publicKey' is missing"));
  CHECK(refuses(parse(with(signer + "/publicKey", "no key")), kind,
                "public key: no valid PEM block"));
  CHECK(refuses(parse(with(signer + "/name", 5)), kind,
                "'name' is not a string"));
  CHECK(refuses(parse(with(signer + "/addedAt", "yesterday")), kind,
                "'addedAt' is not RFC 3339"));
  CHECK(refuses(parse(with(signer + "/firstUse", "yes")), kind,
                "'firstUse' is no boolean"));
}

TEST_CASE("a damaged ref is refused, not dropped", "[policy]") {
  const auto kind = ErrorKind::invalid_input;
  const std::string ref = std::string(kRecord) + "/refs/refs~1heads~1main";
  CHECK(refuses(parse(with(ref, 5)), kind,
                "refs/heads/main: 'commit' is missing"));
  CHECK(refuses(parse(with(ref + "/commit", nullptr)), kind,
                "'commit' is missing"));
  CHECK(refuses(parse(with(ref + "/bundle", "00")), kind,
                "'bundle' is no SHA-256"));
  CHECK(refuses(parse(with(ref + "/signer", nullptr)), kind,
                "'signer' is missing"));
  CHECK(refuses(parse(with(ref + "/signedAt", "2026")), kind,
                "'signedAt' is not RFC 3339"));
  CHECK(refuses(parse(with(ref + "/verifiedAt", nullptr)), kind,
                "'verifiedAt' is missing"));
}

TEST_CASE("a name twice in a trust file is refused", "[policy]") {
  CHECK(refuses(TrustStore::parse(as_bytes(
                    R"({"version": 1, "version": 1, "repositories": {}})")),
                ErrorKind::invalid_input, "duplicate member"));
}

TEST_CASE("names that are not valid UTF-8 do not stop the writing",
          "[policy]") {
  // git allows such refs, and a terminal such names.
  TrustStore refs;
  refs.at(model()).refs["refs/heads/\xff"] = LastVerified();
  CHECK_NOTHROW(refs.to_json());
  TrustStore names;
  names.at(model()).signers.push_back({new_key(), "\xff", Timestamp{}});
  CHECK_NOTHROW(names.to_json());
}

TEST_CASE("an identity is stored, found and described", "[policy]") {
  TrustStore store;
  const sigstore::SignerRule exact{
      "alice@example.org", false, "https://issuer", {}};
  const sigstore::SignerRule pattern{
      "*@example.org", true, "https://issuer", {}};
  store.at(model()).signers = {{exact, "", Timestamp{}, true},
                               {pattern, "us", Timestamp{}}};
  const auto back = TrustStore::parse(as_bytes(store.to_json()));
  REQUIRE(works(back));
  const auto& trust = back->find(model());
  REQUIRE(trust.signers.size() == 2);
  CHECK(trust.signers[0].first_use);
  CHECK(trust.find_signer("alice@example.org https://issuer") ==
        &trust.signers[0]);
  CHECK(trust.signers[0].describe() == "alice@example.org (https://issuer)");
  CHECK(trust.signers[1].describe() == "us (*@example.org)");
  CHECK(std::get<sigstore::SignerRule>(trust.signers[1].who).is_pattern);
  CHECK_FALSE(std::get<sigstore::SignerRule>(trust.signers[0].who).is_pattern);
  const sigstore::Signer key = new_key();
  CHECK_FALSE(trust.signers[0].is(key));
}
