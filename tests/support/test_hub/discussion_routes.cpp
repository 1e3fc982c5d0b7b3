// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// Discussions and pull requests, as much as signing needs: hub.md 1.12.

#include <charconv>

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/index.h"
#include "tests/support/test_hub/lfs_answer.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;
using Discussion = Discussions::Discussion;

std::string pull_ref(unsigned number) {
  return "refs/pr/" + std::to_string(number);
}

Json describe(const ApiCall& call, const Discussion& discussion) {
  return {
      {"num", discussion.number},
      {"title", discussion.title},
      {"status", discussion.status},
      {"isPullRequest", discussion.is_pull_request},
      {"author", {{"name", discussion.author}}},
      {"createdAt", "2026-01-02T03:04:05.000Z"},
      {"repo",
       {{"type", call.repository.api_type()}, {"name", call.repository.id()}}}};
}

std::optional<Discussion> find_discussion(ApiCall& call) {
  const std::string text = call.rest.front();
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  auto found = call.hub.discussions.find(call.repository.full_name(), number);
  if (!found) {
    answer_refusal(call.response, {404, "", "Discussion not found"});
  }
  return found;
}

void answer_details(ApiCall& call, const Discussion& discussion) {
  Json json = describe(call, discussion);
  json["events"] = Json::array();
  json["filesWithConflicts"] = Json::array();
  if (discussion.is_pull_request) {
    json["changes"] = {{"base", "refs/heads/main"}};
    json["diff"] = "";
  }
  answer_json(call.response, json);
}

// A fast-forward, or none.
void answer_merge(ApiCall& call, const Discussion& discussion) {
  if (!call.caller.may_write(call.repository)) {
    return answer_refusal(call.response, {403, "", "Forbidden"});
  }
  const std::lock_guard lock(call.hub.commits);
  const auto head = resolve_revision(call.hub, call.repository, "main");
  const auto pull =
      resolve_revision(call.hub, call.repository, pull_ref(discussion.number));
  const bool descends =
      head && pull &&
      run_git(call.hub, call.repository,
              {.arguments = {"merge-base", "--is-ancestor", *head, *pull}});
  if (!descends ||
      !move_ref(call.hub, call.repository, "refs/heads/main", *pull, *head)) {
    return answer_refusal(call.response, {409, "", "there are conflicts"});
  }
  call.hub.discussions.set_status(call.repository.full_name(),
                                  discussion.number, "merged");
  answer_json(call.response, {{"mergeCommitId", *pull}});
}

void answer_create(ApiCall& call) {
  const auto body = read_json(call.request, call.response);
  if (!body) return;
  const bool is_pull = body->value("pullRequest", Json(false)) == true;
  const auto head = resolve_revision(call.hub, call.repository, "main");
  if (is_pull && !head) {
    return answer_refusal(call.response, {400, "", "the repository is empty"});
  }
  const std::string repo = call.repository.full_name();
  const unsigned number = call.hub.discussions.add(
      repo, {.title = text_member(*body, "title"),
             .description = text_member(*body, "description"),
             .author = call.caller.user,
             .is_pull_request = is_pull,
             .status = is_pull ? "draft" : "open"});
  if (is_pull) {
    move_ref(call.hub, call.repository, pull_ref(number), *head, "");
  }
  Json json = {{"num", number}, {"pullRequest", is_pull}};
  json["url"] = own_origin(call.request) + "/" + repo + "/discussions/" +
                std::to_string(number);
  answer_json(call.response, json);
}

}  // namespace

void answer_discussions(ApiCall& call) {
  if (!call.rest.empty()) {
    const auto discussion = find_discussion(call);
    if (discussion) answer_details(call, *discussion);
    return;
  }
  Json list = Json::array();
  for (const auto& discussion :
       call.hub.discussions.list(call.repository.full_name())) {
    list.push_back(describe(call, discussion));
  }
  const size_t count = list.size();
  answer_json(
      call.response,
      {{"discussions", std::move(list)}, {"count", count}, {"start", 0}});
}

void answer_discuss(ApiCall& call) {
  if (call.rest.empty()) return answer_create(call);
  const auto discussion = find_discussion(call);
  if (!discussion) return;
  const std::string verb = call.rest.size() > 1 ? call.rest[1] : "";
  if (verb == "merge") return answer_merge(call, *discussion);
  if (verb == "status") {
    const auto body = read_json(call.request, call.response);
    if (!body) return;
    call.hub.discussions.set_status(call.repository.full_name(),
                                    discussion->number,
                                    text_member(*body, "status"));
  } else if (verb != "comment") {
    return answer_refusal(call.response, {404, "", "no such action"});
  }
  answer_json(call.response, Json::object());
}

}  // namespace test_hub
