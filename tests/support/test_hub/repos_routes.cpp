// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// Creating, removing and renaming repositories: hub.md 1.10.

#include <array>
#include <filesystem>
#include <system_error>

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/index.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/settings.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

// What the Hub puts into the first commit's .gitattributes.
constexpr std::array kLfsPatterns = {"*.7z",          "*.arrow",
                                     "*.bin",         "*.bz2",
                                     "*.ckpt",        "*.ftz",
                                     "*.gz",          "*.h5",
                                     "*.joblib",      "*.lfs.*",
                                     "*.mlmodel",     "*.model",
                                     "*.msgpack",     "*.npy",
                                     "*.npz",         "*.onnx",
                                     "*.ot",          "*.parquet",
                                     "*.pb",          "*.pickle",
                                     "*.pkl",         "*.pt",
                                     "*.pth",         "*.rar",
                                     "*.safetensors", "saved_model/**/*",
                                     "*.tar.*",       "*.tar",
                                     "*.tflite",      "*.tgz",
                                     "*.wasm",        "*.xz",
                                     "*.zip",         "*.zst",
                                     "*tfevents*"};

std::string prefix_of(const std::string& type) {
  if (type.empty() || type == "model") return "";
  return type + "s/";
}

bool may_create_in(const Caller& caller, const std::string& org) {
  return caller.has_write_role && (caller.is_member || caller.user == org);
}

std::string page_of(const httplib::Request& request,
                    const Repository& repository) {
  return own_origin(request) + "/" + repository.full_name();
}

bool make_first_commit(Hub& hub, const Repository& repository,
                       const std::string& author) {
  std::string rules;
  for (const auto* const pattern : kLfsPatterns) {
    rules += std::string(pattern) + " filter=lfs diff=lfs merge=lfs -text\n";
  }
  Index index(hub, repository, "");
  index.add(".gitattributes", rules);
  const auto commit = index.commit("", author, "initial commit\n");
  return commit && move_ref(hub, repository, "refs/heads/main", *commit, "");
}

/// What the three calls have in common: a caller, and the repository that the
/// body names.
struct ReposCall {
  Hub& hub;
  const httplib::Request& request;
  httplib::Response& response;
  Caller caller;
  Json body;
};

// Nothing when the answer is made.
std::optional<Repository> named_repository(ReposCall& call) {
  std::string org = text_member(call.body, "organization");
  std::string name = text_member(call.body, "name");
  if (const size_t slash = name.find('/'); slash != std::string::npos) {
    org = name.substr(0, slash);
    name = name.substr(slash + 1);
  }
  if (org.empty()) org = call.caller.user;
  auto repository =
      parse_repository(prefix_of(text_member(call.body, "type")), org, name);
  if (!repository) {
    answer_refusal(call.response, {400, "", "Invalid repository name"});
    return std::nullopt;
  }
  if (may_create_in(call.caller, org)) return repository;
  answer_refusal(call.response,
                 {403, "",
                  "You don't have the rights to create a model under the "
                  "namespace \"" +
                      org + "\""});
  return std::nullopt;
}

void answer_create(ReposCall& call) {
  const auto repository = named_repository(call);
  if (!repository) return;
  const std::string url = page_of(call.request, *repository);
  const std::lock_guard lock(call.hub.commits);
  if (is_repository(call.hub, *repository)) {
    return answer_json(
        call.response,
        {{"error", "You already created this model repo"}, {"url", url}}, 409);
  }
  if (!create_repository(call.hub, *repository, "sha1") ||
      !make_first_commit(call.hub, *repository, call.caller.user)) {
    return answer_refusal(call.response, {500, "", "git failed"});
  }
  const bool is_private = call.body.value("private", Json(false)) == true ||
                          text_member(call.body, "visibility") == "private";
  change_settings(call.hub.root, *repository, {{"private", is_private}});
  answer_json(
      call.response,
      {{"url", url}, {"name", repository->id()}, {"id", repository->id()}});
}

void answer_delete(ReposCall& call) {
  const auto repository = named_repository(call);
  if (!repository) return;
  if (const auto refusal =
          refuse(call.hub, *repository, call.caller, Need::write)) {
    return answer_refusal(call.response, *refusal);
  }
  std::error_code ignored;
  std::filesystem::remove_all(repository->path(call.hub.root), ignored);
  answer_json(call.response, Json::object());
}

void answer_move(ReposCall& call) {
  const std::string prefix = prefix_of(text_member(call.body, "type"));
  const auto from =
      parse_full_name(prefix + text_member(call.body, "fromRepo"));
  const auto to = parse_full_name(prefix + text_member(call.body, "toRepo"));
  if (!from || !to) {
    return answer_refusal(call.response, {400, "", "Invalid repository name"});
  }
  if (const auto refusal = refuse(call.hub, *from, call.caller, Need::write)) {
    return answer_refusal(call.response, *refusal);
  }
  const auto target = to->path(call.hub.root);
  std::error_code error;
  std::filesystem::create_directories(target.parent_path(), error);
  if (is_repository(call.hub, *to)) {
    return answer_refusal(call.response, {409, "", "the name is taken"});
  }
  std::filesystem::rename(from->path(call.hub.root), target, error);
  if (error) return answer_refusal(call.response, {500, "", "cannot move"});
  call.hub.names.move(from->full_name(), to->full_name());
  answer_json(call.response, Json::object());
}

using ReposAnswer = void (*)(ReposCall&);

void route(Hub& hub, const httplib::Request& request,
           httplib::Response& response, ReposAnswer answer) {
  const Target target = {.scope = "api", .repo = "", .method = request.method};
  if (answer_fault(hub, target, request, response)) return;
  const Caller caller = find_caller(request);
  if (!caller.is_known()) {
    return answer_refusal(
        response,
        {401, "",
         caller.is_invalid ? "Invalid credentials in Authorization header"
                           : "Invalid username or password."});
  }
  auto body = read_json(request, response);
  if (!body) return;
  ReposCall call{hub, request, response, caller, std::move(*body)};
  answer(call);
}

}  // namespace

void add_repos_routes(httplib::Server& server, Hub& hub) {
  const auto handler = [&hub](ReposAnswer answer) {
    return [&hub, answer](const httplib::Request& request,
                          httplib::Response& response) {
      route(hub, request, response, answer);
    };
  };
  server.Post("/api/repos/create", handler(answer_create));
  server.Delete("/api/repos/delete", handler(answer_delete));
  server.Post("/api/repos/move", handler(answer_move));
  // Any card will do.
  server.Post("/api/validate-yaml",
              [](const httplib::Request&, httplib::Response& response) {
                answer_json(response, {{"errors", Json::array()},
                                       {"warnings", Json::array()}});
              });
}

}  // namespace test_hub
