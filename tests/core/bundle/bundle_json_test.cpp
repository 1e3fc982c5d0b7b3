// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/bundle_json.h"

#include <string>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::Bundle;
using sigstore::BundleVersion;
using sigstore::Bytes;
using sigstore::DsseEnvelope;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::parse_bundle;
using sigstore::write_bundle;

namespace {

const std::string kHash = sigstore::to_base64(Bytes(32, 7));

// Bundles that are well formed, to be spoiled by the tests.
Json key_bundle() {
  return Json::parse(R"({
    "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "verificationMaterial": {"publicKey": {"hint": "abc"}, "tlogEntries": []},
    "dsseEnvelope": {
      "payload": "e30=", "payloadType": "application/vnd.in-toto+json",
      "signatures": [{"sig": "AQID", "keyid": ""}]}})");
}

Json tlog_entry() {
  Json entry = Json::parse(R"({
    "logIndex": "7", "logId": {}, "kindVersion":
    {"kind": "dsse", "version": "0.0.1"}, "integratedTime": "1700000000",
    "inclusionPromise": {"signedEntryTimestamp": "AQ=="},
    "inclusionProof": {"logIndex": "5", "treeSize": "9",
      "checkpoint": {"envelope": "note"}},
    "canonicalizedBody": "e30="})");
  entry["logId"]["keyId"] = kHash;
  entry["inclusionProof"]["rootHash"] = kHash;
  entry["inclusionProof"]["hashes"] = {kHash, kHash};
  return entry;
}

Json keyless_bundle() {
  Json bundle = key_bundle();
  bundle["verificationMaterial"] = {
      {"certificate", {{"rawBytes", "MAA="}}},
      {"tlogEntries", Json::array({tlog_entry()})},
      {"timestampVerificationData",
       {{"rfc3161Timestamps", Json::array({{{"signedTimestamp", "MAE="}}})}}}};
  return bundle;
}

sigstore::Result<Bundle> parse(const Json& json) {
  return parse_bundle(as_bytes(json.dump()));
}

bool is_malformed(const Json& json, std::string_view phrase) {
  const auto bundle = parse(json);
  return refuses(bundle, ErrorKind::invalid_input, phrase) &&
         refuses(bundle, ErrorKind::invalid_input, "malformed bundle: ");
}

// A key bundle with one member replaced.
Json with(const char* pointer, Json value) {
  Json bundle = key_bundle();
  bundle[Json::json_pointer(pointer)] = std::move(value);
  return bundle;
}

Json without(Json bundle, const char* parent, const char* member) {
  bundle.at(Json::json_pointer(parent)).erase(member);
  return bundle;
}

// A keyless bundle whose log entry has one member replaced.
Json with_entry(const char* pointer, Json value) {
  Json bundle = keyless_bundle();
  bundle["verificationMaterial"]["tlogEntries"][0]
        [Json::json_pointer(pointer)] = std::move(value);
  return bundle;
}

}  // namespace

TEST_CASE("a bundle signed with a key is read", "[bundle]") {
  const auto bundle = parse(key_bundle());
  REQUIRE(works(bundle));
  CHECK(bundle->version == BundleVersion::v0_3);
  const auto& key = std::get<sigstore::PublicKeyMaterial>(bundle->material);
  CHECK(key.hint == "abc");
  const auto& envelope = std::get<DsseEnvelope>(bundle->content);
  CHECK(sigstore::as_text(envelope.payload) == "{}");
  CHECK(envelope.payload_type == "application/vnd.in-toto+json");
  CHECK(envelope.signature == Bytes{1, 2, 3});
}

TEST_CASE("a bundle signed without a key is read", "[bundle]") {
  const auto bundle = parse(keyless_bundle());
  REQUIRE(works(bundle));
  CHECK(std::get<sigstore::CertificateMaterial>(bundle->material).der ==
        Bytes{0x30, 0});
  REQUIRE(bundle->tlog_entries.size() == 1);
  const sigstore::TlogEntry& entry = bundle->tlog_entries[0];
  CHECK(entry.log_index == 7);
  CHECK(entry.log_id == Bytes(32, 7));
  CHECK(entry.kind == "dsse");
  CHECK(entry.version == "0.0.1");
  CHECK(entry.integrated_time == 1700000000);
  CHECK(entry.signed_entry_timestamp == Bytes{1});
  REQUIRE(entry.inclusion_proof.has_value());
  CHECK(entry.inclusion_proof->tree_size == 9);
  CHECK(entry.inclusion_proof->hashes.size() == 2);
  CHECK(entry.inclusion_proof->checkpoint == "note");
  CHECK(bundle->timestamps == std::vector<Bytes>{Bytes{0x30, 1}});
}

