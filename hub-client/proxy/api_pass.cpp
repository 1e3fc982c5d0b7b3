// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/api_pass.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/json.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

constexpr int kMostRedirects = 5;

// All others stay behind: cookies, and what is about the connection.
constexpr std::array<std::string_view, 12> kPassed{
    "Content-Type",  "ETag",         "X-Repo-Commit",    "X-Error-Code",
    "X-Request-Id",  "Retry-After",  "X-Error-Message",  "RateLimit",
    "X-Total-Count", "X-HF-Warning", "RateLimit-Policy", "Cache-Control"};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 307 || status == 308;
}

http::Request request_to(const Endpoint& endpoint, const AccessToken& token,
                         const ApiCall& call, std::string url) {
  http::Request request;
  request.method = call.method;
  request.answer_limit = limits::kHubAnswer;
  request.total_timeout = std::chrono::seconds(60);
  request.body = call.body;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) request.headers.push_back({name, value});
  };
  add("User-Agent", call.user_agent);
  add("Accept", call.accept);
  add("Content-Type", call.content_type);
  if (!token.empty() && endpoint.may_see_token(url))
    request.headers.push_back(token.authorization());
  request.url = std::move(url);
  return request;
}

// Members of this name at any depth (limits::kJsonDepth). True when there
// were any.
bool erase_members(Json& value, const char* name) {
  bool erased = value.is_object() && value.erase(name) > 0;
  if (value.is_structured())
    for (Json& item : value) erased = erase_members(item, name) || erased;
  return erased;
}

bool is_json(const http::Response& answer) {
  return answer.header("Content-Type").starts_with("application/json");
}

}  // namespace

Result<http::Response> pass_on(http::Client& network, const Endpoint& endpoint,
                               const AccessToken& token, const ApiCall& call) {
  std::string url = endpoint.at(call.target);
  for (int hop = 0; hop < kMostRedirects; ++hop) {
    TRY_ASSIGN(http::Response answer,
               network.send(request_to(endpoint, token, call, url)));
    if (!is_redirect(answer.status)) return answer;
    TRY_ASSIGN(std::string next,
               endpoint.follow(url, answer.header("Location")));
    if (!endpoint.is_here(next))
      return fail(ErrorKind::invalid_input, "the Hub sends us to ",
                  http::origin_of(next));
    url = std::move(next);
  }
  return fail(ErrorKind::invalid_input, "too many redirects");
}

Result<http::Response> for_client(http::Response answer,
                                  const Endpoint& endpoint,
                                  std::string_view own_origin) {
  http::Response out;
  out.status = answer.status;
  for (const std::string_view name : kPassed)
    if (const std::string_view value = answer.header(name); !value.empty())
      out.headers.push_back({std::string(name), std::string(value)});
  const std::string next =
      endpoint.own_url(link_target(answer.header("Link"), "next"));
  if (endpoint.is_here(next) && next.starts_with(endpoint.text() + "/"))
    out.headers.push_back(
        {"Link", concat("<", own_origin, next.substr(endpoint.text().size()),
                        ">; rel=\"next\"")});
  out.body = std::move(answer.body);
  if (out.status != 200 || out.body.empty()) return out;
  if (!is_json(out))
    return fail(ErrorKind::invalid_input, "the Hub's answer is not JSON");
  TRY_ASSIGN(Json value, parse_json(as_text(out.body)));
  if (erase_members(value, "xetHash")) out.body = to_bytes(dump_json(value));
  return out;
}

std::optional<git::CommitId> named_commit(const http::Response& answer) {
  if (answer.status != 200) return std::nullopt;
  const Result<Json> value = parse_json(as_text(answer.body));
  if (!value.ok()) return std::nullopt;
  const Result<std::string_view> sha = string_member(*value, "sha");
  if (!sha.ok() || sha->size() != 40) return std::nullopt;
  const auto id = git::ObjectId::parse_hex(*sha);
  if (!id) return std::nullopt;
  return git::CommitId{*id};
}

}  // namespace sigstore::hub
