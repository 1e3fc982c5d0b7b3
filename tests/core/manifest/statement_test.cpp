// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/statement.h"

#include <string>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"

using sigstore::Binding;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::Manifest;
using sigstore::Method;
using sigstore::parse_statement;
using sigstore::Result;
using sigstore::SignedManifest;
using sigstore::Timestamp;
using sigstore::VerifiedPayload;
using sigstore::write_statement;

namespace {

std::string hex_of(std::string_view text) {
  return sigstore::sha256(sigstore::as_bytes(text)).to_hex();
}

Json resource(const std::string& name, const std::string& hex,
              const std::string& algorithm = "sha256") {
  return {{"name", name}, {"digest", hex}, {"algorithm", algorithm}};
}

// Sets the root digest that fits the resources as they are listed.
Json with_root(Json statement) {
  std::vector<sigstore::Resource> resources;
  for (const Json& item : statement["predicate"]["resources"])
    resources.push_back(
        {"",
         sigstore::ContentDigest(
             sigstore::from_hex(item["digest"].get<std::string>()).value())});
  statement["subject"][0]["digest"]["sha256"] =
      sigstore::root_digest(resources).to_hex();
  return statement;
}

Json files_statement() {
  Json json = Json::parse(R"({
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "demo", "digest": {"sha256": ""}}],
    "predicateType": "https://model_signing/signature/v1.0",
    "predicate": {
      "serialization": {"method": "files", "hash_type": "sha256",
                        "allow_symlinks": false, "ignore_paths": [".git"]},
      "resources": []}})");
  json["predicate"]["resources"] =
      Json::array({resource("a", hex_of("1")), resource("b/c", hex_of("2"))});
  return with_root(std::move(json));
}

Json shards_statement(std::vector<std::string> names) {
  Json json = files_statement();
  json["predicate"]["serialization"]["method"] = "shards";
  json["predicate"]["serialization"]["shard_size"] = 8;
  json["predicate"]["resources"] = Json::array();
  for (const std::string& name : names)
    json["predicate"]["resources"].push_back(resource(name, hex_of(name)));
  return with_root(std::move(json));
}

Json legacy_statement() {
  Json json = Json::parse(R"({
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "b", "digest": {"sha256": ""}, "annotations":
                   {"actual_hash_algorithm": "file-sha256"}},
                {"name": "a", "digest": {"sha256": ""}}],
    "predicateType": "https://model_signing/Digests/v0.1",
    "predicate": {"unused": "x"}})");
  json["subject"][0]["digest"]["sha256"] = hex_of("2");
  json["subject"][1]["digest"]["sha256"] = hex_of("1");
  return json;
}

Json with(Json statement, const char* pointer, Json value) {
  statement[Json::json_pointer(pointer)] = std::move(value);
  return statement;
}

Json without(Json statement, const char* parent, const char* member) {
  statement.at(Json::json_pointer(parent)).erase(member);
  return statement;
}

Result<SignedManifest> parse_text(std::string_view text, bool legacy = false) {
  return parse_statement(
      VerifiedPayload::assume_verified_unsafe(sigstore::to_bytes(text)),
      legacy);
}

Result<SignedManifest> parse(const Json& json, bool legacy = false) {
  return parse_text(json.dump(), legacy);
}

bool is_malformed(const Json& json, std::string_view phrase) {
  const auto parsed = parse(json);
  return refuses(parsed, ErrorKind::invalid_input, phrase) &&
         refuses(parsed, ErrorKind::invalid_input, "malformed statement: ");
}

constexpr const char* kSerialization = "/predicate/serialization";

}  // namespace

TEST_CASE("a statement about files is read", "[manifest]") {
  const auto parsed = parse(files_statement());
  REQUIRE(works(parsed));
  CHECK(parsed->model_name() == "demo");
  CHECK(parsed->notes().empty());
  CHECK_FALSE(parsed->binding().has_value());
  const Manifest& manifest = parsed->manifest();
  CHECK(manifest.parameters.method == Method::files);
  CHECK(manifest.parameters.hash_type == sigstore::HashAlgorithm::sha256);
  CHECK_FALSE(manifest.parameters.allow_symlinks);
  CHECK(manifest.parameters.ignore_paths == std::vector<std::string>{".git"});
  REQUIRE(manifest.resources.size() == 2);
  CHECK(manifest.resources[1].name == "b/c");
  CHECK(manifest.resources[1].digest.to_hex() == hex_of("2"));
}