TEST_CASE("a certificate chain is read leaf first", "[bundle]") {
  const auto bundle =
      parse(with("/verificationMaterial",
                 Json::parse(R"({"x509CertificateChain": {"certificates":
                     [{"rawBytes": "AQ=="}, {"rawBytes": "Ag=="}]}})")));
  REQUIRE(works(bundle));
  CHECK(std::get<sigstore::CertificateChainMaterial>(bundle->material)
            .certificates == std::vector<Bytes>{Bytes{1}, Bytes{2}});
}

TEST_CASE("a signed message is read", "[bundle]") {
  Json json = without(key_bundle(), "", "dsseEnvelope");
  json["messageSignature"] = Json::parse(
      R"({"messageDigest": {"algorithm": "SHA2_256", "digest": "AQ=="},
          "signature": "Ag=="})");
  const auto bundle = parse(json);
  REQUIRE(works(bundle));
  const auto& message = std::get<sigstore::MessageSignature>(bundle->content);
  CHECK(message.digest_algorithm == "SHA2_256");
  CHECK(message.signature == Bytes{2});
}

TEST_CASE("every published media type is read", "[bundle]") {
  const std::string old = "application/vnd.dev.sigstore.bundle+json;version=";
  CHECK(parse(with("/mediaType", old + "0.1")).value().version ==
        BundleVersion::v0_1);
  CHECK(parse(with("/mediaType", old + "0.2")).value().version ==
        BundleVersion::v0_2);
  CHECK(parse(with("/mediaType", old + "0.3")).value().version ==
        BundleVersion::v0_3);
}

TEST_CASE("other media types are unsupported", "[bundle]") {
  for (const char* type :
       {"", "application/json",
        "application/vnd.dev.sigstore.bundle.v0.3+jsonfoo",
        "application/vnd.dev.sigstore.bundle.v0.4+json",
        "application/vnd.dev.sigstore.bundle+json;version=0.4",
        "Application/vnd.dev.sigstore.bundle.v0.3+json"}) {
    CAPTURE(type);
    CHECK(refuses(parse(with("/mediaType", type)), ErrorKind::unsupported,
                  "bundle media type"));
  }
}

TEST_CASE("text that is no JSON object is no bundle", "[bundle]") {
  CHECK(refuses(parse_bundle({}), ErrorKind::invalid_input,
                "malformed bundle: JSON: syntax error"));
  CHECK(refuses(parse_bundle(as_bytes("{")), ErrorKind::invalid_input,
                "malformed bundle: JSON: syntax error"));
  CHECK(is_malformed(Json::array(), "not a JSON object"));
  CHECK(is_malformed(Json("text"), "not a JSON object"));
}

TEST_CASE("a duplicate member anywhere is refused", "[bundle]") {
  std::string text = key_bundle().dump();
  text.insert(text.find("\"payload\""), "\"payload\":\"e30=\",");
  CHECK(refuses(parse_bundle(as_bytes(text)), ErrorKind::invalid_input,
                "duplicate member 'payload'"));
}

TEST_CASE("unknown members are ignored everywhere", "[bundle]") {
  Json json = keyless_bundle();
  json["x"] = 1;
  json["verificationMaterial"]["x"] = 1;
  json["verificationMaterial"]["certificate"]["x"] = 1;
  json["verificationMaterial"]["tlogEntries"][0]["x"] = 1;
  json["dsseEnvelope"]["x"] = 1;
  json["dsseEnvelope"]["signatures"][0]["x"] = 1;
  CHECK(parse(json).value() == parse(keyless_bundle()).value());
}

TEST_CASE("a bundle beyond the size limit is not parsed", "[bundle]") {
  const Bytes large(sigstore::limits::kBundle + 1, ' ');
  CHECK(refuses(parse_bundle(large), ErrorKind::invalid_input,
                "malformed bundle: larger than"));
}

