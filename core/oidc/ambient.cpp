// SPDX-License-Identifier: Apache-2.0
#include "core/oidc/ambient.h"

#include <array>
#include <chrono>
#include <utility>

#include "core/base/json.h"
#include "core/http/url.h"

namespace sigstore {
namespace {

constexpr std::chrono::seconds kTimeout{10};
constexpr const char* kProjectedToken = "/var/run/sigstore/cosign/oidc-token";
constexpr const char* kProductName = "/sys/class/dmi/id/product_name";
constexpr const char* kMetadata =
    "http://metadata/computeMetadata/v1/instance/service-accounts/default/";

using Answer = Result<std::optional<std::string>>;

Answer nothing() { return std::optional<std::string>(); }

Error no_token(std::string_view provider, std::string_view why) {
  return fail(ErrorKind::unauthorized, provider,
              " gives no identity token: ", why);
}

http::Request request_to(std::string url, http::Header header) {
  http::Request request;
  request.url = std::move(url);
  request.headers = {std::move(header)};
  request.connect_timeout = kTimeout;
  request.total_timeout = kTimeout;
  request.repeatable = true;
  return request;
}

// The text of a good answer. What a refusal says is not shown: it may repeat
// secrets.
Result<std::string> ask(const Surroundings& where, std::string_view provider,
                        const http::Request& request) {
  TRY_ASSIGN(const http::Response answer,
             where.client.send(request).context(provider));
  if (answer.status != 200)
    return no_token(provider, concat("status ", answer.status));
  return std::string(as_text(answer.body));
}

Result<std::string> json_text(std::string_view provider, std::string_view text,
                              std::string_view member) {
  const Result<Json> json = parse_json(text);
  if (!json.ok()) return no_token(provider, "its answer is not JSON");
  const Result<std::string_view> value = string_member(*json, member);
  if (!value.ok())
    return no_token(provider, concat("its answer has no '", member, "'"));
  return std::string(*value);
}

// docs.github.com, "OpenID Connect reference".
Answer from_github(const Surroundings& where) {
  constexpr std::string_view kName = "GitHub Actions";
  if (where.variable("GITHUB_ACTIONS").empty()) return nothing();
  const std::string url = where.variable("ACTIONS_ID_TOKEN_REQUEST_URL");
  const std::string secret = where.variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url.empty() || secret.empty())
    return no_token(kName, "add 'permissions: id-token: write' to the job");
  const bool has_query = url.find('?') != std::string::npos;
  TRY_ASSIGN(
      const std::string text,
      ask(where, kName,
          request_to(
              concat(url, has_query ? "&" : "?",
                     http::encode_form({{"audience", kSigstoreAudience}})),
              {"Authorization", "bearer " + secret})));
  TRY_ASSIGN(std::string token, json_text(kName, text, "value"));
  return std::optional(std::move(token));
}

// docs.gitlab.com, "ID token authentication".
Answer from_gitlab(const Surroundings& where) {
  if (where.variable("GITLAB_CI").empty()) return nothing();
  std::string token = where.variable("SIGSTORE_ID_TOKEN");
  if (token.empty())
    return no_token("GitLab",
                    "add 'id_tokens: SIGSTORE_ID_TOKEN: aud: sigstore' to the "
                    "job");
  return std::optional(std::move(token));
}

Answer from_program(const Surroundings& where, std::string_view provider,
                    const char* variable,
                    const std::vector<std::string>& argv) {
  if (where.variable(variable).empty()) return nothing();
  Result<std::string> token = where.run(argv);
  if (!token.ok()) return no_token(provider, token.error().message);
  return std::optional(std::move(*token));
}

Answer from_circleci(const Surroundings& where) {
  return from_program(where, "CircleCI", "CIRCLECI",
                      {"circleci", "run", "oidc", "get", "--claims",
                       R"({"aud":"sigstore"})", "--root-issuer"});
}

Answer from_buildkite(const Surroundings& where) {
  return from_program(where, "Buildkite", "BUILDKITE",
                      {"buildkite-agent", "oidc", "request-token", "--audience",
                       std::string(kSigstoreAudience)});
}

// The metadata server is a name of the cloud's own network, without TLS.
http::Request metadata_request(std::string_view path) {
  http::Request request =
      request_to(concat(kMetadata, path), {"Metadata-Flavor", "Google"});
  request.plain_http = true;
  return request;
}

// In the name of another service account than the machine's.
Answer from_impersonation(const Surroundings& where) {
  constexpr std::string_view kName = "Google Cloud";
  const std::string account = where.variable("GOOGLE_SERVICE_ACCOUNT_NAME");
  if (account.empty()) return nothing();
  TRY_ASSIGN(const std::string own,
             ask(where, kName,
                 metadata_request("token?scopes=https%3A%2F%2Fwww.googleapis."
                                  "com%2Fauth%2Fcloud-platform")));
  TRY_ASSIGN(const std::string secret, json_text(kName, own, "access_token"));
  http::Request request =
      request_to(concat("https://iamcredentials.googleapis.com/v1/projects/-/"
                        "serviceAccounts/",
                        http::escape_component(account), ":generateIdToken"),
                 {"Authorization", "Bearer " + secret});
  request.method = http::Method::post;
  request.headers.push_back({"Content-Type", "application/json"});
  request.body = to_bytes(
      Json{{"audience", kSigstoreAudience}, {"includeEmail", true}}.dump());
  TRY_ASSIGN(const std::string text, ask(where, kName, request));
  TRY_ASSIGN(std::string token, json_text(kName, text, "token"));
  return std::optional(std::move(token));
}

Answer from_google(const Surroundings& where) {
  const Result<std::string> product = where.read_file(kProductName);
  const bool is_google =
      product.ok() &&
      (*product == "Google\n" || *product == "Google Compute Engine\n");
  if (!is_google) return nothing();
  TRY_ASSIGN(std::string token,
             ask(where, "Google Cloud",
                 metadata_request("identity?audience=sigstore&format=full")));
  return std::optional(std::move(token));
}

Answer from_kubernetes(const Surroundings& where) {
  Result<std::string> token = where.read_file(kProjectedToken);
  if (token.ok()) return std::optional(std::move(*token));
  if (token.error().kind == ErrorKind::not_found) return nothing();
  return no_token("Kubernetes", token.error().message);
}

}  // namespace

Result<std::optional<IdentityToken>> ambient_token(
    const Surroundings& surroundings) {
  constexpr std::array kProviders{
      from_github,        from_gitlab, from_circleci,  from_buildkite,
      from_impersonation, from_google, from_kubernetes};
  for (const auto provider : kProviders) {
    TRY_ASSIGN(const std::optional<std::string> text, provider(surroundings));
    if (!text) continue;
    TRY_ASSIGN(IdentityToken token, IdentityToken::parse(*text));
    return std::optional(std::move(token));
  }
  return std::optional<IdentityToken>();
}

}  // namespace sigstore
