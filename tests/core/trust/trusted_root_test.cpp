// SPDX-License-Identifier: Apache-2.0
#include "core/trust/trusted_root.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "tests/core/refuses.h"
#include "tests/support/test_authority.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::parse_trusted_root;
using sigstore::to_base64;
using sigstore::TrustedRoot;

namespace {

constexpr const char* kV2 =
    "application/vnd.dev.sigstore.trustedroot.v0.2+json";

const TestKey& log_key() {
  static const TestKey key = TestKey::make("P-256");
  return key;
}

Json log_of(const Bytes& key, const Json& details) {
  return {{"baseUrl", "https://rekor.example"},
          {"hashAlgorithm", "SHA2_256"},
          {"publicKey",
           {{"rawBytes", to_base64(key)},
            {"keyDetails", details},
            {"validFor", {{"start", "2026-01-01T00:00:00Z"}}}}},
          {"logId", {{"keyId", to_base64(Bytes(32, 1))}}}};
}

Json authority() {
  static const Bytes der =
      TestCertificate::self_signed(ca_plan("ca"), log_key()).der();
  return {{"uri", "https://ca.example"},
          {"certChain",
           {{"certificates", Json::array({{{"rawBytes", to_base64(der)}}})}}}};
}

Json root() {
  Json log = log_of(log_key().public_key().spki(), "PKIX_ECDSA_P256_SHA_256");
  Json other = log;
  other["logId"]["keyId"] = to_base64(Bytes(32, 2));
  return {{"mediaType", kV2},
          {"tlogs", Json::array({log})},
          {"ctlogs", Json::array({log, other})},
          {"certificateAuthorities", Json::array({authority()})},
          {"timestampAuthorities", Json::array({authority()})}};
}

// The RSAPublicKey in the SubjectPublicKeyInfo: all after the
// AlgorithmIdentifier of 15 bytes and the head of the BIT STRING.
Bytes bare_key(const TestKey& rsa) {
  const Bytes spki = rsa.spki();
  const std::size_t head = spki.size() < 200 ? 3 + 15 + 4 : 4 + 15 + 5;
  return Bytes(spki.begin() + static_cast<std::ptrdiff_t>(head), spki.end());
}

sigstore::Result<TrustedRoot> parse(const Json& json) {
  return parse_trusted_root(as_bytes(json.dump()));
}

// The key of a root with this one log.
std::optional<sigstore::VerificationKey> key_of(const Json& log) {
  Json json = root();
  json["tlogs"] = Json::array({log});
  const auto parsed = parse(json);
  REQUIRE(works(parsed));
  return parsed->tlogs[0].key;
}

}  // namespace

