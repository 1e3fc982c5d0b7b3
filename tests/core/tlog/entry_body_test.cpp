// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/entry_body.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/encoding.h"
#include "core/base/json.h"
#include "core/bundle/dsse.h"
#include "tests/core/refuses.h"
#include "tests/support/test_authority.h"

using sigstore::ArtifactDigests;
using sigstore::as_bytes;
using sigstore::Bytes;
using sigstore::Certificate;
using sigstore::check_entry_body;
using sigstore::DsseEnvelope;
using sigstore::ErrorKind;
using sigstore::hash_bytes;
using sigstore::Json;
using sigstore::LoggedSignature;
using sigstore::SignatureHash;
using sigstore::TlogEntry;
using sigstore::to_base64;
using sigstore::to_bytes;
using sigstore::to_hex;

namespace {

const TestKey& signer() {
  static const TestKey key = TestKey::make("P-256");
  return key;
}

Certificate certificate_of(const TestKey& key) {
  return TestCertificate::self_signed(ca_plan("test"), key).certificate();
}

const Certificate& leaf() {
  static const Certificate certificate = certificate_of(signer());
  return certificate;
}

const Bytes& content() {
  static const Bytes bytes = to_bytes("the model");
  return bytes;
}

const Bytes& signature() {
  static const Bytes bytes = signer().sign(content());
  return bytes;
}

const DsseEnvelope& envelope() {
  static const DsseEnvelope one{std::string(sigstore::kInTotoPayloadType),
                                to_bytes("{}"), signature(), ""};
  return one;
}

// Over a message, by the leaf.
LoggedSignature message() {
  return {signature(),
          leaf(),
          nullptr,
          {hash_bytes(SignatureHash::sha256, content()),
           hash_bytes(SignatureHash::sha384, content()),
           hash_bytes(SignatureHash::sha512, content())}};
}

// Over an envelope, by the leaf.
LoggedSignature statement() { return {signature(), leaf(), &envelope(), {}}; }

LoggedSignature by_key(LoggedSignature expected) {
  expected.verifier = signer().public_key();
  return expected;
}

std::string base64_text(std::string_view text) {
  return to_base64(as_bytes(text));
}

Json hashedrekord_v1() {
  return {
      {"apiVersion", "0.0.1"},
      {"kind", "hashedrekord"},
      {"spec",
       {{"data",
         {{"hash",
           {{"algorithm", "sha256"},
            {"value", to_hex(hash_bytes(SignatureHash::sha256, content()))}}}}},
        {"signature",
         {{"content", to_base64(signature())},
          {"publicKey", {{"content", base64_text(leaf().pem())}}}}}}}};
}

Json verifier_v2() {
  return {{"keyDetails", "PKIX_ECDSA_P256_SHA_256"},
          {"x509Certificate", {{"rawBytes", to_base64(leaf().der())}}}};
}

Json hashedrekord_v2() {
  const Json body{
      {"data",
       {{"algorithm", "SHA2_256"},
        {"digest", to_base64(hash_bytes(SignatureHash::sha256, content()))}}},
      {"signature",
       {{"content", to_base64(signature())}, {"verifier", verifier_v2()}}}};
  return {{"apiVersion", "0.0.2"},
          {"kind", "hashedrekord"},
          {"spec", {{"hashedRekordV002", body}}}};
}

Json dsse_v1() {
  const Json payload_hash{
      {"algorithm", "sha256"},
      {"value", to_hex(hash_bytes(SignatureHash::sha256, envelope().payload))}};
  const Json one{{"signature", to_base64(signature())},
                 {"verifier", base64_text(leaf().pem())}};
  return {{"apiVersion", "0.0.1"},
          {"kind", "dsse"},
          {"spec",
           {{"envelopeHash", {{"algorithm", "sha256"}, {"value", "00"}}},
            {"payloadHash", payload_hash},
            {"signatures", Json::array({one})}}}};
}

Json dsse_v2() {
  const Json payload_hash{
      {"algorithm", "SHA2_256"},
      {"digest",
       to_base64(hash_bytes(SignatureHash::sha256, envelope().payload))}};
  const Json one{{"content", to_base64(signature())},
                 {"verifier", verifier_v2()}};
  return {{"apiVersion", "0.0.2"},
          {"kind", "dsse"},
          {"spec",
           {{"dsseV002",
             {{"payloadHash", payload_hash},
              {"signatures", Json::array({one})}}}}}};
}

Json intoto() {
  const Json one{{"sig", base64_text(to_base64(signature()))},
                 {"publicKey", base64_text(leaf().pem())}};
  const Json logged{{"payloadType", envelope().payload_type},
                    {"payload", base64_text(to_base64(envelope().payload))},
                    {"signatures", Json::array({one})}};
  const Json payload_hash{
      {"algorithm", "sha256"},
      {"value", to_hex(hash_bytes(SignatureHash::sha256, envelope().payload))}};
  return {{"apiVersion", "0.0.2"},
          {"kind", "intoto"},
          {"spec",
           {{"content",
             {{"envelope", logged},
              {"hash", {{"algorithm", "sha256"}, {"value", "00"}}},
              {"payloadHash", payload_hash}}}}}};
}

TlogEntry entry_of(const std::string& kind, const std::string& version,
                   const std::string& body) {
  TlogEntry entry;
  entry.kind = kind;
  entry.version = version;
  entry.canonicalized_body = to_bytes(body);
  return entry;
}

// An entry of the kind and version that the body names.
TlogEntry entry_of(const Json& body) {
  return entry_of(body.value("kind", ""), body.value("apiVersion", ""),
                  body.dump());
}

struct Change {
  const char* pointer;
  Json value;
  const char* phrase;
};

// Each change of the body is refused, with its phrase.
void check_changes(const Json& body, const LoggedSignature& expected,
                   const std::vector<Change>& changes) {
  const TlogEntry entry = entry_of(body);
  for (const Change& change : changes) {
    Json changed = body;
    changed[Json::json_pointer(change.pointer)] = change.value;
    CAPTURE(change.pointer, change.value.dump());
    CHECK(refuses(
        check_entry_body(entry_of(entry.kind, entry.version, changed.dump()),
                         expected),
        ErrorKind::bad_evidence, change.phrase));
  }
}

const TestKey& stranger() {
  static const TestKey key = TestKey::make("P-256");
  return key;
}

Bytes other_signature() { return stranger().sign(content()); }

// A message signed by a key of this algorithm with this hash, as 0.0.1 and
// 0.0.2 log it.
std::vector<TlogEntry> logged_by(const TestKey& key, SignatureHash hash,
                                 const Bytes& over) {
  const Bytes digest = hash_bytes(hash, content());
  return {
      entry_of("hashedrekord", "0.0.1",
               sigstore::hashedrekord_body_v1(hash, digest, over,
                                              key.public_key().pem())),
      entry_of("hashedrekord", "0.0.2",
               sigstore::hashedrekord_body_v2(
                   hash, digest, over, key.public_key(), key.public_key()))};
}

}  // namespace