TEST_CASE("absent parts are named", "[bundle]") {
  CHECK(is_malformed(without(key_bundle(), "", "mediaType"),
                     "'mediaType' is missing"));
  CHECK(is_malformed(without(key_bundle(), "", "verificationMaterial"),
                     "'verificationMaterial' is missing"));
  CHECK(is_malformed(without(key_bundle(), "/dsseEnvelope", "payload"),
                     "dsseEnvelope: 'payload' is missing"));
  CHECK(is_malformed(without(key_bundle(), "/dsseEnvelope", "payloadType"),
                     "dsseEnvelope: 'payloadType' is missing"));
  CHECK(is_malformed(without(key_bundle(), "/dsseEnvelope", "signatures"),
                     "dsseEnvelope: 'signatures' is missing"));
  CHECK(is_malformed(with("/dsseEnvelope/signatures/0", Json::object()),
                     "dsseEnvelope: 'sig' is missing"));
}

TEST_CASE("a bundle without key material is refused", "[bundle]") {
  CHECK(is_malformed(with("/verificationMaterial", Json::object()),
                     "verificationMaterial: needs exactly one of"));
  CHECK(is_malformed(with("/verificationMaterial/publicKey", nullptr),
                     "verificationMaterial: needs exactly one of"));
}

TEST_CASE("a bundle with two kinds of key material is refused", "[bundle]") {
  CHECK(is_malformed(
      with("/verificationMaterial/certificate", Json{{"rawBytes", "MAA="}}),
      "verificationMaterial: needs exactly one of"));
  CHECK(is_malformed(with("/verificationMaterial/x509CertificateChain",
                          Json{{"certificates", Json::array()}}),
                     "verificationMaterial: needs exactly one of"));
}

TEST_CASE("a bundle with no content or two is refused", "[bundle]") {
  CHECK(is_malformed(without(key_bundle(), "", "dsseEnvelope"),
                     "needs exactly one of dsseEnvelope, messageSignature"));
  CHECK(is_malformed(with("/messageSignature", Json{{"signature", "Ag=="}}),
                     "needs exactly one of dsseEnvelope, messageSignature"));
}

TEST_CASE("an envelope with no signature or two is refused", "[bundle]") {
  CHECK(is_malformed(with("/dsseEnvelope/signatures", Json::array()),
                     "dsseEnvelope: needs exactly one signature"));
  const Json one{{"sig", "AQID"}};
  CHECK(is_malformed(with("/dsseEnvelope/signatures", Json::array({one, one})),
                     "dsseEnvelope: needs exactly one signature"));
}

TEST_CASE("an empty signature is refused", "[bundle]") {
  CHECK(is_malformed(with("/dsseEnvelope/signatures/0/sig", ""),
                     "dsseEnvelope: empty signature"));
  Json json = without(key_bundle(), "", "dsseEnvelope");
  json["messageSignature"] = {{"signature", ""}};
  CHECK(is_malformed(json, "messageSignature: empty signature"));
}

TEST_CASE("a key id may be absent, null or empty", "[bundle]") {
  const Bundle expected = parse(key_bundle()).value();
  CHECK(parse(without(key_bundle(), "/dsseEnvelope/signatures/0", "keyid"))
            .value() == expected);
  CHECK(parse(with("/dsseEnvelope/signatures/0/keyid", nullptr)).value() ==
        expected);
}

TEST_CASE("base64 in a bundle is strict", "[bundle]") {
  for (const char* text : {"AQI", "AQI-", "AQ==\n", "AR=="}) {
    CAPTURE(text);
    CHECK(is_malformed(with("/dsseEnvelope/payload", text),
                       "dsseEnvelope: payload: base64: "));
    CHECK(is_malformed(with("/dsseEnvelope/signatures/0/sig", text),
                       "dsseEnvelope: sig: base64: "));
    CHECK(is_malformed(with("/verificationMaterial/publicKey/rawBytes", text),
                       "verificationMaterial: rawBytes: base64: "));
  }
}