TEST_CASE("a trusted root is read", "[trust]") {
  Json json = root();
  json["tlogs"][0]["operator"] = "one.example";
  json["tlogs"][0]["checkpointKeyId"] = {{"keyId", to_base64(Bytes(32, 3))}};
  json["certificateAuthorities"][0]["validFor"] = {
      {"start", "2026-01-01T00:00:00Z"}, {"end", "2026-12-31T23:59:59.999Z"}};
  json["unknown"] = 1;
  for (const char* type :
       {kV2, "application/vnd.dev.sigstore.trustedroot.v0.1+json",
        "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}) {
    json["mediaType"] = type;
    const auto parsed = parse(json);
    REQUIRE(works(parsed));
    const sigstore::TransparencyLog& log = parsed->tlogs[0];
    CHECK(log.base_url == "https://rekor.example");
    CHECK(log.log_id == Bytes(32, 1));
    CHECK(log.checkpoint_key_id == Bytes(32, 3));
    CHECK(log.authority() == "one.example");
    REQUIRE(log.key.has_value());
    CHECK(*log.key == log_key().public_key());
    CHECK(log.valid.start_ms == 1'767'225'600'000);
    CHECK_FALSE(log.valid.end_ms.has_value());
    CHECK(parsed->ctlogs.size() == 2);
    CHECK(parsed->ctlogs[0].authority() != parsed->ctlogs[1].authority());
    const sigstore::Authority& ca = parsed->certificate_authorities[0];
    CHECK(ca.uri == "https://ca.example");
    CHECK(ca.chain.size() == 1);
    CHECK(ca.valid.end_ms == 1'798'761'599'999);
    // Without a period it is the certificates that limit an authority.
    CHECK(parsed->timestamp_authorities[0].valid == sigstore::ValidityPeriod{});
  }
}

TEST_CASE("a trusted root of another version is unsupported", "[trust]") {
  for (const char* type :
       {"application/vnd.dev.sigstore.trustedroot.v0.3+json",
        "application/vnd.dev.sigstore.trustedroot+json;version=0.2", ""}) {
    Json json = root();
    json["mediaType"] = type;
    CHECK(refuses(parse(json), ErrorKind::unsupported,
                  "trusted root: media type '"));
  }
}

TEST_CASE("a trusted root that does not hold together is refused", "[trust]") {
  const std::string spki = to_base64(log_key().public_key().spki());
  const std::string p384 =
      to_base64(TestKey::make("P-384").public_key().spki());
  struct Row {
    const char* pointer;
    Json value;
    const char* phrase;
  };
  const std::vector<Row> rows{
      {"/mediaType", nullptr, "'mediaType' is missing"},
      {"/tlogs", Json::object(), "'tlogs' is not an array"},
      {"/tlogs/0", "log", "tlogs[0]: not an object"},
      {"/tlogs/0/publicKey", nullptr, "'publicKey' is missing"},
      {"/tlogs/0/publicKey/validFor", Json::object(),
       "tlogs[0]: validFor without a start"},
      {"/tlogs/0/publicKey/validFor", nullptr, "validFor without a start"},
      {"/tlogs/0/publicKey/validFor/start", nullptr,
       "validFor without a start"},
      {"/tlogs/0/publicKey/validFor/start", "2026-01-01",
       "'start' is not a time"},
      {"/tlogs/0/publicKey/validFor/end", "2025-12-31T23:59:59.999Z",
       "'validFor' ends before it starts"},
      {"/ctlogs/1/publicKey/validFor", Json::object(),
       "ctlogs[1]: validFor without a start"},
      {"/tlogs/0/logId", nullptr, "'logId' is missing"},
      {"/tlogs/0/logId/keyId", to_base64(Bytes(31, 1)),
       "logId has no 32 bytes"},
      {"/tlogs/0/logId/keyId", "?", "keyId: "},
      {"/tlogs/0/checkpointKeyId",
       {{"keyId", to_base64(Bytes(4, 1))}},
       "checkpointKeyId has no 32 bytes"},
      {"/ctlogs/1/logId/keyId", to_base64(Bytes(32, 1)),
       "two ctlogs with one id"},
      {"/tlogs/0/publicKey/rawBytes", nullptr, "'rawBytes' is missing"},
      {"/tlogs/0/publicKey/rawBytes", to_base64(Bytes(5, 1)),
       "tlogs[0]: rawBytes: "},
      {"/tlogs/0/publicKey/rawBytes", p384, "not of its keyDetails"},
      {"/tlogs/0/publicKey/keyDetails", "PKIX_ED25519",
       "not of its keyDetails"},
      {"/tlogs/0/publicKey/keyDetails", Json::array(),
       "'keyDetails' is not a whole number"},
      {"/certificateAuthorities/0", "authority",
       "certificateAuthorities[0]: not an object"},
      {"/certificateAuthorities/0/certChain", nullptr,
       "certificateAuthorities[0]: 'certChain' is missing"},
      {"/certificateAuthorities/0/certChain/certificates", Json::array(),
       "certChain is empty"},
      {"/certificateAuthorities/0/certChain/certificates/0/rawBytes", spki,
       "certificateAuthorities[0]: certChain: "},
      {"/timestampAuthorities/0/certChain/certificates/0", Json::object(),
       "timestampAuthorities[0]: 'rawBytes' is missing"},
      {"/timestampAuthorities/0/validFor",
       {{"start", "2026-01-02T00:00:00Z"}, {"end", "2026-01-01T00:00:00Z"}},
       "'validFor' ends before it starts"},
  };
  for (const Row& row : rows) {
    Json json = root();
    json[Json::json_pointer(row.pointer)] = row.value;
    CAPTURE(row.pointer, row.value.dump());
    CHECK(refuses(parse(json), ErrorKind::invalid_input, row.phrase));
  }
  std::string twice = root().dump();
  twice.insert(1, "\"tlogs\":[],");
  CHECK(refuses(parse_trusted_root(as_bytes(twice)), ErrorKind::invalid_input,
                "duplicate member 'tlogs'"));
}

TEST_CASE("a trusted root has its limits", "[trust]") {
  Json json = root();
  for (int i = 0; i < 256; ++i) json["tlogs"].push_back(json["tlogs"][0]);
  CHECK(refuses(parse(json), ErrorKind::invalid_input,
                "'tlogs' has more than 256 elements"));
  json = root();
  Json& chain = json["timestampAuthorities"][0]["certChain"]["certificates"];
  for (int i = 0; i < 16; ++i) chain.push_back(chain[0]);
  CHECK(refuses(parse(json), ErrorKind::invalid_input,
                "certChain has too many certificates"));
  CHECK(refuses(parse_trusted_root(as_bytes(std::string(9 << 20, ' '))),
                ErrorKind::invalid_input, "trusted root: larger than"));
}

TEST_CASE("absent lists are empty, and logs may share an id", "[trust]") {
  const auto parsed = parse({{"mediaType", kV2}, {"ctlogs", nullptr}});
  REQUIRE(works(parsed));
  CHECK(parsed->tlogs.empty());
  CHECK(parsed->certificate_authorities.empty());
  Json json = root();
  json["tlogs"].push_back(json["tlogs"][0]);
  CHECK(works(parse(json)));
}

TEST_CASE("kinds of keys are names or numbers", "[trust]") {
  const TestKey rsa = TestKey::make("RSA-2048");
  const Bytes spki = rsa.public_key().spki();
  for (const Json& details : {Json("PKIX_RSA_PKCS1V15_2048_SHA256"), Json(9),
                              Json("9"), Json("PKIX_RSA_PKCS1V5"), Json(3)}) {
    const auto key = key_of(log_of(spki, details));
    REQUIRE(key.has_value());
    CHECK(*key == rsa.public_key());
  }
  // Real files have either encoding under these names.
  for (const char* details : {"PKCS1_RSA_PKCS1V5", "PKIX_RSA_PKCS1V5"}) {
    for (const Bytes& raw : {spki, bare_key(rsa)}) {
      const auto key = key_of(log_of(raw, details));
      REQUIRE(key.has_value());
      CHECK(*key == rsa.public_key());
    }
  }
  for (const auto& [kind, details] : std::vector<std::pair<const char*, Json>>{
           {"ED25519", 7},
           {"ED25519", "PKIX_ED25519"},
           {"P-384", 12},
           {"P-521", "PKIX_ECDSA_P521_SHA_512"}})
    CHECK(key_of(log_of(TestKey::make(kind).spki(), details)).has_value());
  Json json = root();
  json["tlogs"] = Json::array({log_of(spki, "PKIX_RSA_PKCS1V15_4096_SHA256")});
  CHECK(
      refuses(parse(json), ErrorKind::invalid_input, "not of its keyDetails"));
}

TEST_CASE("a log of an algorithm that is not known does no harm", "[trust]") {
  const Bytes spki = log_key().public_key().spki();
  for (const Json& details : {Json("PKIX_ML_DSA_65"), Json("ML_DSA_65"),
                              Json(21), Json(999), Json("PKIX_ED25519_PH"),
                              Json("PKIX_RSA_PSS_2048_SHA256"), Json(nullptr)})
    CHECK_FALSE(key_of(log_of(spki, details)).has_value());
  CHECK_FALSE(key_of(log_of(Bytes(3, 1), "ML_DSA_44")).has_value());
  const TestKey small = TestKey::make("RSA-1024");
  CHECK_FALSE(key_of(log_of(bare_key(small), "PKCS1_RSA_PKCS1V5")).has_value());
  for (const Json& hash : {Json("SHA2_384"), Json("SHA3_256"), Json(2)}) {
    Json log = log_of(spki, "PKIX_ECDSA_P256_SHA_256");
    log["hashAlgorithm"] = hash;
    CHECK_FALSE(key_of(log).has_value());
  }
  Json log = log_of(spki, "PKIX_ECDSA_P256_SHA_256");
  log["hashAlgorithm"] = nullptr;
  CHECK(key_of(log).has_value());
}
