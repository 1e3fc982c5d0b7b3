// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include <openssl/evp.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/lfs_answer.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

// The user name of Basic credentials. They are not checked: that is the
// business of the unauthorized switch.
std::string user_of(const httplib::Request& request) {
  constexpr std::string_view kScheme = "Basic ";
  const std::string header = request.get_header_value("Authorization");
  if (!header.starts_with(kScheme)) return "anonymous";
  const std::string_view text = std::string_view(header).substr(kScheme.size());
  std::string decoded(text.size(), '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  const size_t colon = decoded.find(':');
  if (size < 0 || colon == std::string::npos) return "anonymous";
  return decoded.substr(0, colon);
}

Json to_json(const Locks::Lock& lock) {
  return {{"id", lock.id},
          {"path", lock.path},
          {"locked_at", lock.locked_at},
          {"owner", {{"name", lock.owner}}}};
}

void answer_create(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  const auto repository = admit(hub, "lfs", request, response);
  if (!repository) return;
  const auto body = read_lfs_request(request, response);
  if (!body) return;
  const std::string path = text_member(*body, "path");
  if (path.empty()) return answer_lfs_error(response, 422, "path: missing");
  const auto created =
      hub.locks.create(repository->full_name(), path, user_of(request));
  Json answer = {{"lock", to_json(created.lock)}};
  if (!created.is_new) answer["message"] = "already created lock";
  answer_lfs(response, created.is_new ? 201 : 409, answer);
}

void answer_list(Hub& hub, const httplib::Request& request,
                 httplib::Response& response) {
  const auto repository = admit(hub, "lfs", request, response);
  if (!repository) return;
  const auto matches = [&](const char* name, const std::string& value) {
    return !request.has_param(name) || request.get_param_value(name) == value;
  };
  Json locks = Json::array();
  for (const auto& lock : hub.locks.list(repository->full_name())) {
    if (matches("path", lock.path) && matches("id", lock.id)) {
      locks.push_back(to_json(lock));
    }
  }
  answer_lfs(response, 200, {{"locks", std::move(locks)}});
}

void answer_verify(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  const auto repository = admit(hub, "lfs", request, response);
  if (!repository) return;
  const std::string user = user_of(request);
  Json answer = {{"ours", Json::array()}, {"theirs", Json::array()}};
  for (const auto& lock : hub.locks.list(repository->full_name())) {
    answer[lock.owner == user ? "ours" : "theirs"].push_back(to_json(lock));
  }
  answer_lfs(response, 200, answer);
}

void answer_unlock(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  const auto repository = admit(hub, "lfs", request, response);
  if (!repository) return;
  const auto body = read_lfs_request(request, response);
  if (!body) return;
  const std::string repo = repository->full_name();
  const auto lock = hub.locks.find(repo, request.matches[4].str());
  if (!lock) return answer_lfs_error(response, 404, "no such lock");
  const auto force = body->find("force");
  const bool is_forced = force != body->end() && *force == true;
  if (lock->owner != user_of(request) && !is_forced) {
    return answer_lfs_error(response, 403, "locked by " + lock->owner);
  }
  hub.locks.remove(repo, lock->id);
  answer_lfs(response, 200, {{"lock", to_json(*lock)}});
}

}  // namespace

void add_lock_routes(httplib::Server& server, Hub& hub) {
  using Answer = void (*)(Hub&, const httplib::Request&, httplib::Response&);
  const auto handler = [&hub](Answer answer) {
    return [&hub, answer](const httplib::Request& request,
                          httplib::Response& response) {
      answer(hub, request, response);
    };
  };
  const std::string locks = std::string(kRepositoryPattern) + "/info/lfs/locks";
  server.Post(locks, handler(answer_create));
  server.Get(locks, handler(answer_list));
  server.Post(locks + "/verify", handler(answer_verify));
  server.Post(locks + "/([^/]+)/unlock", handler(answer_unlock));
}

}  // namespace test_hub