TEST_CASE("members of another type are refused", "[bundle]") {
  CHECK(is_malformed(with("/mediaType", 3), "'mediaType' is not a string"));
  CHECK(is_malformed(with("/verificationMaterial", Json::array()),
                     "'verificationMaterial' is not an object"));
  CHECK(is_malformed(with("/verificationMaterial/publicKey", "abc"),
                     "'publicKey' is not an object"));
  CHECK(is_malformed(with("/verificationMaterial/publicKey/hint", 5),
                     "'hint' is not a string"));
  CHECK(is_malformed(with("/verificationMaterial/tlogEntries", Json::object()),
                     "'tlogEntries' is not an array"));
  CHECK(is_malformed(with("/dsseEnvelope", "x"),
                     "'dsseEnvelope' is not an object"));
  CHECK(is_malformed(with("/dsseEnvelope/signatures", Json::array({"x"})),
                     "'sig' is missing"));
}

TEST_CASE("a hint beyond the limit is refused", "[bundle]") {
  CHECK(is_malformed(
      with("/verificationMaterial/publicKey/hint", std::string(257, 'a')),
      "verificationMaterial: hint is too long"));
}

TEST_CASE("an empty chain, a long one and empty certificates are refused",
          "[bundle]") {
  const auto chain = [](Json certificates) {
    return with("/verificationMaterial",
                Json{{"x509CertificateChain",
                      {{"certificates", std::move(certificates)}}}});
  };
  const Json one{{"rawBytes", "AQ=="}};
  CHECK(is_malformed(chain(Json::array()), "empty certificate chain"));
  CHECK(is_malformed(chain(Json::array({one, Json{{"rawBytes", ""}}})),
                     "empty certificate"));
  CHECK(is_malformed(chain(Json::array({Json::object()})),
                     "'rawBytes' is missing"));
  CHECK(is_malformed(chain(Json(std::vector<Json>(17, one))),
                     "too many certificates"));
}

TEST_CASE("a certificate without a log entry is refused", "[bundle]") {
  Json json = keyless_bundle();
  json["verificationMaterial"]["tlogEntries"] = Json::array();
  CHECK(is_malformed(json, "needs at least one tlogEntries item"));
  json["verificationMaterial"].erase("tlogEntries");
  CHECK(is_malformed(json, "needs at least one tlogEntries item"));
}

TEST_CASE("the same log entry twice is refused", "[bundle]") {
  Json json = keyless_bundle();
  json["verificationMaterial"]["tlogEntries"].push_back(tlog_entry());
  CHECK(is_malformed(json, "the same log entry twice"));
  json["verificationMaterial"]["tlogEntries"][1]["logIndex"] = "8";
  CHECK(works(parse(json)));
}

TEST_CASE("too many log entries are refused", "[bundle]") {
  Json json = keyless_bundle();
  json["verificationMaterial"]["tlogEntries"] =
      Json(std::vector<Json>(33, tlog_entry()));
  CHECK(is_malformed(json, "too many entries"));
}

TEST_CASE("negative and broken numbers in a log entry are refused",
          "[bundle]") {
  for (const Json& value : {Json(-1), Json("-1"), Json(1.5), Json("x")}) {
    CAPTURE(value.dump());
    CHECK(is_malformed(with_entry("/logIndex", value),
                       "tlogEntries[0]: 'logIndex' is not a whole number"));
    CHECK(is_malformed(with_entry("/integratedTime", value),
                       "'integratedTime' is not a whole number"));
    CHECK(is_malformed(with_entry("/inclusionProof/treeSize", value),
                       "inclusionProof: 'treeSize' is not a whole number"));
  }
}

TEST_CASE("hashes and ids of another size are refused", "[bundle]") {
  const std::string short_hash = sigstore::to_base64(Bytes(31, 7));
  CHECK(is_malformed(with_entry("/logId/keyId", short_hash),
                     "keyId has no 32 bytes"));
  CHECK(is_malformed(with_entry("/inclusionProof/rootHash", short_hash),
                     "rootHash has no 32 bytes"));
  CHECK(is_malformed(
      with_entry("/inclusionProof/hashes", Json::array({short_hash})),
      "hash has no 32 bytes"));
  CHECK(is_malformed(with_entry("/inclusionProof/hashes", Json::array({1})),
                     "hash is not a string"));
}

TEST_CASE("a proof for an index outside of the tree is refused", "[bundle]") {
  CHECK(is_malformed(with_entry("/inclusionProof/logIndex", "9"),
                     "logIndex is outside of the tree"));
  CHECK(is_malformed(with_entry("/inclusionProof/treeSize", "0"),
                     "logIndex is outside of the tree"));
}

