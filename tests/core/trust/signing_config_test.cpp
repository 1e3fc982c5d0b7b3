// SPDX-License-Identifier: Apache-2.0
#include "core/trust/signing_config.h"

#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "tests/core/refuses.h"
#include "tests/support/vectors.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::Json;
using sigstore::parse_client_trust_config;
using sigstore::parse_signing_config;
using sigstore::select_service;
using sigstore::select_services;
using sigstore::Service;
using sigstore::ServiceSelection;
using sigstore::SigningConfig;
using sigstore::Timestamp;
using Selector = sigstore::ServiceSelection::Selector;

namespace {

constexpr Timestamp kNow{1'780'000'000};  // 2026-05-28

Json service(const std::string& url, int version = 1,
             const std::string& operator_name = "one.example",
             const std::string& start = "2026-01-01T00:00:00Z") {
  return {{"url", url},
          {"majorApiVersion", version},
          {"validFor", {{"start", start}}},
          {"operator", operator_name}};
}

Json config() {
  return {{"mediaType", "application/vnd.dev.sigstore.signingconfig.v0.2+json"},
          {"caUrls", {service("https://ca")}},
          {"oidcUrls", {service("https://oidc")}},
          {"rekorTlogUrls", {service("https://log")}},
          {"tsaUrls", {service("https://tsa")}},
          {"rekorTlogConfig", {{"selector", "ANY"}}},
          {"tsaConfig", {{"selector", "EXACT"}, {"count", 2}}}};
}

sigstore::Result<SigningConfig> parse(const Json& json) {
  return parse_signing_config(as_bytes(json.dump()));
}

std::vector<Service> services(const std::vector<Json>& list) {
  Json json = config();
  json["rekorTlogUrls"] = list;
  const auto parsed = parse(json);
  REQUIRE(works(parsed));
  return parsed->tlogs;
}

std::string urls(const sigstore::Result<std::vector<Service>>& chosen) {
  REQUIRE(works(chosen));
  std::string all;
  for (const Service& one : *chosen) all += one.url + " ";
  return all;
}

constexpr ServiceSelection kAny{Selector::any, 0};
constexpr ServiceSelection kAll{Selector::all, 0};

}  // namespace

TEST_CASE("a signing config is read, enums by name or number", "[trust]") {
  Json json = config();
  json["rekorTlogConfig"]["selector"] = 1;
  json["tsaConfig"]["count"] = "2";
  const auto parsed = parse(json);
  REQUIRE(works(parsed));
  CHECK(parsed->certificate_authorities[0].url == "https://ca");
  CHECK(parsed->identity_providers[0].url == "https://oidc");
  CHECK(parsed->tlogs[0].operator_name == "one.example");
  CHECK(parsed->timestamp_authorities[0].api_version == 1);
  CHECK(parsed->tlog_selection == kAll);
  CHECK(parsed->timestamp_selection == ServiceSelection{Selector::exact, 2});
}

TEST_CASE("a signing config of another version is unsupported", "[trust]") {
  for (const char* type :
       {"application/vnd.dev.sigstore.signingconfig.v0.1+json",
        "application/vnd.dev.sigstore.signingconfig.v0.3+json", ""}) {
    Json json = config();
    json["mediaType"] = type;
    CHECK(refuses(parse(json), ErrorKind::unsupported,
                  "signing config: media type '"));
  }
  Json json = config();
  json.erase("mediaType");
  CHECK(
      refuses(parse(json), ErrorKind::invalid_input, "'mediaType' is missing"));
}

TEST_CASE("a malformed signing config is refused", "[trust]") {
  struct Row {
    const char* pointer;
    Json value;
    const char* phrase;
  };
  const std::vector<Row> rows{
      {"/caUrls/0/url", "", "caUrls[0]: 'url' is empty"},
      {"/caUrls/0/url", nullptr, "caUrls[0]: 'url' is missing"},
      {"/caUrls/0", "https://ca", "caUrls[0]: not an object"},
      {"/caUrls", "https://ca", "'caUrls' is not an array"},
      {"/tsaUrls/0/majorApiVersion", 3000000000, "is too large"},
      {"/tsaUrls/0/majorApiVersion", -1, "is not a whole number"},
      {"/tsaUrls/0/validFor/start", "yesterday", "'start' is not a time"},
      {"/tsaUrls/0/validFor/end", "2025-12-31T00:00:00Z",
       "'validFor' ends before it starts"},
      {"/tsaConfig/count", 5000000000, "'count' is too large"},
      {"/tsaConfig/selector", Json::array(), "'selector' is not a whole"},
      {"/tsaConfig", "ANY", "'tsaConfig' is not an object"},
  };
  for (const Row& row : rows) {
    Json json = config();
    json[Json::json_pointer(row.pointer)] = row.value;
    CAPTURE(row.pointer);
    CHECK(refuses(parse(json), ErrorKind::invalid_input, row.phrase));
  }
  CHECK(refuses(parse_signing_config(as_bytes("{")), ErrorKind::invalid_input,
                "syntax error"));
  Json many = config();
  for (int i = 0; i < 256; ++i) many["caUrls"].push_back(service("https://x"));
  CHECK(refuses(parse(many), ErrorKind::invalid_input,
                "'caUrls' has more than 256 elements"));
  CHECK(refuses(parse_signing_config(as_bytes(std::string(1 << 21, ' '))),
                ErrorKind::invalid_input, "larger than 1048576 bytes"));
}

TEST_CASE("only services that are valid now are selected", "[trust]") {
  Json old = service("old");
  old["validFor"]["end"] = kNow.to_rfc3339();
  const auto offered = services(
      {old, service("future", 1, "two.example", "2099-01-01T00:00:00Z")});
  CHECK(urls(select_services(offered, kAll, {1}, kNow)) == "old ");
  CHECK(
      refuses(select_services(offered, kAll, {1}, Timestamp{kNow.seconds + 1}),
              ErrorKind::invalid_input, "no service that is usable now"));
  Json unbounded = service("unbounded");
  unbounded.erase("validFor");
  CHECK(urls(select_services(services({unbounded}), kAll, {1}, kNow)) ==
        "unbounded ");
}

TEST_CASE("the highest version that is implemented is selected", "[trust]") {
  const auto offered =
      services({service("one"), service("two", 2), service("three", 3)});
  CHECK(urls(select_services(offered, kAny, {1, 2}, kNow)) == "two ");
  CHECK(urls(select_services(offered, kAny, {1}, kNow)) == "one ");
  CHECK(refuses(select_services(offered, kAny, {4}, kNow),
                ErrorKind::invalid_input, "no service that is usable now"));
  // What is not valid now does not make the highest version.
  const auto later =
      services({service("one"),
                service("two", 2, "one.example", "2099-01-01T00:00:00Z")});
  CHECK(urls(select_services(later, kAny, {1, 2}, kNow)) == "one ");
}

TEST_CASE("services are in order of their start, one of each operator",
          "[trust]") {
  const auto offered =
      services({service("a-old", 1, "a", "2026-01-01T00:00:00Z"),
                service("b", 1, "b", "2026-03-01T00:00:00Z"),
                service("a-new", 1, "a", "2026-04-01T00:00:00Z"),
                service("c", 1, "c", "2026-02-01T00:00:00Z")});
  CHECK(urls(select_services(offered, kAny, {1}, kNow)) == "a-new b c ");
  CHECK(urls(select_services(offered, kAll, {1}, kNow)) == "a-new b c ");
  CHECK(urls(select_services(offered, {Selector::exact, 2}, {1}, kNow)) ==
        "a-new b ");
  CHECK(urls(select_services(offered, {Selector::exact, 3}, {1}, kNow)) ==
        "a-new b c ");
  const auto first = select_service(offered, {1}, kNow);
  REQUIRE(works(first));
  CHECK(first->url == "a-new");
}

TEST_CASE("a selection that cannot be met is refused", "[trust]") {
  const auto offered = services({service("a"), service("b")});
  CHECK(refuses(select_services(offered, {Selector::exact, 2}, {1}, kNow),
                ErrorKind::invalid_input,
                "asks for 2 services of different operators and has 1"));
  CHECK(refuses(select_services(offered, {Selector::exact, 0}, {1}, kNow),
                ErrorKind::invalid_input, "exactly 0 services"));
  CHECK(refuses(select_services(offered, {Selector::undefined, 1}, {1}, kNow),
                ErrorKind::invalid_input, "does not say how many"));
  CHECK(refuses(select_services({}, kAll, {1}, kNow), ErrorKind::invalid_input,
                "no service that is usable now"));
  CHECK(refuses(select_service({}, {1}, kNow), ErrorKind::invalid_input,
                "no service that is usable now"));
}

TEST_CASE("a selector that is absent or not known is undefined", "[trust]") {
  for (const Json& selector : {Json("SOME"), Json(9), Json(nullptr)}) {
    Json json = config();
    json["rekorTlogConfig"]["selector"] = selector;
    const auto parsed = parse(json);
    REQUIRE(works(parsed));
    CHECK(parsed->tlog_selection.selector == Selector::undefined);
  }
  Json json = config();
  json.erase("rekorTlogConfig");
  const auto parsed = parse(json);
  REQUIRE(works(parsed));
  CHECK(parsed->tlog_selection.selector == Selector::undefined);
}

TEST_CASE("a client trust config is split into its two files", "[trust]") {
  const Json root{{"mediaType", "root"}, {"n", 9223372036854775807}};
  Json json{
      {"mediaType", "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json"},
      {"trustedRoot", root},
      {"signingConfig", config()}};
  const auto both = parse_client_trust_config(as_bytes(json.dump()));
  REQUIRE(works(both));
  CHECK(Json::parse(both->trusted_root) == root);
  CHECK(works(parse_signing_config(as_bytes(both->signing_config))));
  json.erase("signingConfig");
  CHECK(refuses(parse_client_trust_config(as_bytes(json.dump())),
                ErrorKind::invalid_input, "'signingConfig' is missing"));
  json["signingConfig"] = config();
  json["mediaType"] = "else";
  CHECK(refuses(parse_client_trust_config(as_bytes(json.dump())),
                ErrorKind::unsupported, "client trust config: media type"));
}

TEST_CASE("a client trust config has its limit", "[trust]") {
  const std::string blanks(
      sigstore::limits::kTrustedRoot + sigstore::limits::kSigningConfig + 1,
      ' ');
  CHECK(refuses(parse_client_trust_config(as_bytes(blanks)),
                ErrorKind::invalid_input, "client trust config: too large"));
}

TEST_CASE("published signing configs select the services of today",
          "[trust][vectors]") {
  const auto vectors = find_vectors();
  if (!vectors) return;
  struct Row {
    const char* file;
    const char* at;
    const char* tlog;
  };
  const std::vector<Row> rows{
      {"production/signing_config.v0.2.json", "2026-08-25T00:00:00Z",
       "https://rekor.sigstore.dev "},
      {"production/signing_config_rekor_v2.v0.2.json", "2026-08-25T00:00:00Z",
       "https://log2025-1.rekor.sigstore.dev "},
      {"production/signing_config_rekor_v2.v0.2.json", "2025-12-31T23:59:59Z",
       "https://rekor.sigstore.dev "},
      {"staging/signing_config.v0.2.json", "2026-08-25T00:00:00Z",
       "https://global.rekor.sigstage.dev "},
      {"staging/signing_config_rekor_v2.v0.2.json", "2025-09-01T00:00:00Z",
       "https://log2025-alpha2.rekor.sigstage.dev "},
      // Both ends belong to a period: at this second two are valid.
      {"staging/signing_config_rekor_v2.v0.2.json", "2025-08-20T07:24:08Z",
       "https://log2025-alpha2.rekor.sigstage.dev "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.file, row.at);
    const auto parsed = parse_signing_config(
        read_vector(*vectors / "sigstore/roots" / row.file));
    REQUIRE(works(parsed));
    const Timestamp now = *Timestamp::parse_rfc3339(row.at);
    CHECK(urls(select_services(parsed->tlogs, parsed->tlog_selection, {1, 2},
                               now)) == row.tlog);
    CHECK(works(select_services(parsed->timestamp_authorities,
                                parsed->timestamp_selection, {1}, now)));
    CHECK(works(select_service(parsed->certificate_authorities, {1}, now)));
    CHECK(works(select_service(parsed->identity_providers, {1}, now)));
  }
}