TEST_CASE("entries of every kind are about their signature", "[tlog]") {
  CHECK(works(check_entry_body(entry_of(hashedrekord_v1()), message())));
  CHECK(works(check_entry_body(entry_of(hashedrekord_v2()), message())));
  CHECK(works(check_entry_body(entry_of(dsse_v1()), statement())));
  CHECK(works(check_entry_body(entry_of(dsse_v2()), statement())));
  CHECK(works(check_entry_body(entry_of(intoto()), statement())));
  Json without_payload = intoto();
  without_payload["spec"]["content"]["envelope"].erase("payload");
  CHECK(works(check_entry_body(entry_of(without_payload), statement())));
}

TEST_CASE("entries of every kind are about one managed key", "[tlog]") {
  const auto bodies = [](const TestKey& key) {
    const std::string pem = base64_text(key.public_key().pem());
    const Json material{{"rawBytes", to_base64(key.spki())}};
    const Json verifier{{"keyDetails", "PKIX_ECDSA_P256_SHA_256"},
                        {"publicKey", material}};
    std::vector<Json> all{hashedrekord_v1(), hashedrekord_v2(), dsse_v1(),
                          dsse_v2(), intoto()};
    all[0]["spec"]["signature"]["publicKey"]["content"] = pem;
    all[1]["spec"]["hashedRekordV002"]["signature"]["verifier"] = verifier;
    all[2]["spec"]["signatures"][0]["verifier"] = pem;
    all[3]["spec"]["dsseV002"]["signatures"][0]["verifier"] = verifier;
    all[4]["spec"]["content"]["envelope"]["signatures"][0]["publicKey"] = pem;
    return all;
  };
  const auto check = [](const Json& body) {
    return check_entry_body(
        entry_of(body),
        by_key(body["kind"] == "hashedrekord" ? message() : statement()));
  };
  for (const Json& body : bodies(signer())) CHECK(works(check(body)));
  for (const Json& body : bodies(stranger()))
    CHECK(refuses(
        check(body), ErrorKind::bad_evidence,
        body["kind"] == "hashedrekord" ? "another /spec/" : "of another key"));
}