TEST_CASE("a proof with more hashes than any tree has is refused", "[bundle]") {
  CHECK(is_malformed(
      with_entry("/inclusionProof/hashes", Json(std::vector<Json>(65, kHash))),
      "too many hashes"));
}

TEST_CASE("the same timestamp twice and too many are refused", "[bundle]") {
  Json json = keyless_bundle();
  Json& list = json["verificationMaterial"]["timestampVerificationData"]
                   ["rfc3161Timestamps"];
  list.push_back(list[0]);
  CHECK(is_malformed(json, "the same timestamp twice"));
  list = Json(std::vector<Json>(33, list[0]));
  CHECK(is_malformed(json, "too many timestamps"));
  list = Json::array({Json::object()});
  CHECK(is_malformed(json, "'signedTimestamp' is missing"));
}

TEST_CASE("empty timestamp data is none", "[bundle]") {
  const auto bundle = parse(
      with("/verificationMaterial/timestampVerificationData", Json::object()));
  REQUIRE(works(bundle));
  CHECK(bundle->timestamps.empty());
}

TEST_CASE("a written bundle is read back as it was", "[bundle]") {
  Bundle bundle;
  bundle.material = sigstore::PublicKeyMaterial{"0123abcd", {}};
  bundle.content = DsseEnvelope{"application/vnd.in-toto+json",
                                sigstore::to_bytes("{\"a\":\"\\u0000\"}"),
                                Bytes{0x30, 1, 2}, ""};
  const auto text = write_bundle(bundle);
  REQUIRE(works(text));
  const auto back = parse_bundle(as_bytes(*text));
  REQUIRE(works(back));
  CHECK(*back == bundle);
  CHECK(text->ends_with("}\n"));
}

TEST_CASE("a written bundle has the members that the schema demands",
          "[bundle]") {
  const Json json =
      Json::parse(write_bundle(parse(key_bundle()).value()).value());
  CHECK(json == key_bundle());
}

TEST_CASE("nothing of a parsed bundle is lost in writing", "[bundle]") {
  Bundle bundle = parse(key_bundle()).value();
  std::get<sigstore::PublicKeyMaterial>(bundle.material).raw_bytes =
      sigstore::to_bytes("PEM");
  std::get<sigstore::DsseEnvelope>(bundle.content).key_id = "\"key\"";
  const auto text = write_bundle(bundle);
  REQUIRE(works(text));
  CHECK(sigstore::parse_bundle(as_bytes(*text)).value() == bundle);
  bundle.media_type = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  CHECK(refuses(write_bundle(bundle), ErrorKind::unsupported, "version 0.3"));
}

TEST_CASE("bundles of every kind are read back as they were written",
          "[bundle]") {
  const auto survives = [](const Bundle& bundle) {
    const auto text = write_bundle(bundle);
    REQUIRE(works(text));
    const auto back = parse_bundle(as_bytes(*text));
    REQUIRE(works(back));
    CHECK(*back == bundle);
  };
  Bundle keyless = parse(keyless_bundle()).value();
  keyless.media_type = std::string(sigstore::kBundleMediaType);
  keyless.version = sigstore::BundleVersion::v0_3;
  survives(keyless);
  keyless.timestamps = {Bytes{1}, Bytes{2}};
  keyless.tlog_entries.front().inclusion_proof.reset();
  keyless.tlog_entries.front().signed_entry_timestamp.clear();
  survives(keyless);
  Bundle message = parse(key_bundle()).value();
  message.content = sigstore::MessageSignature{"", {}, Bytes{1}};
  survives(message);
  // A digest of no algorithm is refused later, not lost.
  message.content = sigstore::MessageSignature{"", Bytes{2}, Bytes{1}};
  survives(message);
  message.content = sigstore::MessageSignature{"SHA2_256", Bytes{2}, Bytes{1}};
  message.material =
      sigstore::CertificateChainMaterial{{Bytes{1}, Bytes{2, 3}}};
  survives(message);
  message.material = sigstore::CertificateMaterial{Bytes{1}};
  CHECK(refuses(write_bundle(message), ErrorKind::internal,
                "without a log entry"));
}
