// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/token_search.h"

#include <chrono>
#include <optional>
#include <utility>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/crypto/private_key.h"
#include "core/http/url.h"
#include "hub-client/hub/hub_error.h"
#include "hub-client/hub/hub_limits.h"
#include "hub-client/hub/stored_tokens.h"

namespace sigstore::hub {
namespace {

constexpr std::chrono::seconds kTimeout{10};
constexpr std::int64_t kRefreshBefore = 24 * 3600;  // seconds
constexpr int kLockSeconds = 30;
// Of the hf command, which is where tokens that expire come from. Public: an
// OAuth client without a secret (RFC 6749 section 2.1).
constexpr const char* kClientId = "26be6b09-91c5-47da-9861-d2d2bb7a7e36";

Result<AccessToken> checked(Result<AccessToken> token, std::string_view where) {
  if (!token.ok()) return std::move(token).context(where);
  if (token->reveal_secret().starts_with("api_org"))
    return fail(ErrorKind::unauthorized, where,
                ": tokens of organizations are no longer accepted, make one "
                "of a user");
  return token;
}

Result<AccessToken> from_file(const std::filesystem::path& path) {
  TRY_ASSIGN(Bytes bytes, read_file(path, limits::kIdentityToken));
  Result<AccessToken> token = AccessToken::parse(as_text(bytes));
  wipe(bytes);
  return checked(std::move(token), path.string());
}

http::Request request_to(std::string url) {
  http::Request request;
  request.url = std::move(url);
  request.connect_timeout = kTimeout;
  request.total_timeout = kTimeout;
  return request;
}

// The identity token that GitHub Actions gives for the Hub (docs.github.com,
// "OpenID Connect reference").
Result<std::string> github_token(const HubSettings& settings,
                                 const Variables& variable,
                                 http::Client& client) {
  const std::string url = variable("ACTIONS_ID_TOKEN_REQUEST_URL");
  const std::string secret = variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url.empty() || secret.empty())
    return fail(ErrorKind::unauthorized,
                "HF_OIDC_RESOURCE is set, and there is no identity token: set "
                "HF_OIDC_ID_TOKEN, or in GitHub Actions add 'permissions: "
                "id-token: write' to the job");
  const bool has_query = url.find('?') != std::string::npos;
  http::Request request = request_to(
      concat(url, has_query ? "&" : "?",
             http::encode_form({{"audience", settings.endpoint.text()}})));
  request.headers = {{"Authorization", "bearer " + secret}};
  request.repeatable = true;
  constexpr std::string_view kName = "GitHub Actions";
  TRY_ASSIGN(const http::Response answer, client.send(request).context(kName));
  // What an answer says may repeat secrets.
  const Result<Json> json = parse_json(as_text(answer.body));
  if (answer.status != 200 || !json.ok())
    return fail(ErrorKind::unauthorized, kName,
                " gives no identity token, status ", answer.status);
  TRY_ASSIGN(const std::string_view token,
             string_member(*json, "value").context(kName));
  return std::string(token);
}

// RFC 8693, as the Hub's Trusted Publishers have it.
Result<AccessToken> exchange(const std::string& resource,
                             const HubSettings& settings,
                             const Variables& variable, http::Client& client) {
  std::string identity = variable("HF_OIDC_ID_TOKEN");
  if (identity.empty()) {
    TRY_ASSIGN(identity, github_token(settings, variable, client));
  }
  http::Request request = request_to(settings.endpoint.at("oauth/token"));
  request.method = http::Method::post;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = to_bytes(Json{
      {"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
      {"subject_token_type", "urn:ietf:params:oauth:token-type:id_token"},
      {"subject_token", identity},
      {"resource", resource}}.dump(-1, ' ', false,
                                   Json::error_handler_t::replace));
  constexpr std::string_view kName = "exchanging the identity token";
  Result<http::Response> answer = client.send(request);
  wipe(request.body);
  if (!answer.ok()) return std::move(answer).error().context(kName);
  if (answer->status != 200)
    return hub_error({std::string(kName), {}, false}, *answer);
  const Result<Json> json = parse_json(as_text(answer->body));
  wipe(answer->body);
  if (!json.ok())
    return fail(ErrorKind::network, kName, ": the answer is not JSON");
  TRY_ASSIGN(const std::string_view token,
             string_member(*json, "access_token").context(kName));
  return checked(AccessToken::parse(token), kName);
}

struct Refreshed {
  std::string token;
  std::string refresh_token;
  std::optional<std::int64_t> lifetime;  // seconds
};

Result<Refreshed> ask_for_new(const StoredToken& old,
                              const HubSettings& settings,
                              http::Client& client) {
  http::Request request = request_to(settings.endpoint.at("oauth/token"));
  request.method = http::Method::post;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body =
      to_bytes(http::encode_form({{"grant_type", "refresh_token"},
                                  {"refresh_token", old.refresh_token},
                                  {"client_id", kClientId}}));
  Result<http::Response> answer = client.send(request);
  wipe(request.body);
  if (!answer.ok()) return std::move(answer).error();
  if (answer->status != 200)
    return hub_error({"refreshing the token", {}, false}, *answer);
  TRY_ASSIGN(const Json json, parse_json(as_text(answer->body)));
  wipe(answer->body);
  Refreshed fresh;
  TRY_ASSIGN(const std::string_view token, string_member(json, "access_token"));
  fresh.token = token;
  TRY_ASSIGN(fresh.refresh_token, optional_string(json, "refresh_token"));
  if (find_member(json, "expires_in") != nullptr) {
    TRY_ASSIGN(fresh.lifetime, positive_member(json, "expires_in"));
  }
  return fresh;
}

const StoredToken* find_stored(const std::vector<StoredToken>& tokens,
                               std::string_view secret) {
  for (const StoredToken& token : tokens)
    if (token.token == secret) return &token;
  return nullptr;
}

// huggingface_hub replaces both files, and so do we: a refresh token may be
// good for once. Under its lock, or two programs would invalidate each
// other's.
Result<AccessToken> refresh(const AccessToken& token,
                            const HubSettings& settings, http::Client& client,
                            Timestamp now) {
  TRY_ASSIGN(
      const FileDescriptor lock,
      lock_file(settings.stored_tokens.string() + ".lock", kLockSeconds));
  TRY_ASSIGN(const Bytes bytes,
             read_file(settings.stored_tokens, limits::kStoredTokens));
  TRY_ASSIGN(const std::vector<StoredToken> tokens,
             parse_stored_tokens(as_text(bytes)));
  const StoredToken* stored = find_stored(tokens, token.reveal_secret());
  // Somebody was faster.
  if (stored == nullptr) return from_file(settings.token_file);
  TRY_ASSIGN(const Refreshed fresh, ask_for_new(*stored, settings, client));
  TRY_ASSIGN(AccessToken next, AccessToken::parse(fresh.token));
  std::vector<std::pair<std::string, std::string>> values{
      {"hf_token", std::string(next.reveal_secret())}};
  if (!fresh.refresh_token.empty())
    values.emplace_back("refresh_token", fresh.refresh_token);
  if (fresh.lifetime)
    values.emplace_back("expires_at",
                        std::to_string(now.seconds + *fresh.lifetime));
  TRY(write_file_atomic(
      settings.stored_tokens,
      as_bytes(with_values(as_text(bytes), stored->name, values)), 0600));
  // Unless the user chose another one meanwhile.
  const Result<AccessToken> chosen = from_file(settings.token_file);
  if (chosen.ok() && chosen->reveal_secret() == token.reveal_secret())
    TRY(write_file_atomic(settings.token_file, as_bytes(next.reveal_secret()),
                          0600));
  return next;
}

Result<AccessToken> from_token_file(const HubSettings& settings,
                                    http::Client& client, Timestamp now) {
  Result<AccessToken> token = from_file(settings.token_file);
  if (!token.ok() && token.error().kind == ErrorKind::not_found)
    return AccessToken();
  if (!token.ok() || settings.offline) return token;
  const Result<Bytes> bytes =
      read_file(settings.stored_tokens, limits::kStoredTokens);
  if (!bytes.ok()) return token;
  const auto tokens = parse_stored_tokens(as_text(*bytes));
  if (!tokens.ok()) return token;
  const StoredToken* stored = find_stored(*tokens, token->reveal_secret());
  if (stored == nullptr || stored->refresh_token.empty() || !stored->expires ||
      stored->expires->seconds - kRefreshBefore > now.seconds)
    return token;
  // A token that is still good serves although no new one could be had, and
  // the Hub says it best of one that is not.
  Result<AccessToken> fresh = refresh(*token, settings, client, now);
  return fresh.ok() ? std::move(fresh) : std::move(token);
}

}  // namespace

Result<AccessToken> find_token(const TokenWish& wish,
                               const HubSettings& settings,
                               const Variables& variable, http::Client& client,
                               Timestamp now) {
  if (!wish.text.empty())
    return checked(AccessToken::parse(wish.text), "--token");
  if (!wish.file.empty()) return from_file(wish.file);
  if (!settings.implicit_token && !wish.needed) return AccessToken();
  if (const std::string resource = variable("HF_OIDC_RESOURCE");
      !resource.empty() && !settings.offline)
    return exchange(resource, settings, variable, client);
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})
    if (const std::string text = variable(name); !text.empty())
      return checked(AccessToken::parse(text), name);
  return from_token_file(settings, client, now);
}

}  // namespace sigstore::hub
