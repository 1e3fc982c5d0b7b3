// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/ambient.h"

#include <map>

#include "core/oidc/base64url.h"
#include "tests/core/refuses.h"
#include "tests/support/scripted_http.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::IdentityToken;
using sigstore::Result;
using sigstore::http::Request;
using sigstore::http::Response;

namespace {

std::string make_token(std::string_view subject) {
  const std::string claims = R"({"iss":"https://i","aud":"sigstore","exp":9,)"
                             R"("sub":")" +
                             std::string(subject) + "\"}";
  return sigstore::to_base64url(as_bytes("{}")) + "." +
         sigstore::to_base64url(as_bytes(claims)) + ".c2ln";
}

// A machine as providers see it.
struct Place {
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> pages;  // URL to body
  std::vector<std::string> program;          // that was run
  Result<std::string> printed = std::string();
  int status = 200;
  ScriptedHttp http{[this](const Request& request) -> Result<Response> {
    const auto page = pages.find(request.url);
    return page == pages.end() ? http_answer(404, "a secret")
                               : http_answer(status, page->second);
  }};

  Result<std::optional<IdentityToken>> token() {
    return sigstore::ambient_token(
        {[this](const char* name) { return variables[name]; }, http,
         [this](const std::vector<std::string>& argv) {
           program = argv;
           return printed;
         },
         [this](const char* path) -> Result<std::string> {
           const auto file = files.find(path);
           if (file == files.end())
             return sigstore::fail(ErrorKind::not_found, path);
           return file->second;
         }});
  }
  std::string subject() {
    const auto found = token();
    REQUIRE(works(found));
    REQUIRE(found->has_value());
    return (*found)->subject();
  }
};

std::string header_of(const Request& request, std::string_view name) {
  for (const auto& header : request.headers)
    if (header.name == name) return header.value;
  return "";
}

}  // namespace

TEST_CASE("where no provider is there is no token, and no request", "[oidc]") {
  Place place;
  const auto token = place.token();
  REQUIRE(works(token));
  CHECK_FALSE(token->has_value());
  CHECK(place.http.sent.empty());
  CHECK(place.program.empty());
}

TEST_CASE("GitHub Actions gives a token for Sigstore", "[oidc]") {
  Place place;
  place.variables = {
      {"GITHUB_ACTIONS", "true"},
      {"ACTIONS_ID_TOKEN_REQUEST_URL", "https://actions.example/t?v=1"},
      {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "secret"}};
  place.pages["https://actions.example/t?v=1&audience=sigstore"] =
      R"({"value":")" + make_token("github") + "\"}";
  SECTION("asked for with the job's own") {
    CHECK(place.subject() == "github");
    CHECK(header_of(place.http.sent.at(0), "Authorization") == "bearer secret");
  }
  SECTION("when the job may have one") {
    place.variables.erase("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    CHECK(refuses(place.token(), ErrorKind::unauthorized,
                  "add 'permissions: id-token: write' to the job"));
  }
  SECTION("or not at all") {
    place.status = 403;
    const auto token = place.token();
    CHECK(refuses(token, ErrorKind::unauthorized,
                  "GitHub Actions gives no identity token: status 403"));
    CHECK(token.error().message.find("secret") == std::string::npos);
  }
  SECTION("and not in another form") {
    place.pages.begin()->second = R"({"other":"secret"})";
    CHECK(refuses(place.token(), ErrorKind::unauthorized,
                  "its answer has no 'value'"));
    place.pages.begin()->second = "secret";
    const auto token = place.token();
    CHECK(refuses(token, ErrorKind::unauthorized, "its answer is not JSON"));
    CHECK(token.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("GitLab has it in a variable", "[oidc]") {
  Place place;
  place.variables["GITLAB_CI"] = "true";
  CHECK(refuses(place.token(), ErrorKind::unauthorized,
                "add 'id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore'"));
  place.variables["SIGSTORE_ID_TOKEN"] = make_token("gitlab");
  CHECK(place.subject() == "gitlab");
}

TEST_CASE("CircleCI and Buildkite have a program for it", "[oidc]") {
  Place place;
  place.printed = make_token("job") + "\n";
  std::string name;
  SECTION("CircleCI") {
    place.variables["CIRCLECI"] = "true";
    name = "CircleCI";
    CHECK(place.subject() == "job");
    CHECK(place.program ==
          std::vector<std::string>{"circleci", "run", "oidc", "get", "--claims",
                                   R"({"aud":"sigstore"})", "--root-issuer"});
  }
  SECTION("Buildkite") {
    place.variables["BUILDKITE"] = "true";
    name = "Buildkite";
    CHECK(place.subject() == "job");
    CHECK(place.program == std::vector<std::string>{"buildkite-agent", "oidc",
                                                    "request-token",
                                                    "--audience", "sigstore"});
  }
  place.printed = sigstore::fail(ErrorKind::not_found, "no such program");
  CHECK(refuses(place.token(), ErrorKind::unauthorized,
                name + " gives no identity token: no such program"));
}

TEST_CASE("Google Cloud is asked by its metadata server", "[oidc]") {
  constexpr const char* kServer =
      "http://metadata/computeMetadata/v1/instance/service-accounts/default/";
  Place place;
  SECTION("for the machine") {
    place.files["/sys/class/dmi/id/product_name"] = "Google Compute Engine\n";
    place.pages[std::string(kServer) +
                "identity?audience=sigstore&format=full"] = make_token("gcp");
    CHECK(place.subject() == "gcp");
    CHECK(place.http.sent.at(0).plain_http);
    CHECK(header_of(place.http.sent.at(0), "Metadata-Flavor") == "Google");
  }
  SECTION("for another account") {
    place.variables["GOOGLE_SERVICE_ACCOUNT_NAME"] = "a/b@example.org";
    place.pages[std::string(kServer) +
                "token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2F"
                "cloud-platform"] = R"({"access_token":"abc"})";
    place.pages
        ["https://iamcredentials.googleapis.com/v1/projects/-/"
         "serviceAccounts/a%2Fb%40example.org:generateIdToken"] =
        R"({"token":")" + make_token("other") + "\"}";
    CHECK(place.subject() == "other");
    const Request& request = place.http.sent.at(1);
    CHECK(header_of(request, "Authorization") == "Bearer abc");
    CHECK(as_text(request.body) ==
          R"({"audience":"sigstore","includeEmail":true})");
    CHECK_FALSE(request.plain_http);
  }
  SECTION("and no other maker's machine is") {
    place.files["/sys/class/dmi/id/product_name"] = "Googles\n";
    CHECK_FALSE(place.token()->has_value());
  }
}

TEST_CASE("Kubernetes projects it into a file", "[oidc]") {
  Place place;
  place.files["/var/run/sigstore/cosign/oidc-token"] = make_token("pod");
  CHECK(place.subject() == "pod");
}

TEST_CASE("what a provider gives has to be a token", "[oidc]") {
  Place place;
  place.files["/var/run/sigstore/cosign/oidc-token"] = "secret";
  const auto token = place.token();
  CHECK(refuses(token, ErrorKind::invalid_input, "identity token: "));
  CHECK(token.error().message.find("secret") == std::string::npos);
}