TEST_CASE("an entry of a certificate is not one of its bare key", "[tlog]") {
  const auto check = [](const Json& body, const LoggedSignature& expected,
                        const char* phrase) {
    CHECK(refuses(check_entry_body(entry_of(body), expected),
                  ErrorKind::bad_evidence, phrase));
  };
  check(hashedrekord_v1(), by_key(message()),
        "another /spec/signature/publicKey/content");
  check(hashedrekord_v2(), by_key(message()),
        "another /spec/hashedRekordV002/signature/verifier");
  check(dsse_v1(), by_key(statement()), "of another key");
  check(dsse_v2(), by_key(statement()), "of another key");
  check(intoto(), by_key(statement()), "of another key");
}

TEST_CASE("a hashedrekord 0.0.1 that differs anywhere is refused", "[tlog]") {
  check_changes(
      hashedrekord_v1(), message(),
      {{"/kind", "dsse", "another kind or version than hashedrekord 0.0.1"},
       {"/apiVersion", "0.0.2", "another kind or version"},
       {"/spec/data/hash/value", std::string(64, '0'),
        "another /spec/data/hash/value"},
       {"/spec/data/hash/algorithm", "sha512", "does not sign with sha512"},
       {"/spec/signature/content", to_base64(other_signature()),
        "another /spec/signature/content"},
       {"/spec/signature/publicKey/content",
        base64_text(certificate_of(stranger()).pem()),
        "another /spec/signature/publicKey/content"},
       {"/spec/signature/publicKey/content",
        base64_text(leaf().pem() + leaf().pem()),
        "another /spec/signature/publicKey/content"},
       {"/spec/extra", 1, "another /spec/extra"},
       {"/extra", nullptr, "another /extra"},
       {"/spec", nullptr, "'spec' is missing"},
       {"/spec/data", 1, "'data' is not an object"},
       {"/spec/data/hash/algorithm", 1, "is not a string"}});
}

