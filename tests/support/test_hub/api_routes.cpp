// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// /api/<type>/...: which call is it, and may it be made? hub.md 1.2, 1.3.

#include <array>
#include <charconv>
#include <cstddef>

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/digest.h"
#include "tests/support/test_hub/git.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

struct Action {
  std::string_view method;
  std::string_view name;  // "" for the repository itself
  Need need;
  void (*answer)(ApiCall&);
};

constexpr std::array kActions = {
    Action{"GET", "", Need::metadata, answer_info},
    Action{"GET", "revision", Need::metadata, answer_info},
    Action{"GET", "auth-check", Need::metadata, answer_auth_check},
    Action{"GET", "tree", Need::metadata, answer_tree},
    Action{"POST", "paths-info", Need::metadata, answer_paths_info},
    Action{"GET", "refs", Need::metadata, answer_refs},
    Action{"GET", "commits", Need::metadata, answer_commits},
    Action{"POST", "branch", Need::write, answer_create_branch},
    Action{"DELETE", "branch", Need::write, answer_delete_branch},
    Action{"POST", "tag", Need::write, answer_create_tag},
    Action{"DELETE", "tag", Need::write, answer_delete_tag},
    Action{"PUT", "settings", Need::write, answer_settings},
    Action{"POST", "preupload", Need::write, answer_preupload},
    Action{"POST", "commit", Need::write, answer_commit},
    Action{"GET", "discussions", Need::metadata, answer_discussions},
    Action{"POST", "discussions", Need::pull_request, answer_discuss},
};

const Action* find_action(const std::string& method, const std::string& name) {
  for (const auto& action : kActions) {
    if (action.method == method && action.name == name) return &action;
  }
  return nullptr;
}

Need need_of(const Action& action, const httplib::Request& request) {
  // Whoever has a token may open a pull request (hub.md 1.12).
  const bool opens = request.get_param_value("create_pr") == "1";
  if (action.need == Need::write && opens) return Need::pull_request;
  return action.need;
}

void answer_api(Hub& hub, const httplib::Request& request,
                httplib::Response& response) {
  // "", "api", type, org, name, action, rest...
  auto parts = decode_path(request);
  join_revision(parts, 6);
  const std::string type = parts.size() > 2 ? parts[2] : "";
  const auto repository =
      parts.size() < 5 ? std::nullopt
                       : parse_repository(type == "models" ? "" : type + "/",
                                          parts[3], parts[4]);
  const Caller caller = find_caller(request);
  if (!repository) {
    return answer_refusal(
        response, {caller.is_known() ? 404 : 401, "RepoNotFound",
                   caller.is_known() ? "Repository not found"
                                     : "Invalid username or password."});
  }
  ApiCall call{hub, request, response, *repository, caller};
  if (parts.size() > 5) call.action = parts[5];
  if (parts.size() > 6) call.rest.assign(parts.begin() + 6, parts.end());
  if (answer_fault(hub, call.target(), request, response)) return;
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  const auto* const action = find_action(method, call.action);
  if (action == nullptr) {
    return answer_refusal(response, {404, "", "Sorry, we can't find that."});
  }
  if (const auto refusal =
          refuse(hub, *repository, caller, need_of(*action, request))) {
    return answer_refusal(response, *refusal);
  }
  action->answer(call);
}

// hub.md 1.8. The name of the token is all that is secret in it.
void answer_whoami(const httplib::Request& request,
                   httplib::Response& response) {
  const Caller caller = find_caller(request);
  if (caller.is_invalid || !caller.is_known()) {
    return answer_refusal(
        response,
        {401, "",
         caller.is_invalid ? "Invalid credentials in Authorization header"
                           : "Invalid username or password."});
  }
  Json organisations = Json::array();
  if (caller.is_member) {
    organisations.push_back({{"type", "org"},
                             {"id", "5f0000000000000000000001"},
                             {"name", "org"},
                             {"fullname", "Org"},
                             {"isEnterprise", false},
                             {"roleInOrg", "write"}});
  }
  answer_json(response,
              {{"type", "user"},
               {"id", "5e0000000000000000000001"},
               {"name", caller.user},
               {"fullname", caller.user},
               {"email", caller.user + "@example.org"},
               {"emailVerified", true},
               {"isPro", false},
               {"orgs", std::move(organisations)},
               {"auth",
                {{"type", "access_token"},
                 {"accessToken",
                  {{"displayName", "test"},
                   {"role", caller.has_write_role ? "write" : "read"}}}}}});
}

}  // namespace

