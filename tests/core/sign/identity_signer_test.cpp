// SPDX-License-Identifier: Apache-2.0
#include "core/sign/identity_signer.h"

#include <memory>

#include "core/base/trace.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/message_digest.h"
#include "core/http/url.h"
#include "core/sign/service_answer.h"
#include "core/trust/signing_config.h"
#include "tests/core/refuses.h"
#include "tests/support/scripted_http.h"
#include "tests/support/test_sigstore/services.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bundle;
using sigstore::ErrorKind;
using sigstore::IdentitySigner;
using sigstore::IdentitySigning;
using sigstore::IdentityToken;
using sigstore::KeyProof;
using sigstore::Publication;
using sigstore::Result;
using sigstore::Timestamp;
using sigstore::to_bytes;
using sigstore::TrustedRoot;
using test_sigstore::Services;
using test_sigstore::TokenClaims;

namespace {

constexpr std::int64_t kNow = 1'795'000'000;
constexpr const char* kStatement =
    R"({"_type":"https://in-toto.io/Statement/v1","subject":[]})";

// A Sigstore in memory, and somebody who signs with it.
struct Workshop {
  std::int64_t now = kNow;
  Services services{"http://127.0.0.1:1", [this] { return now; }};
  ScriptedHttp http{[this](const auto& request) { return answer(request); }};
  TrustedRoot root =
      *sigstore::parse_trusted_root(as_bytes(services.trusted_root_json()));
  TokenClaims claims;
  int tokens = 0;
  std::vector<Publication> announced;
  Result<void> announcement;

  Result<sigstore::http::Response> answer(
      const sigstore::http::Request& request) {
    const auto url = sigstore::http::Url::parse(request.url);
    test_sigstore::Request asked;
    asked.method =
        request.method == sigstore::http::Method::get ? "GET" : "POST";
    asked.path = url->path;
    for (const auto& header : request.headers)
      asked.headers[header.name == "Authorization" ? "authorization"
                                                   : header.name] =
          header.value;
    asked.body = as_text(request.body);
    const test_sigstore::Answer got = services.handle(asked);
    sigstore::http::Response response = http_answer(got.status, got.body);
    for (const auto& [name, value] : got.headers)
      response.headers.push_back({name, value});
    return response;
  }

  sigstore::SigningServices choose(int rekor_version) {
    const auto config = sigstore::parse_signing_config(
        as_bytes(services.signing_config_json(rekor_version)));
    REQUIRE(works(config));
    const auto chosen = sigstore::choose_services(*config, Timestamp{now});
    REQUIRE(works(chosen));
    return *chosen;
  }

  IdentitySigner signer(int rekor_version,
                        KeyProof proof = KeyProof::certificate_request) {
    return signer(choose(rekor_version), proof);
  }
  IdentitySigner signer(sigstore::SigningServices chosen,
                        KeyProof proof = KeyProof::certificate_request) {
    return IdentitySigner({http, root, std::move(chosen),
                           [this] { return Timestamp{now}; },
                           [this] {
                             ++tokens;
                             return IdentityToken::parse(services.mint(claims));
                           },
                           [this](const Publication& publication) {
                             announced.push_back(publication);
                             return announcement;
                           },
                           proof});
  }

  Result<sigstore::VerifiedBundle> verify(const Bundle& bundle) {
    sigstore::Trace trace;
    return sigstore::verify_bundle(bundle, {}, {root, Timestamp{now}}, trace);
  }
};

}  // namespace

TEST_CASE("a statement is signed in the name of who the token names",
          "[sign]") {
  const int version = GENERATE(1, 2);
  const KeyProof proof =
      GENERATE(KeyProof::certificate_request, KeyProof::challenge);
  CAPTURE(version);
  Workshop shop;
  IdentitySigner signer = shop.signer(version, proof);
  const auto bundle = signer.sign_statement(to_bytes(kStatement));
  REQUIRE(works(bundle));
  REQUIRE(signer.identity());
  CHECK(signer.identity()->name.value == "alice@example.org");
  CHECK(signer.identity()->issuer == shop.services.issuer());
  const auto verified = shop.verify(*bundle);
  REQUIRE(works(verified));
  CHECK(as_text(verified->payload().bytes()) == kStatement);
  REQUIRE(bundle->tlog_entries.size() == 1);
  CHECK(bundle->tlog_entries[0].kind ==
        (version == 1 ? "dsse" : "hashedrekord"));
  CHECK(bundle->timestamps.size() == 1);
  // What is written is what was made.
  const auto text = sigstore::write_bundle(*bundle);
  REQUIRE(works(text));
  CHECK(sigstore::parse_bundle(as_bytes(*text)).value() == *bundle);
}