TEST_CASE("a hashedrekord 0.0.2 that differs anywhere is refused", "[tlog]") {
  const std::string at = "/spec/hashedRekordV002/signature/verifier/";
  const std::string details = at + "keyDetails";
  const std::string raw = at + "x509Certificate/rawBytes";
  check_changes(
      hashedrekord_v2(), message(),
      {{"/kind", "dsse", "another kind or version than hashedrekord 0.0.2"},
       {"/apiVersion", "0.0.1", "another kind or version"},
       {"/spec/hashedRekordV002/data/digest", to_base64(Bytes(32)),
        "another /spec/hashedRekordV002/data/digest"},
       {"/spec/hashedRekordV002/data/algorithm", "SHA2_512",
        "does not sign with sha512"},
       {"/spec/hashedRekordV002/signature/content",
        to_base64(other_signature()),
        "another /spec/hashedRekordV002/signature/content"},
       {details.c_str(), "PKIX_ECDSA_P384_SHA_384", "/verifier/keyDetails"},
       {raw.c_str(), to_base64(certificate_of(stranger()).der()),
        "/verifier/x509Certificate"},
       {"/spec/more", 1, "another /spec/more"},
       {"/spec/hashedRekordV002", Json::array(), "is not an object"}});
}

TEST_CASE("a dsse 0.0.1 that differs anywhere is refused", "[tlog]") {
  const Json one = dsse_v1()["spec"]["signatures"][0];
  check_changes(
      dsse_v1(), statement(),
      {{"/kind", "intoto", "another kind or version than dsse 0.0.1"},
       {"/apiVersion", "0.0.2", "another kind or version"},
       {"/spec/payloadHash/value", std::string(64, '0'), "another payload"},
       {"/spec/payloadHash/algorithm", "sha512", "another payload"},
       {"/spec/payloadHash", nullptr, "'payloadHash' is missing"},
       {"/spec/signatures", Json::array(), "not exactly one of signatures"},
       {"/spec/signatures", Json::array({one, one}),
        "not exactly one of signatures"},
       {"/spec/signatures/0/signature", to_base64(other_signature()),
        "of another signature"},
       {"/spec/signatures/0/signature", "?", "malformed body: signature"},
       {"/spec/signatures/0/verifier",
        base64_text(certificate_of(stranger()).pem()),
        "of another certificate"},
       {"/spec/signatures/0/verifier", base64_text(signer().public_key().pem()),
        "of another certificate"},
       {"/spec/signatures/0/verifier",
        base64_text(leaf().pem() + certificate_of(stranger()).pem()),
        "of another certificate"},
       {"/spec/signatures/0/verifier", base64_text("no PEM"),
        "of another certificate"}});
}

TEST_CASE("a dsse 0.0.2 that differs anywhere is refused", "[tlog]") {
  const Json one = dsse_v2()["spec"]["dsseV002"]["signatures"][0];
  const Json bare{{"rawBytes", to_base64(signer().public_key().spki())}};
  const std::string first = "/spec/dsseV002/signatures/0/";
  const std::string sig = first + "content";
  const std::string details = first + "verifier/keyDetails";
  const std::string raw = first + "verifier/x509Certificate/rawBytes";
  const std::string key = first + "verifier/publicKey";
  check_changes(
      dsse_v2(), statement(),
      {{"/kind", "hashedrekord", "another kind or version than dsse 0.0.2"},
       {"/spec/dsseV002/payloadHash/digest", to_base64(Bytes(32)),
        "another payload"},
       {"/spec/dsseV002/payloadHash/algorithm", "SHA2_512", "another payload"},
       {"/spec/dsseV002/signatures", Json::array({one, one}),
        "not exactly one of signatures"},
       {sig.c_str(), to_base64(other_signature()), "of another signature"},
       {details.c_str(), "PKIX_ED25519", "of another kind of key"},
       {raw.c_str(), to_base64(certificate_of(stranger()).der()),
        "of another certificate"},
       {key.c_str(), bare, "of another key"}});
}

