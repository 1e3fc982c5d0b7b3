// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/route.h"

#include "tests/support/catch.h"

using sigstore::hub::bearer_token;
using sigstore::hub::decode_component;
using sigstore::hub::is_own_host;
using sigstore::hub::parse_route;
using sigstore::hub::RepoType;
using sigstore::hub::Route;
using Kind = Route::Kind;

TEST_CASE("files are asked for by repository, revision and path", "[proxy]") {
  const Route model =
      parse_route("GET", "/org/m/resolve/main/a/config.json?download=true");
  CHECK(model.kind == Kind::file);
  CHECK(model.repo.id == "org/m");
  CHECK(model.revision == "main");
  CHECK(model.path == "a/config.json");
  const Route data =
      parse_route("HEAD", "/datasets/org/d/resolve/refs%2Fpr%2F1/a%20b.bin");
  CHECK(data.kind == Kind::file);
  CHECK(data.repo.type == RepoType::dataset);
  CHECK(data.revision == "refs/pr/1");
  CHECK(data.path == "a b.bin");
  const Route old = parse_route("GET", "/gpt2/resolve/main/config.json");
  CHECK(old.kind == Kind::file);
  CHECK(old.repo.id == "gpt2");
}

TEST_CASE("questions about files go to the Hub, with their query", "[proxy]") {
  const Route info = parse_route("GET", "/api/models/org/m?blobs=true");
  CHECK(info.kind == Kind::api);
  CHECK(info.target == "api/models/org/m?blobs=true");
  CHECK(info.names_commit);
  CHECK(info.revision == "main");
  const Route revision = parse_route("GET", "/api/models/gpt2/revision/v%2F1");
  CHECK(revision.kind == Kind::api);
  CHECK(revision.names_commit);
  CHECK(revision.repo.id == "gpt2");
  CHECK(revision.revision == "v/1");
  for (const auto target :
       {std::string_view("/api/whoami-v2"),
        std::string_view("/api/datasets/org/d/tree/main/sub/dir?recursive=1"),
        std::string_view("/api/spaces/org/s/refs"),
        std::string_view("/v2/org/m/manifests/latest")}) {
    CAPTURE(target);
    CHECK(parse_route("GET", target).kind == Kind::api);
    CHECK_FALSE(parse_route("GET", target).names_commit);
  }
  CHECK(parse_route("POST", "/api/models/org/m/paths-info/main").kind ==
        Kind::api);
}

TEST_CASE("what nobody has looked at does not go through", "[proxy]") {
  for (const auto target :
       {std::string_view("/org/m/raw/main/config.json"),
        std::string_view("/org/m"),
        std::string_view("/org/m.git/info/refs"),
        std::string_view("/api/resolve-cache/models/org/m/0/config.json"),
        std::string_view("/api/models/org/m/xet-read-token/main"),
        std::string_view("/api/models/org/m/tree/main/../../x"),
        std::string_view("/api/models/org/m/tree/%2e%2E/x"),
        std::string_view("/api/models/org/m/tree/a%2F../x"),
        std::string_view("/org/m/resolve/main/a%2f..%2Fx"),
        std::string_view("/org/m/resolve/main/a\0b", 23),
        std::string_view("/api/models/org/m?a\n"),
        std::string_view("/api/models/org/m/tree/%00"),
        std::string_view("/api/models/a--b/m/tree/main"),
        std::string_view("/org/m/resolve/main/"),
        std::string_view("/org/m/resolve//x"),
        std::string_view("/org/m/resolve/%zz/x"),
        std::string_view("//org/m"),
        std::string_view("*"),
        std::string_view("/api/models/org/m/compare/a..b"),
        std::string_view("/login")}) {
    CAPTURE(target);
    CHECK(parse_route("GET", target).kind == Kind::unknown);
  }
  for (const auto method :
       {std::string_view("POST"), std::string_view("PUT"),
        std::string_view("DELETE"), std::string_view("OPTIONS")}) {
    CAPTURE(method);
    CHECK(parse_route(method, "/api/models/org/m/commit/main").kind ==
          Kind::unknown);
    CHECK(parse_route(method, "/org/m/resolve/main/x").kind == Kind::unknown);
    CHECK(parse_route(method, "/").kind == Kind::unknown);
  }
}

TEST_CASE("the proxy tells of itself", "[proxy]") {
  CHECK(parse_route("GET", "/").kind == Kind::status);
  CHECK(parse_route("GET", "/?x").kind == Kind::status);
  CHECK(parse_route("GET", "/status.json").kind == Kind::status_json);
}

TEST_CASE("only this machine's names of the proxy are its own", "[proxy]") {
  CHECK(is_own_host("127.0.0.1:8080", 8080));
  CHECK(is_own_host("localhost:8080", 8080));
  for (const auto host :
       {std::string_view("127.0.0.1"), std::string_view("127.0.0.1:80"),
        std::string_view("evil.example:8080"),
        std::string_view("127.0.0.1:8080.evil.example"), std::string_view(""),
        std::string_view("localhost:80800")}) {
    CAPTURE(host);
    CHECK_FALSE(is_own_host(host, 8080));
  }
}

TEST_CASE("a bearer token is read, and nothing else", "[proxy]") {
  CHECK(bearer_token("Bearer hf_x") == "hf_x");
  CHECK(bearer_token("bearer hf_x") == "hf_x");
  CHECK(bearer_token("Basic hf_x").empty());
  CHECK(bearer_token("Bearer ").empty());
  CHECK(bearer_token("").empty());
}

TEST_CASE("components are decoded once", "[proxy]") {
  std::string out;
  CHECK(decode_component("a%252Fb", out));
  CHECK(out == "a%2Fb");
  CHECK_FALSE(decode_component("%", out));
  CHECK_FALSE(decode_component("a%2", out));
  CHECK_FALSE(decode_component("%00", out));
  CHECK(decode_component("%C3%A4", out));
  CHECK(out == "\xC3\xA4");
}