TEST_CASE("a statement about shards is read", "[manifest]") {
  const auto parsed =
      parse(shards_statement({"w:0:8", "w:16:20", "w:8:16", "x:0:3"}));
  REQUIRE(works(parsed));
  CHECK(parsed->manifest().parameters.method == Method::shards);
  CHECK(parsed->manifest().parameters.shard_size == 8);
  CHECK(parsed->manifest().resources.size() == 4);
}

TEST_CASE("absent ignore_paths are none", "[manifest]") {
  const auto parsed =
      parse(without(files_statement(), kSerialization, "ignore_paths"));
  REQUIRE(works(parsed));
  CHECK(parsed->manifest().parameters.ignore_paths.empty());
}

TEST_CASE("further members of a resource and of the subject are ignored",
          "[manifest]") {
  Json json = files_statement();
  json["predicate"]["resources"][0]["uri"] = "https://example.org";
  json["predicate"]["resources"][0]["annotations"] = {{"x", 1}};
  json["subject"][0]["uri"] = "x";
  json["subject"][0]["digest"]["sha512"] = "00";
  json["subject"][0]["annotations"] = {{"other/v1", {{"x", 1}}}};
  CHECK(works(parse(json)));
}

TEST_CASE("further members elsewhere are refused", "[manifest]") {
  CHECK(is_malformed(with(files_statement(), "/x", 1),
                     "'x' is not allowed here"));
  CHECK(is_malformed(with(files_statement(), "/predicate/x", 1),
                     "'x' is not allowed here"));
  CHECK(is_malformed(with(files_statement(), "/predicate/serialization/x", 1),
                     "'x' is not allowed here"));
}

TEST_CASE("each required member of a statement is missed by name",
          "[manifest]") {
  for (const char* member :
       {"_type", "subject", "predicateType", "predicate"}) {
    CAPTURE(member);
    CHECK(is_malformed(without(files_statement(), "", member),
                       std::string("'") + member + "' is missing"));
  }
  for (const char* member : {"resources", "serialization"}) {
    CAPTURE(member);
    CHECK(is_malformed(without(files_statement(), "/predicate", member),
                       std::string("'") + member + "' is missing"));
  }
  for (const char* member : {"method", "hash_type", "allow_symlinks"}) {
    CAPTURE(member);
    CHECK(is_malformed(without(files_statement(), kSerialization, member),
                       std::string("'") + member + "' is missing"));
  }
  for (const char* member : {"name", "digest", "algorithm"}) {
    CAPTURE(member);
    CHECK(is_malformed(
        without(files_statement(), "/predicate/resources/0", member),
        std::string("'") + member + "' is missing"));
  }
}

TEST_CASE("text that is no JSON object is no statement", "[manifest]") {
  CHECK(refuses(parse_text(""), ErrorKind::invalid_input,
                "malformed statement: JSON: "));
  CHECK(is_malformed(Json::array(), "malformed statement: no object"));
  CHECK(refuses(parse_text(R"({"_type":"a","_type":"b"})"),
                ErrorKind::invalid_input, "duplicate member '_type'"));
}

TEST_CASE("a statement of another type is refused", "[manifest]") {
  CHECK(is_malformed(
      with(files_statement(), "/_type", "https://in-toto.io/Statement/v0.1"),
      "'_type' is not Statement v1"));
}

TEST_CASE("an unknown predicate is unsupported", "[manifest]") {
  for (const char* type : {"", "https://example.com/wrong-predicate/v1.0",
                           "https://model_signing/signature/v1.1",
                           "https://model_signing/signature/v1.0/",
                           "https://model_signing/Digests/v0.2"}) {
    CAPTURE(type);
    for (const bool legacy : {false, true})
      CHECK(refuses(
          parse(with(files_statement(), "/predicateType", type), legacy),
          ErrorKind::unsupported, "is not a model signature"));
  }
}

TEST_CASE("an unknown method is unsupported", "[manifest]") {
  CHECK(refuses(
      parse(with(files_statement(), "/predicate/serialization/method", "x")),
      ErrorKind::unsupported, "unknown method 'x'"));
}

TEST_CASE("an unknown hash type is refused", "[manifest]") {
  CHECK(is_malformed(
      with(files_statement(), "/predicate/serialization/hash_type", "sha512"),
      "unknown hash algorithm 'sha512'"));
}

TEST_CASE("allow_symlinks has to be a boolean", "[manifest]") {
  CHECK(is_malformed(with(files_statement(),
                          "/predicate/serialization/allow_symlinks", "false"),
                     "'allow_symlinks' is not a boolean"));
}

TEST_CASE("a shard size goes with shards only", "[manifest]") {
  CHECK(is_malformed(
      with(files_statement(), "/predicate/serialization/shard_size", 8),
      "'shard_size' goes with the method shards"));
  CHECK(is_malformed(
      without(shards_statement({"w:0:8"}), kSerialization, "shard_size"),
      "'shard_size' goes with the method shards"));
}