TEST_CASE("an intoto 0.0.2 that differs anywhere is refused", "[tlog]") {
  const std::string at = "/spec/content/envelope/";
  const Json one = intoto()["spec"]["content"]["envelope"]["signatures"][0];
  const std::string type = at + "payloadType";
  const std::string payload = at + "payload";
  const std::string all = at + "signatures";
  const std::string sig = at + "signatures/0/sig";
  const std::string pem = at + "signatures/0/publicKey";
  check_changes(
      intoto(), statement(),
      {{"/kind", "dsse", "another kind or version than intoto 0.0.2"},
       {"/apiVersion", "0.0.1", "another kind or version"},
       {"/spec/content/payloadHash/value", std::string(64, '0'),
        "another payload"},
       {"/spec/content/payloadHash/algorithm", "sha512", "another payload"},
       {type.c_str(), "text/plain", "another payload type"},
       {payload.c_str(), base64_text(base64_text("{ }")), "another payload"},
       {payload.c_str(), base64_text("{}"), "malformed body: payload"},
       {all.c_str(), Json::array({one, one}), "not exactly one of signatures"},
       {sig.c_str(), base64_text(to_base64(other_signature())),
        "of another signature"},
       {sig.c_str(), to_base64(signature()), "malformed body: sig"},
       {pem.c_str(), base64_text(certificate_of(stranger()).pem()),
        "of another certificate"}});
}

TEST_CASE("a body is one JSON text in one form", "[tlog]") {
  const std::string body = hashedrekord_v1().dump();
  const auto refused = [](const std::string& text, const char* phrase) {
    CAPTURE(text);
    CHECK(refuses(
        check_entry_body(entry_of("hashedrekord", "0.0.1", text), message()),
        ErrorKind::bad_evidence, phrase));
  };
  refused(" " + body, "not in canonical form");
  refused(body + "\n", "not in canonical form");
  refused(hashedrekord_v1().dump(1), "not in canonical form");
  refused("", "malformed body");
  refused("[]", "'kind' is missing");
  refused(body + "{}", "malformed body");
  refused(body.substr(0, body.size() - 1) + ",\"kind\":\"x\"}",
          "duplicate member 'kind'");
  refused(std::string(16 * 1024 * 1024 + 1, ' '), "larger than");
}

TEST_CASE("a hashedrekord of an envelope is about what is signed of it",
          "[tlog]") {
  const Bytes digest = hash_bytes(
      SignatureHash::sha256, sigstore::pre_authentication_encoding(
                                 envelope().payload_type, envelope().payload));
  const auto logged = [](const Bytes& of) {
    return entry_of(
        "hashedrekord", "0.0.2",
        sigstore::hashedrekord_body_v2(SignatureHash::sha256, of, signature(),
                                       leaf(), signer().public_key()));
  };
  CHECK(works(check_entry_body(logged(digest), statement())));
  CHECK(refuses(
      check_entry_body(
          logged(hash_bytes(SignatureHash::sha256, envelope().payload)),
          statement()),
      ErrorKind::bad_evidence, "another /spec/hashedRekordV002/data/digest"));
}

TEST_CASE("an entry about an envelope is not one about a message", "[tlog]") {
  for (const Json& body : {dsse_v1(), dsse_v2(), intoto()})
    CHECK(refuses(check_entry_body(entry_of(body), message()),
                  ErrorKind::bad_evidence, "about an envelope"));
}

TEST_CASE("entries of other kinds and versions are unsupported", "[tlog]") {
  for (const auto& [kind, version] :
       std::vector<std::pair<std::string, std::string>>{
           {"intoto", "0.0.1"},
           {"hashedrekord", "0.0.3"},
           {"dsse", ""},
           {"rekord", "0.0.1"},
           {"", ""}}) {
    const TlogEntry entry = entry_of(kind, version, "{}");
    CHECK(refuses(check_entry_body(entry, message()), ErrorKind::unsupported,
                  "log entry: kind '" + kind + "' of version '" + version));
    CHECK(refuses(sigstore::logged_hash(entry), ErrorKind::unsupported,
                  "log entry: kind"));
  }
}