TEST_CASE("a message is signed with an identity", "[sign]") {
  const int version = GENERATE(1, 2);
  Workshop shop;
  const auto bundle = shop.signer(version).sign_message(as_bytes("hello"));
  REQUIRE(works(bundle));
  const auto* message =
      std::get_if<sigstore::MessageSignature>(&bundle->content);
  REQUIRE(message != nullptr);
  CHECK(message->digest_algorithm == "SHA2_256");
  CHECK(bundle->tlog_entries[0].kind == "hashedrekord");
}

TEST_CASE("someone without an e-mail address signs by subject", "[sign]") {
  const KeyProof proof =
      GENERATE(KeyProof::certificate_request, KeyProof::challenge);
  Workshop shop;
  shop.claims.email = "";
  shop.claims.subject = "https://ci.example.org/job/7";
  IdentitySigner signer = shop.signer(2, proof);
  REQUIRE(works(signer.sign_statement(to_bytes(kStatement))));
  CHECK(signer.identity()->name.value == "https://ci.example.org/job/7");
  CHECK(signer.identity()->issuer == shop.services.machine_issuer());
}

TEST_CASE("timestamp and log entry are asked for side by side", "[sign]") {
  Workshop shop;
  REQUIRE(works(shop.signer(2).sign_statement(to_bytes(kStatement))));
  CHECK(shop.http.rounds == std::vector<std::size_t>{1, 2});
}

TEST_CASE("one certificate serves for several signatures", "[sign]") {
  Workshop shop;
  IdentitySigner signer = shop.signer(2);
  REQUIRE(works(signer.sign_statement(to_bytes(kStatement))));
  shop.now += 540;
  REQUIRE(works(signer.sign_statement(to_bytes("{}"))));
  CHECK(shop.tokens == 1);
  CHECK(shop.announced.size() == 1);
  shop.now += 1;
  REQUIRE(works(signer.sign_statement(to_bytes("{}"))));
  CHECK(shop.tokens == 2);
}

TEST_CASE("what becomes public is said before anything is sent", "[sign]") {
  Workshop shop;
  SECTION("in full") {
    REQUIRE(works(shop.signer(2).sign_statement(to_bytes(kStatement))));
    REQUIRE(shop.announced.size() == 1);
    const Publication& said = shop.announced[0];
    CHECK(said.identity == "alice@example.org");
    CHECK(said.issuer == shop.services.issuer());
    CHECK(said.digest == sigstore::sha256(as_bytes(kStatement)));
    REQUIRE(said.logs.services.size() == 1);
    CHECK(said.logs.services[0].url == "http://127.0.0.1:1/rekor2");
  }
  SECTION("and a no is a no") {
    shop.announcement = sigstore::fail(ErrorKind::unauthorized, "rather not");
    CHECK(refuses(shop.signer(2).sign_statement(to_bytes(kStatement)),
                  ErrorKind::unauthorized, "rather not"));
    CHECK(shop.http.sent.empty());
  }
}

TEST_CASE("a token that would be refused is not sent", "[sign]") {
  Workshop shop;
  const char* phrase = "";
  SECTION("expired") {
    shop.claims.lifetime = -60;
    phrase = "the identity token expired at";
  }
  SECTION("for somebody else") {
    shop.claims.audience = "other";
    phrase = "for 'other', and not for 'sigstore'";
  }
  CHECK(refuses(shop.signer(2).sign_statement(to_bytes(kStatement)),
                ErrorKind::unauthorized, phrase));
  CHECK(shop.http.sent.empty());
}

