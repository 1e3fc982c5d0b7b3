// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/api_pass.h"

#include <algorithm>

#include "tests/support/catch.h"
#include "tests/support/scripted_http.h"

using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::hub::AccessToken;
using sigstore::hub::ApiCall;
using sigstore::hub::Endpoint;
using sigstore::hub::for_client;
using sigstore::hub::named_commit;
using sigstore::hub::pass_on;
namespace http = sigstore::http;

namespace {

constexpr char kOwn[] = "http://127.0.0.1:9";

http::Response json_answer(std::string_view body) {
  return http_answer(200, body, "Content-Type", "application/json");
}

bool has_token(const http::Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const http::Header& header) {
                       return header.name == "Authorization";
                     });
}

}  // namespace

TEST_CASE("a question goes to the endpoint with the client's token",
          "[proxy]") {
  ScriptedHttp network([](const http::Request&) { return json_answer("{}"); });
  const AccessToken token = AccessToken::parse("hf_secret").value();
  ApiCall call;
  call.target = "api/models/org/m?blobs=true";
  call.user_agent = "llama-cpp";
  CHECK(pass_on(network, Endpoint(), token, call).ok());
  REQUIRE(network.sent.size() == 1);
  CHECK(network.sent[0].url ==
        "https://huggingface.co/api/models/org/m?blobs=true");
  CHECK(has_token(network.sent[0]));
  CHECK(pass_on(network, Endpoint(), AccessToken(), call).ok());
  CHECK_FALSE(has_token(network.sent[1]));
}

TEST_CASE("a redirect is followed on the endpoint, and not away from it",
          "[proxy]") {
  const auto run = [](std::string location) {
    ScriptedHttp network([&](const http::Request& request) {
      if (request.url.ends_with("gpt2"))
        return http_answer(307, "", "Location", location);
      return json_answer("{}");
    });
    ApiCall call;
    call.target = "api/models/gpt2";
    auto answer = pass_on(network, Endpoint(),
                          AccessToken::parse("hf_secret").value(), call);
    return std::pair(std::move(answer), network.sent.size());
  };
  CHECK(run("/api/models/openai-community/m").first.ok());
  const auto away = run("https://evil.example/api/models/x");
  REQUIRE_FALSE(away.first.ok());
  CHECK(away.first.error().kind == ErrorKind::invalid_input);
  CHECK(away.second == 1);
  const auto circle = run("/api/models/gpt2");
  REQUIRE_FALSE(circle.first.ok());
  CHECK(circle.first.error().message == "too many redirects");
}

TEST_CASE("the next page is asked for at the proxy", "[proxy]") {
  http::Response answer = json_answer("[]");
  answer.headers.push_back(
      {"Link",
       "<https://huggingface.co/api/models/org/m/tree/main?cursor=x>; "
       "rel=\"next\""});
  answer.headers.push_back({"Set-Cookie", "a=b"});
  const http::Response passed = for_client(answer, Endpoint(), kOwn).value();
  CHECK(passed.header("Link") ==
        "<http://127.0.0.1:9/api/models/org/m/tree/main?cursor=x>; "
        "rel=\"next\"");
  CHECK(passed.header("Set-Cookie").empty());
  CHECK(passed.header("Content-Type") == "application/json");
}

TEST_CASE("a link to anywhere else is left out", "[proxy]") {
  for (const char* link :
       {"<https://evil.example/x>; rel=\"next\"",
        "<https://huggingface.co/x>; rel=\"xet-auth\"",
        "<https://huggingface.co.evil.example/>; rel=\"next\"", "nonsense"}) {
    CAPTURE(link);
    http::Response answer = json_answer("[]");
    answer.headers.push_back({"Link", link});
    CHECK(for_client(answer, Endpoint(), kOwn).value().header("Link").empty());
  }
}

TEST_CASE("nothing leads a client to Xet", "[proxy]") {
  const http::Response passed =
      for_client(
          json_answer(
              R"([{"path":"a","xetHash":"00"},{"path":"b","lfs":{"xetHash":"1"}}])"),
          Endpoint(), kOwn)
          .value();
  CHECK(as_text(passed.body).find("xetHash") == std::string_view::npos);
  CHECK(as_text(passed.body).find("\"b\"") != std::string_view::npos);
  // Untouched where there was nothing.
  const http::Response same =
      for_client(json_answer("{ \"a\":1}"), Endpoint(), kOwn).value();
  CHECK(as_text(same.body) == "{ \"a\":1}");
}

TEST_CASE("content does not pass for an answer", "[proxy]") {
  const auto page = for_client(
      http_answer(200, "weights", "Content-Type", "application/octet-stream"),
      Endpoint(), kOwn);
  REQUIRE_FALSE(page.ok());
  CHECK(page.error().message == "the Hub's answer is not JSON");
  CHECK_FALSE(for_client(json_answer("{"), Endpoint(), kOwn).ok());
  // The Hub's own refusals are handed on.
  http::Response refusal =
      http_answer(404, "gone", "X-Error-Code", "RepoNotFound");
  CHECK(for_client(refusal, Endpoint(), kOwn).value().header("X-Error-Code") ==
        "RepoNotFound");
}

TEST_CASE("the commit that an answer names", "[proxy]") {
  const std::string hex(40, 'a');
  const auto commit = named_commit(json_answer("{\"sha\":\"" + hex + "\"}"));
  REQUIRE(commit);
  CHECK(commit->id.to_hex() == hex);
  CHECK_FALSE(named_commit(json_answer("{\"sha\":\"main\"}")));
  CHECK_FALSE(named_commit(json_answer("[]")));
  CHECK_FALSE(named_commit(http_answer(404, "{\"sha\":\"" + hex + "\"}")));
}
