// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/token_search.h"

#include <map>
#include <string>

#include "core/base/file.h"
#include "tests/core/refuses.h"
#include "tests/support/scripted_http.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

constexpr Timestamp kNow{1'800'000'000};

// A user with files, variables and a Hub that exchanges tokens.
struct Stage {
  TempFolder folder;
  std::map<std::string, std::string> values{
      {"HF_HOME", folder.path().string()},
      {"HF_ENDPOINT", "https://hub.example"}};
  http::Response exchanged = http_answer(404);
  ScriptedHttp network{
      [this](const http::Request& request) -> Result<http::Response> {
        if (request.url == "https://hub.example/oauth/token") return exchanged;
        return http_answer(200, R"({"value":"from-github"})");
      }};

  void write(const char* name, std::string_view text) {
    REQUIRE(
        works(write_file_atomic(folder.path() / name, as_bytes(text), 0600)));
  }
  std::string read(const char* name) {
    const auto bytes = read_file(folder.path() / name, 10'000);
    REQUIRE(works(bytes));
    return std::string(as_text(*bytes));
  }
  Result<AccessToken> find(const TokenWish& wish = {}) {
    const Variables variable = [this](const char* name) {
      const auto found = values.find(name);
      return found == values.end() ? std::string() : found->second;
    };
    const auto settings = read_hub_settings(variable);
    REQUIRE(works(settings));
    return find_token(wish, *settings, variable, network, kNow);
  }
  std::string found(const TokenWish& wish = {}) {
    const auto token = find(wish);
    REQUIRE(works(token));
    return std::string(token->reveal_secret());
  }
};

TEST_CASE("the token is looked for in huggingface_hub's order", "[hub]") {
  Stage stage;
  CHECK(stage.found().empty());
  stage.write("token", "hf_file\n");
  CHECK(stage.found() == "hf_file");
  stage.values["HUGGING_FACE_HUB_TOKEN"] = "hf_old";
  CHECK(stage.found() == "hf_old");
  stage.values["HF_TOKEN"] = "hf_variable";
  CHECK(stage.found() == "hf_variable");
  stage.exchanged = http_answer(200, R"({"access_token":"hf_jwt_new"})");
  stage.values["HF_OIDC_RESOURCE"] = "org/m";
  stage.values["HF_OIDC_ID_TOKEN"] = "identity";
  CHECK(stage.found() == "hf_jwt_new");
  stage.write("named", "hf_named");
  CHECK(stage.found({"", (stage.folder.path() / "named").string()}) ==
        "hf_named");
  CHECK(stage.found({"hf_typed", ""}) == "hf_typed");
}

TEST_CASE("a token that is not for everything is not sent everywhere",
          "[hub]") {
  Stage stage;
  stage.values["HF_TOKEN"] = "hf_variable";
  stage.values["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1";
  CHECK(stage.found().empty());
  CHECK(stage.found({"", "", true}) == "hf_variable");
}

TEST_CASE("an identity token is exchanged, or that is the end of it", "[hub]") {
  Stage stage;
  stage.write("token", "hf_file");
  stage.values["HF_OIDC_RESOURCE"] = "datasets/org/d";
  CHECK(refuses(stage.find(), ErrorKind::unauthorized, "set HF_OIDC_ID_TOKEN"));
  stage.values["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://github.example/t?a=b";
  stage.values["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "bearer-secret";
  stage.exchanged = http_answer(
      400, R"({"error":"invalid_grant","error_description":"no publisher"})");
  const auto refused = stage.find();
  CHECK(refuses(refused, ErrorKind::invalid_input,
                "invalid_grant; no publisher"));
  REQUIRE(stage.network.sent.size() == 2);
  CHECK(stage.network.sent[0].url ==
        "https://github.example/t?a=b&audience=https%3A%2F%2Fhub.example");
  CHECK(stage.network.sent[0].headers[0].value == "bearer bearer-secret");
  CHECK(as_text(stage.network.sent[1].body)
            .find(R"("resource":"datasets/org/d")") != std::string::npos);
  CHECK(as_text(stage.network.sent[1].body)
            .find(R"("subject_token":"from-github")") != std::string::npos);
  stage.exchanged = http_answer(200, "{}");
  CHECK(refuses(stage.find(), ErrorKind::invalid_input, "'access_token'"));
}

TEST_CASE("a token that is about to expire is refreshed for everybody",
          "[hub]") {
  Stage stage;
  const auto stored = [](std::int64_t expires) {
    return concat("[other]\nhf_token = hf_other\n\n[me]\nhf_token = hf_file\n",
                  "refresh_token = r1\nexpires_at = ", expires, "\n");
  };
  stage.write("token", "hf_file");
  stage.exchanged = http_answer(
      200, R"({"access_token":"hf_new","refresh_token":"r2","expires_in":60})");
  SECTION("a day before") {
    stage.write("stored_tokens", stored(kNow.seconds + 86'400));
    CHECK(stage.found() == "hf_new");
    CHECK(stage.read("token") == "hf_new");
    CHECK(stage.read("stored_tokens") ==
          concat("[other]\nhf_token = hf_other\n\n[me]\nhf_token = hf_new\n",
                 "refresh_token = r2\nexpires_at = ", kNow.seconds + 60, "\n"));
    CHECK(as_text(stage.network.sent[0].body)
              .starts_with("grant_type=refresh_token&refresh_token=r1&"));
  }
  SECTION("not earlier") {
    stage.write("stored_tokens", stored(kNow.seconds + 86'401));
    CHECK(stage.found() == "hf_file");
    CHECK(stage.network.sent.empty());
  }
  SECTION("and if that fails, the old one has to do") {
    stage.exchanged = http_answer(400, R"({"error":"invalid_grant"})");
    stage.write("stored_tokens", stored(kNow.seconds));
    CHECK(stage.found() == "hf_file");
    CHECK(stage.read("stored_tokens") == stored(kNow.seconds));
  }
  SECTION("never without a network") {
    stage.values["HF_HUB_OFFLINE"] = "1";
    stage.write("stored_tokens", stored(kNow.seconds));
    CHECK(stage.found() == "hf_file");
    CHECK(stage.network.sent.empty());
  }
}

TEST_CASE("a token that cannot be one is refused and not shown", "[hub]") {
  Stage stage;
  stage.values["HF_TOKEN"] = "hf_a b";
  CHECK(refuses(stage.find(), ErrorKind::invalid_input, "HF_TOKEN: the token"));
  stage.values["HF_TOKEN"] = "api_org_secret";
  const auto token = stage.find();
  CHECK(refuses(token, ErrorKind::unauthorized, "tokens of organizations"));
  CHECK(token.error().message.find("secret") == std::string::npos);
  CHECK(refuses(stage.find({"", "/nonexistent/token"}), ErrorKind::not_found,
                "/nonexistent/token"));
}

}  // namespace
}  // namespace sigstore::hub