TEST_CASE("what services answer is verified at once", "[sign]") {
  struct Row {
    const char* fault;
    ErrorKind kind;
    const char* phrase;
    std::size_t requests;
  };
  using enum ErrorKind;
  const Row row = GENERATE(
      Row{"wrong-sct", bad_evidence,
          "certificate authority http://127.0.0.1:1 gave a bad certificate: "
          "certificate transparency log",
          1},
      Row{"no-sct", bad_evidence, "gave a bad certificate: ", 1},
      Row{"wrong-ca", bad_evidence,
          "gave a bad certificate: no trusted path at", 1},
      Row{"wrong-key", bad_evidence, "the certificate is for another key", 1},
      Row{"wrong-identity", bad_evidence,
          "the certificate is for mallory@example.org, the token for alice", 1},
      Row{"expired-certificate", invalid_input, "set the clock", 1},
      Row{"wrong-root-hash", bad_evidence,
          "transparency log http://127.0.0.1:1 gave a bad entry: ", 3},
      Row{"wrong-proof", bad_evidence, "gave a bad entry: ", 3},
      Row{"wrong-checkpoint", bad_evidence, "gave a bad entry: ", 3},
      Row{"wrong-entry", bad_evidence, "gave a bad entry: ", 3},
      Row{"wrong-nonce", bad_evidence,
          "timestamp authority http://127.0.0.1:1 gave a bad timestamp: the "
          "answer is to another request (nonce)",
          3},
      Row{"wrong-imprint", bad_evidence, "gave a bad timestamp: ", 3},
      Row{"wrong-tsa", bad_evidence, "gave a bad timestamp: ", 3},
      Row{"early-time", bad_evidence, "checking our own signature: ", 3},
      Row{"fulcio-garbage", network,
          "certificate authority http://127.0.0.1:1 does not answer in its "
          "protocol: ",
          1},
      Row{"tsa-garbage", bad_evidence, "not one DER TimeStampResp", 3},
      Row{"rekor-garbage", network,
          "transparency log http://127.0.0.1:1 does not answer in its "
          "protocol: ",
          3});
  const int version = GENERATE(1, 2);
  CAPTURE(row.fault, version);
  Workshop shop;
  shop.services.faults.set(row.fault, nlohmann::json::object());
  CHECK(refuses(shop.signer(version).sign_statement(to_bytes(kStatement)),
                row.kind, row.phrase));
  CHECK(shop.services.faults.hits(row.fault) > 0);
  CHECK(shop.http.sent.size() == row.requests);
}

TEST_CASE("a promise that does not verify is refused", "[sign]") {
  Workshop shop;
  shop.services.faults.set("wrong-promise", nlohmann::json::object());
  CHECK(refuses(shop.signer(1).sign_statement(to_bytes(kStatement)),
                ErrorKind::bad_evidence, "gave a bad entry: "));
  CHECK(shop.services.faults.hits("wrong-promise") == 1);
}

TEST_CASE("a service that refuses says why and what to do", "[sign]") {
  struct Row {
    const char* service;
    int status;
    ErrorKind kind;
    const char* phrase;
  };
  using enum ErrorKind;
  const Row row = GENERATE(
      Row{"fulcio", 400, invalid_input,
          "certificate authority http://127.0.0.1:1 refused the request, "
          "status 400 (on demand)"},
      Row{"fulcio", 401, unauthorized,
          "certificate authority http://127.0.0.1:1 did not accept the "
          "identity token, status 401 (on demand): get a new one"},
      Row{"fulcio", 302, invalid_input, "sends us elsewhere, status 302"},
      Row{"fulcio", 429, network, "has too many requests: try again in 7"},
      Row{"tsa", 500, network,
          "timestamp authority http://127.0.0.1:1 is out of order, status 500"},
      Row{"rekor", 503, network,
          "transparency log http://127.0.0.1:1 is out of order, status 503 "
          "(on demand): try again in 7 seconds"},
      Row{"rekor", 405, stale_trust, "get a newer signing config"},
      Row{"rekor", 422, invalid_input, "refused the request, status 422"},
      Row{"rekor", 409, network, "has this entry already"});
  CAPTURE(row.service, row.status);
  Workshop shop;
  shop.services.faults.set(std::string(row.service) + "-status",
                           {{"status", row.status}, {"retryAfter", 7}});
  CHECK(refuses(shop.signer(2).sign_statement(to_bytes(kStatement)), row.kind,
                row.phrase));
}

TEST_CASE("a token that Fulcio does not take is told from a bad request",
          "[sign]") {
  sigstore::http::Response answer;
  answer.status = 400;
  answer.body =
      to_bytes(R"({"code":3,"message":"There was an error processing the )"
               R"(identity token","details":[]})");
  const sigstore::Service service{"https://fulcio.test", 1, {}, {}};
  const sigstore::Error error =
      sigstore::refused_by("certificate authority", service, answer);
  CHECK(error.kind == ErrorKind::unauthorized);
  CHECK(error.message.find("did not accept the identity token, status 400") !=
        std::string::npos);
}

TEST_CASE("an entry that the log has already is fetched from it", "[sign]") {
  Workshop shop;
  shop.services.faults.set("rekor-conflict", nlohmann::json::object());
  const auto bundle = shop.signer(1).sign_statement(to_bytes(kStatement));
  REQUIRE(works(bundle));
  CHECK(works(shop.verify(*bundle)));
  CHECK(shop.http.sent.back().url.starts_with(
      "http://127.0.0.1:1/rekor1/api/v1/log/entries/"));
  CHECK(shop.http.sent.back().method == sigstore::http::Method::get);
}

