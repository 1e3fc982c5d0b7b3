// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// Branches, tags and settings: hub.md 1.10.

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/index.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/settings.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

Json read_optional_json(const httplib::Request& request) {
  auto body = Json::parse(request.body, nullptr, false);
  return body.is_object() ? body : Json::object();
}

bool is_valid_ref(ApiCall& call, const std::string& ref) {
  return run_git(call.hub, call.repository,
                 {.arguments = {"check-ref-format", ref}})
      .has_value();
}

// The commit that the full name of a ref stands at.
std::optional<std::string> find_ref(ApiCall& call, const std::string& ref) {
  return resolve_revision(call.hub, call.repository, ref);
}

void create_ref(ApiCall& call, const std::string& ref, const std::string& start,
                const std::string& kind) {
  if (find_ref(call, ref)) {
    return answer_refusal(call.response, {409, "", kind + " already exists"});
  }
  const auto commit = find_commit(call, start);
  if (!commit) return;
  if (!is_valid_ref(call, ref) ||
      !move_ref(call.hub, call.repository, ref, *commit, "")) {
    return answer_refusal(call.response,
                          {400, "", "Invalid reference for a " + kind});
  }
  answer_json(call.response, Json::object());
}

// A branch with a first commit of its own and no files.
void create_empty_branch(ApiCall& call, const std::string& ref) {
  if (find_ref(call, ref)) {
    return answer_refusal(call.response, {409, "", "branch already exists"});
  }
  Index index(call.hub, call.repository, "");
  const auto commit = index.commit("", call.caller.user, "initial commit");
  if (!is_valid_ref(call, ref) || !commit ||
      !move_ref(call.hub, call.repository, ref, *commit, "")) {
    return answer_refusal(call.response,
                          {400, "", "Invalid reference for a branch"});
  }
  answer_json(call.response, Json::object());
}

void delete_ref(ApiCall& call, const std::string& ref) {
  const auto commit = find_ref(call, ref);
  if (!commit || !run_git(call.hub, call.repository,
                          {.arguments = {"update-ref", "-d", ref}})) {
    return answer_refusal(call.response,
                          {404, "RevisionNotFound", "Invalid rev id: " + ref});
  }
  answer_json(call.response, Json::object());
}

}  // namespace

void answer_create_branch(ApiCall& call) {
  const std::string name = call.path_from(0);
  if (name.starts_with("refs/")) {
    return answer_refusal(call.response,
                          {400, "", "Invalid reference for a branch"});
  }
  const Json body = read_optional_json(call.request);
  if (body.value("emptyBranch", Json(false)) == true) {
    return create_empty_branch(call, "refs/heads/" + name);
  }
  const std::string start = text_member(body, "startingPoint");
  create_ref(call, "refs/heads/" + name, start.empty() ? "main" : start,
             "branch");
}

void answer_delete_branch(ApiCall& call) {
  delete_ref(call, "refs/heads/" + call.path_from(0));
}

void answer_create_tag(ApiCall& call) {
  const std::string name = text_member(read_optional_json(call.request), "tag");
  create_ref(call, "refs/tags/" + name, call.path_from(0), "tag");
}

void answer_delete_tag(ApiCall& call) {
  delete_ref(call, "refs/tags/" + call.path_from(0));
}

void answer_settings(ApiCall& call) {
  const Json body = read_optional_json(call.request);
  Json changes = Json::object();
  for (const char* const key : {"private", "gated"}) {
    if (body.contains(key)) changes[key] = body.at(key);
  }
  if (const auto complaint =
          change_settings(call.hub.root, call.repository, changes)) {
    return answer_refusal(call.response, {400, "", *complaint});
  }
  answer_json(call.response, changes);
}

}  // namespace test_hub