TEST_CASE("a key is logged with the hash of its size or, when large, SHA-256",
          "[tlog]") {
  using enum SignatureHash;
  const auto verdict = [](const char* kind, SignatureHash hash) {
    const TestKey key = TestKey::make(kind);
    const Bytes over = key.sign(content());
    LoggedSignature expected = message();
    expected.signature = over;
    expected.verifier = key.public_key();
    bool all = true;
    for (const TlogEntry& entry : logged_by(key, hash, over)) {
      const auto named = sigstore::logged_hash(entry);
      REQUIRE(works(named));
      CHECK(*named == hash);
      const auto checked = check_entry_body(entry, expected);
      if (!checked.ok())
        CHECK(refuses(checked, ErrorKind::bad_evidence,
                      "this key does not sign with"));
      all = all && checked.ok();
    }
    return all;
  };
  CHECK(verdict("P-256", sha256));
  CHECK_FALSE(verdict("P-256", sha384));
  CHECK(verdict("P-384", sha384));
  CHECK(verdict("P-384", sha256));
  CHECK_FALSE(verdict("P-384", sha512));
  CHECK(verdict("P-521", sha512));
  CHECK(verdict("P-521", sha256));
  CHECK_FALSE(verdict("P-521", sha384));
  CHECK(verdict("RSA-2048", sha256));
  CHECK_FALSE(verdict("RSA-2048", sha512));
}

TEST_CASE("the kinds of keys have the names of the registry", "[tlog]") {
  const auto details = [](const TestKey& key, SignatureHash hash) {
    const Json body = Json::parse(sigstore::hashedrekord_body_v2(
        hash, {}, {}, key.public_key(), key.public_key()));
    return body["spec"]["hashedRekordV002"]["signature"]["verifier"]
               ["keyDetails"]
                   .get<std::string>();
  };
  using enum SignatureHash;
  CHECK(details(signer(), sha256) == "PKIX_ECDSA_P256_SHA_256");
  const TestKey p384 = TestKey::make("P-384");
  CHECK(details(p384, sha384) == "PKIX_ECDSA_P384_SHA_384");
  CHECK(details(p384, sha256) == "PKIX_ECDSA_P384_SHA_256");
  const TestKey p521 = TestKey::make("P-521");
  CHECK(details(p521, sha512) == "PKIX_ECDSA_P521_SHA_512");
  CHECK(details(p521, sha256) == "PKIX_ECDSA_P521_SHA_256");
  CHECK(details(TestKey::make("RSA-3072"), sha256) ==
        "PKIX_RSA_PKCS1V15_3072_SHA256");
  CHECK(details(TestKey::make("ED25519"), sha512) == "PKIX_ED25519_PH");
}

TEST_CASE("a digest that is not given cannot be compared", "[tlog]") {
  const TestKey key = TestKey::make("P-384");
  const Bytes over = key.sign(content(), "SHA384");
  LoggedSignature expected = message();
  expected.signature = over;
  expected.verifier = key.public_key();
  expected.artifact.sha384.clear();
  for (const TlogEntry& entry : logged_by(key, SignatureHash::sha384, over))
    CHECK(refuses(check_entry_body(entry, expected), ErrorKind::incomplete,
                  "it names the sha384 of the artifact"));
}

TEST_CASE("the hash of a hashedrekord must be one that is known", "[tlog]") {
  Json body = hashedrekord_v1();
  body["spec"]["data"]["hash"]["algorithm"] = "SHA2_256";
  CHECK(refuses(sigstore::logged_hash(entry_of(body)), ErrorKind::unsupported,
                "hash algorithm 'SHA2_256'"));
  body = hashedrekord_v2();
  body["spec"]["hashedRekordV002"]["data"]["algorithm"] = "sha256";
  CHECK(refuses(check_entry_body(entry_of(body), message()),
                ErrorKind::unsupported, "hash algorithm 'sha256'"));
  const auto none = sigstore::logged_hash(entry_of(dsse_v1()));
  REQUIRE(works(none));
  CHECK_FALSE(none->has_value());
}