TEST_CASE("a shard size is a positive whole number", "[manifest]") {
  const char* pointer = "/predicate/serialization/shard_size";
  CHECK(works(parse(with(shards_statement({"w:0:8"}), pointer, 8.0))));
  for (const Json& size :
       {Json(0), Json(-8), Json(8.5), Json("8"), Json(9007199254740992)}) {
    CAPTURE(size.dump());
    CHECK(is_malformed(with(shards_statement({"w:0:8"}), pointer, size),
                       "'shard_size' is not"));
  }
}

TEST_CASE("recorded ignore_paths with patterns or dots are refused",
          "[manifest]") {
  const char* pointer = "/predicate/serialization/ignore_paths";
  for (const char* path : {".", "..", "", "/a", "*.bin", "a/../b"}) {
    CAPTURE(path);
    CHECK(is_malformed(with(files_statement(), pointer, Json::array({path})),
                       "ignored path"));
  }
  CHECK(is_malformed(
      with(files_statement(), pointer, Json(std::vector<int>(10'001, 0))),
      "too many ignore_paths"));
  CHECK(is_malformed(with(files_statement(), pointer, "a"),
                     "'ignore_paths' is not an array"));
  CHECK(is_malformed(with(files_statement(), pointer, Json::array({1})),
                     "an ignore_paths item is no string"));
}

TEST_CASE("an empty model is refused", "[manifest]") {
  CHECK(is_malformed(
      with_root(with(files_statement(), "/predicate/resources", Json::array())),
      "no resources: an empty model"));
}

TEST_CASE("a statement lists at most a million files", "[manifest]") {
  // What is listed is not looked at then.
  const Json many(std::vector<int>(1'000'001, 0));
  CHECK(is_malformed(with(files_statement(), "/predicate/resources", many),
                     "too many resources"));
  CHECK(is_malformed(with(legacy_statement(), "/subject", many),
                     "too many subjects"));
}

TEST_CASE("a digest of the wrong length is refused", "[manifest]") {
  const std::string good = hex_of("1");
  for (const std::string& hex : {std::string(), good.substr(1), good.substr(2),
                                 good + "00", std::string("a")}) {
    CAPTURE(hex);
    CHECK(is_malformed(
        with(files_statement(), "/predicate/resources/0/digest", hex),
        "a: not a sha256 digest"));
  }
}

TEST_CASE("a digest in upper case is refused", "[manifest]") {
  std::string upper = hex_of("1");
  for (char& c : upper)
    if (c >= 'a') c = static_cast<char>(c - 'a' + 'A');
  CHECK(is_malformed(
      with(files_statement(), "/predicate/resources/0/digest", upper),
      "a: not a sha256 digest in lower-case"));
}

TEST_CASE("a blake2b statement has longer digests", "[manifest]") {
  Json json = files_statement();
  json["predicate"]["serialization"]["hash_type"] = "blake2b";
  json["predicate"]["resources"] =
      Json::array({resource("a", std::string(128, 'a'), "blake2b")});
  CHECK(works(parse(with_root(json))));
  json["predicate"]["resources"] =
      Json::array({resource("a", hex_of("1"), "blake2b")});
  CHECK(is_malformed(with_root(json), "a: not a blake2b digest"));
}

TEST_CASE("a resource of another algorithm than the statement is refused",
          "[manifest]") {
  for (const char* algorithm :
       {"blake3", "sha512", "", "SHA256", "sha256-sharded-8"}) {
    CAPTURE(algorithm);
    CHECK(is_malformed(
        with(files_statement(), "/predicate/resources/0/algorithm", algorithm),
        "'a' has algorithm"));
  }
}

TEST_CASE("shards may name the algorithm as model-signing does", "[manifest]") {
  const char* pointer = "/predicate/resources/0/algorithm";
  CHECK(works(
      parse(with(shards_statement({"w:0:8"}), pointer, "sha256-sharded-8"))));
  CHECK(is_malformed(
      with(shards_statement({"w:0:8"}), pointer, "sha256-sharded-16"),
      "has algorithm"));
}

TEST_CASE("a resource name that is not canonical is refused", "[manifest]") {
  for (const char* name : {"", "/a", "../a", "a/../b", "a//b", "./a", "a/"}) {
    CAPTURE(name);
    CHECK(is_malformed(
        with(files_statement(), "/predicate/resources/0/name", name),
        "is not canonical"));
    CHECK(is_malformed(shards_statement({std::string(name) + ":0:8"}),
                       "is not canonical"));
  }
}

TEST_CASE("the name of a single file may be a dot", "[manifest]") {
  Json json = files_statement();
  json["predicate"]["resources"] = Json::array({resource(".", hex_of("1"))});
  CHECK(works(parse(with_root(json))));
  CHECK(works(parse(shards_statement({".:0:8"}))));
}

TEST_CASE("a name that stands twice is refused", "[manifest]") {
  Json json = files_statement();
  json["predicate"]["resources"][1]["name"] = "a";
  CHECK(is_malformed(json, "'a' is listed twice"));
}

TEST_CASE("another order is accepted with a note, its root as listed",
          "[manifest]") {
  Json json = files_statement();
  std::swap(json["predicate"]["resources"][0],
            json["predicate"]["resources"][1]);
  CHECK(is_malformed(json, "the root digest does not fit"));
  const auto parsed = parse(with_root(json));
  REQUIRE(works(parsed));
  REQUIRE(parsed->notes().size() == 1);
  CHECK(parsed->notes()[0].find("order") != std::string::npos);
  CHECK(parsed->manifest().resources[0].name == "a");
}

TEST_CASE("a wrong root digest is refused", "[manifest]") {
  for (const std::string& hex : {hex_of("other"), std::string(), hex_of("1")}) {
    CAPTURE(hex);
    CHECK(is_malformed(with(files_statement(), "/subject/0/digest/sha256", hex),
                       "the root digest does not fit the resources"));
  }
}

TEST_CASE("a root digest under another name is missing", "[manifest]") {
  Json json = files_statement();
  json["subject"][0]["digest"] = {
      {"sha-256", json["subject"][0]["digest"]["sha256"]}};
  CHECK(is_malformed(json, "'sha256' is missing"));
}

TEST_CASE("no subject, two subjects and a nameless one are refused",
          "[manifest]") {
  Json json = files_statement();
  json["subject"].push_back(json["subject"][0]);
  CHECK(is_malformed(json, "needs exactly one subject"));
  CHECK(is_malformed(with(files_statement(), "/subject", Json::array()),
                     "needs exactly one subject"));
  CHECK(is_malformed(with(files_statement(), "/subject/0/name", ""),
                     "the subject has no name"));
  CHECK(is_malformed(with(files_statement(), "/subject/0", 5),
                     "'name' is missing"));
}

TEST_CASE("shards that do not cover their file are refused", "[manifest]") {
  const std::vector<std::vector<std::string>> cases{
      {"w:8:16"},            // no start
      {"w:0:8", "w:16:24"},  // a gap
      {"w:0:8", "w:4:12"},   // an overlap
      {"w:0:4", "w:4:12"},   // a short one in the middle
      {"w:0:9"},             // one too long
      {"w:0:16"},            //
      {"w:0:8", "w:0:8"},    // one twice
      {"w:0:8", "w:0:4"},    // two starts
      {"w:0:8", "x:8:16"},   // the rest under another name
  };
  for (const auto& names : cases) {
    CAPTURE(names);
    CHECK(is_malformed(shards_statement(names), "do not cover it in steps of"));
  }
}

TEST_CASE("a file name among shards is refused", "[manifest]") {
  CHECK(is_malformed(shards_statement({"w"}), "is not a shard name"));
}

TEST_CASE("a legacy statement is read", "[manifest]") {
  for (const bool legacy : {true, false}) {
    const auto parsed = parse(legacy_statement(), legacy);
    REQUIRE(works(parsed));
    REQUIRE(parsed->notes().size() == 1);
    CHECK(parsed->notes()[0].find("0.2") != std::string::npos);
    REQUIRE(parsed->manifest().resources.size() == 2);
    CHECK(parsed->manifest().resources[0].name == "a");
    CHECK(parsed->manifest().resources[0].digest.to_hex() == hex_of("1"));
    CHECK(parsed->manifest().parameters.method == Method::files);
  }
}

TEST_CASE("a current statement in the legacy encoding is unsupported",
          "[manifest]") {
  CHECK(refuses(parse(files_statement(), true), ErrorKind::unsupported,
                "is not a model signature"));
}

TEST_CASE("a legacy statement is checked as well", "[manifest]") {
  CHECK(is_malformed(with(legacy_statement(), "/subject", Json::array()),
                     "no subjects"));
  CHECK(is_malformed(with(legacy_statement(), "/subject/0/name", "../a"),
                     "is not canonical"));
  CHECK(is_malformed(with(legacy_statement(), "/subject/0/name", "a"),
                     "'a' is listed twice"));
  CHECK(is_malformed(with(legacy_statement(), "/subject/0/digest/sha256", "00"),
                     "not a sha256 digest"));
  CHECK(is_malformed(with(legacy_statement(), "/x", 1), "'x' is not allowed"));
}

TEST_CASE("a legacy statement with another hash is unsupported", "[manifest]") {
  CHECK(refuses(parse(with(legacy_statement(),
                           "/subject/0/annotations/actual_hash_algorithm",
                           "file-sha256-sharded-8")),
                ErrorKind::unsupported, "was hashed as"));
}

TEST_CASE("a written statement is read back as it was", "[manifest]") {
  Manifest manifest;
  manifest.parameters.ignore_paths = {".git", "b \"c\""};
  manifest.resources = {
      {"a\nb", sigstore::sha256(sigstore::as_bytes("1"))},
      {"\xc3\xa9/\\", sigstore::sha256(sigstore::as_bytes("2"))}};
  Binding binding;
  binding.repository = "huggingface.co/o/m";
  binding.ref = "refs/heads/main";
  binding.object_format = "sha1";
  binding.tree.id = *sigstore::git::ObjectId::parse_hex(std::string(40, '1'));
  binding.commit.id = binding.tree.id;
  const auto text = write_statement(manifest, "m", binding);
  REQUIRE(works(text));
  const auto parsed = parse_text(*text);
  REQUIRE(works(parsed));
  CHECK(parsed->manifest().resources == manifest.resources);
  CHECK(parsed->manifest().parameters.ignore_paths ==
        manifest.parameters.ignore_paths);
  CHECK(parsed->model_name() == "m");
  CHECK(parsed->binding() == binding);
  CHECK(parsed->signed_at() == binding.signed_at);
  CHECK(parsed->notes().empty());
}

TEST_CASE("a statement without a binding says when it was signed",
          "[manifest]") {
  Manifest manifest;
  manifest.resources = {{"a", sigstore::sha256({})}};
  const Timestamp when{1'780'000'000};
  const auto text = write_statement(manifest, "m", std::nullopt, when);
  REQUIRE(works(text));
  const auto parsed = parse_text(*text);
  REQUIRE(works(parsed));
  CHECK_FALSE(parsed->binding());
  CHECK(parsed->signed_at() == when);
  CHECK_FALSE(parse_text(files_statement().dump())->signed_at());
  CHECK(is_malformed(
      with(files_statement(), "/subject/0/annotations",
           Json{{sigstore::kSigningTimeAnnotation, {{"signedAt", "now"}}}}),
      "'signedAt' is not RFC 3339 in UTC"));
}

TEST_CASE("a written statement about shards is read back as it was",
          "[manifest]") {
  Manifest manifest;
  manifest.parameters.method = Method::shards;
  manifest.parameters.shard_size = 8;
  manifest.parameters.allow_symlinks = true;
  manifest.resources = {{"w:0:8", sigstore::sha256(sigstore::as_bytes("1"))},
                        {"w:8:9", sigstore::sha256(sigstore::as_bytes("2"))}};
  const auto text = write_statement(manifest, "m", std::nullopt);
  REQUIRE(works(text));
  const auto parsed = parse_text(*text);
  REQUIRE(works(parsed));
  CHECK(parsed->manifest().resources == manifest.resources);
  CHECK(parsed->manifest().parameters.shard_size == 8);
  CHECK(parsed->manifest().parameters.allow_symlinks);
}

TEST_CASE("a statement without files is not written", "[manifest]") {
  CHECK(refuses(write_statement(Manifest(), "m", std::nullopt),
                ErrorKind::invalid_input, "there is no file to sign"));
}

TEST_CASE("a statement without a proper model name is not written",
          "[manifest]") {
  Manifest manifest;
  manifest.resources = {{"a", sigstore::sha256({})}};
  for (const char* name : {"", "\xff"})
    CHECK(refuses(write_statement(manifest, name, std::nullopt),
                  ErrorKind::invalid_input, "the model's name"));
}

TEST_CASE("a statement whose binding is not valid UTF-8 is not written",
          "[manifest]") {
  // git allows such refs; no reader would parse the statement.
  Manifest manifest;
  manifest.resources = {{"a", sigstore::sha256({})}};
  Binding binding;
  binding.repository = "huggingface.co/o/m";
  binding.ref = "refs/heads/\xff";
  CHECK_FALSE(write_statement(manifest, "m", binding).ok());
}

TEST_CASE("a damaged binding makes a statement malformed", "[manifest]") {
  CHECK(is_malformed(
      with(files_statement(), "/subject/0/annotations",
           Json{{sigstore::kBindingAnnotation, {{"repository", "x"}}}}),
      "repository binding: 'ref' is missing"));
}
