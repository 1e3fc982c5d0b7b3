// SPDX-License-Identifier: Apache-2.0
#include "core/http/curl_client.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "tests/core/refuses.h"
#include "tests/support/loopback_server.h"

using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::to_bytes;
using sigstore::http::CurlClient;
using sigstore::http::Method;
using sigstore::http::Request;
using std::chrono::milliseconds;

namespace {

std::unique_ptr<CurlClient> make_client() {
  auto client = CurlClient::create();
  REQUIRE(works(client));
  return std::move(*client);
}

Request get(std::string url) {
  Request request;
  request.url = std::move(url);
  return request;
}

// An environment variable while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("a request arrives as it is, and the answer comes back", "[http]") {
  LoopbackServer::Request seen;
  LoopbackServer server([&](const LoopbackServer::Request& request) {
    seen = request;
    return LoopbackServer::Answer{201, "done", {{"X-Log-Index", "7"}}};
  });
  Request request = get(server.url("/api/v2?x=%20y"));
  request.method = Method::post;
  request.headers = {{"Authorization", "Bearer abc"},
                     {"Content-Type", "application/json"}};
  request.body = to_bytes(std::string("{\"a\"\0:1}", 8));
  const auto answer = make_client()->send(request);
  REQUIRE(works(answer));
  CHECK(answer->status == 201);
  CHECK(as_text(answer->body) == "done");
  CHECK(answer->header("x-log-index") == "7");
  CHECK(answer->header("x-other").empty());
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/api/v2?x=%20y");
  CHECK(seen.body == std::string("{\"a\"\0:1}", 8));
  CHECK(seen.header("Authorization") == "Bearer abc");
  CHECK(seen.header("Expect").empty());
  CHECK(seen.header("User-Agent").starts_with("hf-sigstore/"));
}

TEST_CASE("a status that is no success is an answer all the same", "[http]") {
  LoopbackServer server([](const LoopbackServer::Request&) {
    return LoopbackServer::Answer{409, "again", {{"Location", "/elsewhere"}}};
  });
  const auto answer = make_client()->send(get(server.url("/")));
  REQUIRE(works(answer));
  CHECK(answer->status == 409);
  CHECK(answer->header("location") == "/elsewhere");
}

TEST_CASE("a redirect is not followed", "[http]") {
  std::atomic<int> asked = 0;
  LoopbackServer server([&](const LoopbackServer::Request&) {
    ++asked;
    return LoopbackServer::Answer{302, "", {{"Location", "/other"}}};
  });
  const auto answer = make_client()->send(get(server.url("/")));
  REQUIRE(works(answer));
  CHECK(answer->status == 302);
  CHECK(asked == 1);
}

TEST_CASE("an answer over the limit is refused", "[http]") {
  LoopbackServer server([](const LoopbackServer::Request&) {
    return LoopbackServer::Answer{200, std::string(1000, 'x')};
  });
  Request request = get(server.url("/"));
  request.answer_limit = 1000;
  CHECK(works(make_client()->send(request)));
  request.answer_limit = 999;
  CHECK(refuses(make_client()->send(request), ErrorKind::invalid_input,
                "the answer is too long"));
}

TEST_CASE("a server that does not answer in time is a network error",
          "[http]") {
  std::atomic<bool> done = false;
  LoopbackServer server([&](const LoopbackServer::Request&) {
    while (!done) std::this_thread::yield();
    return LoopbackServer::Answer{};
  });
  Request request = get(server.url("/secret-path"));
  request.total_timeout = milliseconds(100);
  const auto answer = make_client()->send(request);
  done = true;
  CHECK(refuses(answer, ErrorKind::network, server.url("") + ": "));
  CHECK(answer.error().message.find("secret") == std::string::npos);
}

TEST_CASE("where nobody listens, the error says where", "[http]") {
  const std::string origin =
      "http://127.0.0.1:" + std::to_string(unused_port());
  CHECK(refuses(make_client()->send(get(origin + "/x?token=abc")),
                ErrorKind::network, origin + ": "));
}

TEST_CASE("plain http does not leave this machine", "[http]") {
  CHECK(refuses(make_client()->send(get("http://service.invalid/token")),
                ErrorKind::invalid_input,
                "http://service.invalid: http is only for services on this"));
}

TEST_CASE("a header cannot bring another one with it", "[http]") {
  LoopbackServer server(
      [](const LoopbackServer::Request&) { return LoopbackServer::Answer{}; });
  Request request = get(server.url("/"));
  request.headers = {{"Authorization", "Bearer a\r\nX-Other: b"}};
  CHECK(refuses(make_client()->send(request), ErrorKind::invalid_input,
                "malformed request header"));
}

TEST_CASE("requests travel side by side and answer in order", "[http]") {
  // Each answer waits until all three have arrived.
  std::atomic<int> arrived = 0;
  LoopbackServer server([&](const LoopbackServer::Request& request) {
    ++arrived;
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (arrived < 3 && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    return LoopbackServer::Answer{arrived == 3 ? 200 : 500, request.path};
  });
  const std::vector<Request> requests{get(server.url("/a")),
                                      get(server.url("/b")), get("nonsense"),
                                      get(server.url("/c"))};
  const auto answers = make_client()->send_all(requests);
  REQUIRE(answers.size() == 4);
  CHECK(answers[0]->status == 200);
  CHECK(as_text(answers[0]->body) == "/a");
  CHECK(as_text(answers[1]->body) == "/b");
  CHECK(refuses(answers[2], ErrorKind::invalid_input, "malformed URL"));
  CHECK(as_text(answers[3]->body) == "/c");
}

TEST_CASE("a proxy gets what is not for this machine, and nothing else",
          "[http]") {
  std::atomic<int> proxied = 0;
  LoopbackServer proxy([&](const LoopbackServer::Request&) {
    ++proxied;
    return LoopbackServer::Answer{200, "by the proxy"};
  });
  LoopbackServer server([](const LoopbackServer::Request&) {
    return LoopbackServer::Answer{200, "direct"};
  });
  const Variable variable("http_proxy", proxy.url(""));
  const auto client = make_client();
  const auto direct = client->send(get(server.url("/")));
  REQUIRE(works(direct));
  CHECK(as_text(direct->body) == "direct");
  CHECK(proxied == 0);
  Request request = get("http://service.invalid/");
  request.plain_http = true;
  const auto answer = client->send(request);
  REQUIRE(works(answer));
  CHECK(as_text(answer->body) == "by the proxy");
  CHECK(proxied == 1);
}

TEST_CASE("connections are kept for the next request", "[http]") {
  LoopbackServer server([](const LoopbackServer::Request& request) {
    return LoopbackServer::Answer{200, request.header("REMOTE_PORT")};
  });
  const auto client = make_client();
  const auto first = client->send(get(server.url("/")));
  const auto second = client->send(get(server.url("/")));
  REQUIRE(works(first));
  REQUIRE(works(second));
  CHECK_FALSE(first->body.empty());
  CHECK(first->body == second->body);
}