TEST_CASE("where one service of many will do, the next one is asked",
          "[sign]") {
  Workshop shop;
  sigstore::SigningServices chosen = shop.choose(2);
  sigstore::Service second = chosen.tlogs.services[0];
  second.operator_name = "second";
  chosen.tlogs.services.push_back(second);
  SECTION("after one that is out of order") {
    shop.services.faults.set("rekor-status", {{"status", 503}, {"times", 1}});
    REQUIRE(works(shop.signer(chosen).sign_statement(to_bytes(kStatement))));
    CHECK(shop.http.rounds == std::vector<std::size_t>{1, 2, 1});
  }
  SECTION("but not after one that lies") {
    shop.services.faults.set("wrong-proof", {{"times", 1}});
    CHECK(refuses(shop.signer(chosen).sign_statement(to_bytes(kStatement)),
                  ErrorKind::bad_evidence, "gave a bad entry"));
  }
  SECTION("until none is left") {
    shop.services.faults.set("rekor-status", {{"status", 503}});
    const auto bundle =
        shop.signer(chosen).sign_statement(to_bytes(kStatement));
    CHECK(refuses(bundle, ErrorKind::network, "is out of order, status 503"));
    CHECK(bundle.error().details.size() == 1);
  }
  SECTION("where all are needed, all are asked") {
    chosen.tlogs.any = false;
    const auto bundle =
        shop.signer(chosen).sign_statement(to_bytes(kStatement));
    REQUIRE(works(bundle));
    CHECK(bundle->tlog_entries.size() == 2);
    CHECK(shop.http.rounds == std::vector<std::size_t>{1, 3});
  }
}

TEST_CASE("a service that does not answer is named, by its part", "[sign]") {
  const std::string silent = GENERATE("fulcio", "tsa", "rekor2");
  CAPTURE(silent);
  Workshop shop;
  ScriptedHttp http(
      [&](const auto& request) -> Result<sigstore::http::Response> {
        if (request.url.find("/" + silent) == std::string::npos)
          return shop.answer(request);
        return sigstore::fail(ErrorKind::network,
                              "http://127.0.0.1:1: no answer");
      });
  IdentitySigner signer(
      {http, shop.root, shop.choose(2), [&] { return Timestamp{shop.now}; },
       [&] { return IdentityToken::parse(shop.services.mint(shop.claims)); },
       [](const Publication&) { return Result<void>(); }});
  const char* role = silent == "fulcio" ? "certificate authority"
                     : silent == "tsa"  ? "timestamp authority"
                                        : "transparency log";
  CHECK(refuses(signer.sign_statement(to_bytes(kStatement)), ErrorKind::network,
                std::string(role) +
                    ": http://127.0.0.1:1: no answer: check the network, or "
                    "try again later"));
}

TEST_CASE("a clock that is wrong by an hour is named", "[sign]") {
  Workshop shop;
  const std::int64_t wrong = GENERATE(-3600, 3600);
  IdentitySigner signer({shop.http, shop.root, shop.choose(2),
                         [&] { return Timestamp{shop.now + wrong}; },
                         [&] {
                           // A token that outlives the difference.
                           shop.claims.lifetime = 7200;
                           shop.now -= 7200;
                           auto token = IdentityToken::parse(
                               shop.services.mint(shop.claims));
                           shop.now += 7200;
                           return token;
                         },
                         [](const Publication&) { return Result<void>(); }});
  const auto bundle = signer.sign_statement(to_bytes(kStatement));
  REQUIRE_FALSE(bundle.ok());
  CHECK(bundle.error().message.find("the clock here says") !=
        std::string::npos);
}

TEST_CASE("no error shows the token", "[sign]") {
  Workshop shop;
  std::string secret;
  ScriptedHttp echo([&](const auto& request) {
    for (const auto& header : request.headers)
      if (header.name == "Authorization") secret = header.value.substr(7);
    return Result<sigstore::http::Response>(
        http_answer(400, "{\"message\":\"you sent " + secret + "\"}"));
  });
  IdentitySigner signer(
      {echo, shop.root, shop.choose(2), [&] { return Timestamp{shop.now}; },
       [&] { return IdentityToken::parse(shop.services.mint(shop.claims)); },
       [](const Publication&) { return Result<void>(); }});
  const auto bundle = signer.sign_statement(to_bytes(kStatement));
  REQUIRE_FALSE(bundle.ok());
  REQUIRE_FALSE(secret.empty());
  for (std::size_t at = 0; at + 20 < secret.size(); ++at)
    REQUIRE(bundle.error().message.find(secret.substr(at, 20)) ==
            std::string::npos);
}
