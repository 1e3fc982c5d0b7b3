// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// Refs and commits: hub.md 1.8.

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/git.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

constexpr size_t kCommitsOnPage = 50;

// The list that a ref stands in, and its name there. Others are hidden.
struct Place {
  const char* list = nullptr;
  std::string name = {};
};

Place find_place(const std::string& ref) {
  const auto below = [&](std::string_view folder) {
    return ref.starts_with(folder) ? ref.substr(folder.size()) : "";
  };
  if (auto name = below("refs/heads/"); !name.empty()) {
    return {"branches", name};
  }
  if (auto name = below("refs/tags/"); !name.empty()) return {"tags", name};
  if (auto name = below("refs/convert/"); !name.empty()) {
    return {"converts", name};
  }
  if (auto name = below("refs/pr/"); !name.empty()) {
    return {"pullRequests", name};
  }
  return {};
}

Json describe_commit(std::string_view line, bool formatted) {
  auto fields = split(line, '\x1f');
  fields.resize(5);
  const auto text = [&](size_t index) { return std::string(fields[index]); };
  Json commit = {
      {"id", text(0)},      {"title", text(3)},
      {"message", text(4)}, {"authors", {{{"user", text(1)}, {"avatar", ""}}}},
      {"date", text(2)},
  };
  if (formatted) {
    commit["formatted"] = {{"title", text(3)}, {"message", text(4)}};
  }
  return commit;
}

}  // namespace

void answer_refs(ApiCall& call) {
  const auto output = run_git(
      call.hub, call.repository,
      {.arguments = {"for-each-ref", "--format=%(objectname) %(refname)"}});
  if (!output) return answer_refusal(call.response, {500, "", "git failed"});
  Json refs = {{"branches", Json::array()},
               {"converts", Json::array()},
               {"tags", Json::array()}};
  const bool with_pulls = has_flag(call.request, "include_prs");
  if (with_pulls) refs["pullRequests"] = Json::array();
  for (const auto line : split(*output, '\n')) {
    const size_t space = line.find(' ');
    const std::string ref(line.substr(space + 1));
    const Place place = find_place(ref);
    if (place.list == nullptr || !refs.contains(place.list)) continue;
    // An annotated tag counts as its commit.
    const auto commit = resolve_revision(call.hub, call.repository, ref);
    refs[place.list].push_back({{"name", place.name},
                                {"ref", ref},
                                {"targetCommit", commit.value_or(std::string(
                                                     line.substr(0, space)))}});
  }
  answer_json(call.response, refs);
}

void answer_commits(ApiCall& call) {
  const std::string revision = call.rest.empty() ? "main" : call.path_from(0);
  const auto commit = find_commit(call, revision);
  if (!commit) return;
  const size_t page = number_param(call.request, "p", 0);
  const size_t limit = number_param(call.request, "limit", kCommitsOnPage);
  // One more than fits tells whether there is another page.
  const auto output = run_git(
      call.hub, call.repository,
      {.arguments = {"log", "-z", "--format=%H%x1f%an%x1f%cd%x1f%s%x1f%b",
                     "--skip=" + std::to_string(page * limit),
                     "-n" + std::to_string(limit + 1), *commit}});
  if (!output) return answer_refusal(call.response, {500, "", "git failed"});
  Json commits = Json::array();
  for (const auto line : split(*output, '\0')) {
    if (commits.size() == limit) {
      call.response.set_header(
          "Link", "<" + own_origin(call.request) + "/api/" +
                      call.repository.api_type() + "/" + call.repository.id() +
                      "/commits/" + encode_component(revision) +
                      "?p=" + std::to_string(page + 1) +
                      "&limit=" + std::to_string(limit) + ">; rel=\"next\"");
      break;
    }
    commits.push_back(
        describe_commit(line, call.request.has_param("expand[]") ||
                                  call.request.has_param("expand")));
  }
  answer_json(call.response, commits);
}

}  // namespace test_hub
