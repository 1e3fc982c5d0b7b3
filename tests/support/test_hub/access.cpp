// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/access.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "tests/support/test_hub/digest.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/settings.h"

namespace test_hub {
namespace {

constexpr char kAskForCredentials[] = "Invalid username or password.";

std::optional<Caller> find_token(const std::string& token) {
  if (token == "hf_writer") return Caller{"writer", false, true, true};
  if (token == "hf_reader") return Caller{"reader", false, false, true};
  if (token == "hf_stranger") return Caller{"stranger", false, true, false};
  return std::nullopt;
}

std::string basic_password(std::string_view credentials) {
  const auto decoded = decode_base64(credentials);
  if (!decoded) return "";
  const size_t colon = decoded->find(':');
  return colon == std::string::npos ? "" : decoded->substr(colon + 1);
}

// True where the switch or the repository's own setting says so.
bool applies(Hub& hub, const char* name, const Repository& repository,
             bool is_set) {
  if (hub.switches.take(name, {"api", repository.full_name()})) return true;
  if (is_set) hub.switches.count(name);
  return is_set;
}

Refusal refuse_gated(const Repository& repository, const Caller& caller) {
  const std::string access =
      "Access to " + repository.full_name() + " is restricted";
  if (!caller.is_known()) {
    return {401, "GatedRepo",
            access +
                ". You must have access to it and be authenticated to "
                "access it. Please log in."};
  }
  return {403, "GatedRepo",
          access + " and you are not in the authorized list. Visit /" +
              repository.full_name() + " to ask for access."};
}

std::optional<Refusal> refuse_write(const Repository& repository,
                                    const Caller& caller, Need need) {
  if (need != Need::write && need != Need::pull_request) return std::nullopt;
  if (!caller.is_known()) return Refusal{401, "", kAskForCredentials};
  if (need == Need::pull_request || caller.may_write(repository)) {
    return std::nullopt;
  }
  return Refusal{403, "",
                 "Forbidden: you must use a token with write access to " +
                     repository.full_name()};
}

}  // namespace

Caller find_caller(const httplib::Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  constexpr std::string_view kBasic = "Basic ";
  const std::string header = request.get_header_value("Authorization");
  if (header.starts_with(kBearer)) {
    auto found = find_token(header.substr(kBearer.size()));
    if (found) return *found;
    return {.is_invalid = true};
  }
  if (!header.starts_with(kBasic)) return {};
  // Other passwords are the business of the switch unauthorized.
  return find_token(basic_password(std::string_view(header).substr(6)))
      .value_or(Caller{});
}

std::optional<Refusal> refuse(Hub& hub, const Repository& repository,
                              const Caller& caller, Need need) {
  if (caller.is_invalid) {
    return Refusal{401, "", "Invalid credentials in Authorization header"};
  }
  const bool exists = is_repository(hub, repository);
  const Settings settings =
      exists ? load_settings(hub.root, repository) : Settings{};
  if (!exists || (!caller.may_see(repository) &&
                  applies(hub, "private", repository, settings.is_private))) {
    if (!caller.is_known()) {
      return Refusal{401, "RepoNotFound", kAskForCredentials};
    }
    return Refusal{404, "RepoNotFound", "Repository not found"};
  }
  if (applies(hub, "disabled", repository, settings.is_disabled)) {
    return Refusal{403, "", "Access to this resource is disabled."};
  }
  if (need == Need::content && !caller.may_see(repository) &&
      applies(hub, "gated", repository, !settings.gated.empty())) {
    return refuse_gated(repository, caller);
  }
  return refuse_write(repository, caller, need);
}

void answer_refusal(httplib::Response& response, const Refusal& refusal) {
  response.status = refusal.status;
  if (!refusal.code.empty()) {
    response.set_header("X-Error-Code", refusal.code);
  }
  response.set_header("X-Error-Message", refusal.message);
  if (refusal.status == 401) {
    // What git and git-lfs answer with credentials.
    response.set_header("WWW-Authenticate", "Basic realm=\"test-hub\"");
  }
  const nlohmann::json body = {{"error", refusal.message}};
  response.set_content(body.dump(), "application/json; charset=utf-8");
}

}  // namespace test_hub