std::string ApiCall::path_from(size_t index) const {
  std::string path;
  for (size_t i = index; i < rest.size(); ++i) {
    if (i > index) path += '/';
    path += rest[i];
  }
  return path;
}

std::vector<std::string> decode_path(const httplib::Request& request) {
  std::string_view path = request.target;
  path = path.substr(0, path.find('?'));
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < path.size(); ++i) {
    unsigned value = 0;
    if (path[i] == '/') {
      parts.emplace_back();
    } else if (path[i] == '%' && i + 2 < path.size() &&
               std::from_chars(&path[i + 1], &path[i + 1] + 2, value, 16).ptr ==
                   &path[i + 1] + 2) {
      parts.back() += static_cast<char>(value);
      i += 2;
    } else {
      parts.back() += path[i];
    }
  }
  return parts;
}

void join_revision(std::vector<std::string>& parts, size_t index) {
  if (parts.size() < index + 3 || parts[index] != "refs") return;
  const std::string kind = parts[index + 1];
  if (kind != "pr" && kind != "convert") return;
  const auto first = parts.begin() + static_cast<std::ptrdiff_t>(index);
  *first += "/" + kind + "/" + parts[index + 2];
  parts.erase(first + 1, first + 3);
}

std::string encode_component(std::string_view text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char byte : text) {
    if (kPlain.find(byte) != std::string_view::npos) {
      encoded += byte;
    } else {
      encoded += "%" + to_hex({&byte, 1});
    }
  }
  return encoded;
}

void answer_json(httplib::Response& response, const Json& body, int status) {
  response.status = status;
  response.set_content(
      body.dump(-1, ' ', false, Json::error_handler_t::replace),
      "application/json; charset=utf-8");
}

std::optional<Json> read_json(const httplib::Request& request,
                              httplib::Response& response) {
  auto body = Json::parse(request.body, nullptr, false);
  if (body.is_object()) return body;
  answer_refusal(response, {400, "", "the body is not a JSON object"});
  return std::nullopt;
}

std::optional<std::string> find_commit(ApiCall& call,
                                       const std::string& revision) {
  auto commit = resolve_revision(call.hub, call.repository, revision);
  if (!commit) {
    answer_refusal(call.response,
                   {404, "RevisionNotFound", "Invalid rev id: " + revision});
  }
  return commit;
}

bool has_flag(const httplib::Request& request, const std::string& name) {
  const std::string value = request.get_param_value(name);
  return value == "1" || value == "true" || value == "True";
}

size_t number_param(const httplib::Request& request, const std::string& name,
                    size_t otherwise) {
  const std::string text = request.get_param_value(name);
  size_t number = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string own_origin(const httplib::Request& request) {
  return "http://" + request.get_header_value("Host");
}

void add_api_routes(httplib::Server& server, Hub& hub) {
  server.Get("/api/whoami-v2",
             [](const httplib::Request& request, httplib::Response& response) {
               answer_whoami(request, response);
             });
  const auto handler = [&hub](const httplib::Request& request,
                              httplib::Response& response) {
    answer_api(hub, request, response);
  };
  const char* const any = R"(/api/(models|datasets|spaces)/[\s\S]*)";
  server.Get(any, handler);
  server.Post(any, handler);
  server.Put(any, handler);
  server.Delete(any, handler);
}

}  // namespace test_hub
