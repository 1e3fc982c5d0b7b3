// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// What a repository is, at a revision: hub.md 1.8, "info".

#include <set>

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/digest.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/settings.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

Json describe_sibling(ApiCall& call, const TreeEntry& entry, bool with_blobs) {
  Json sibling = {{"rfilename", entry.path}};
  if (!with_blobs) return sibling;
  const Json json = describe_entry(call.hub, call.repository, entry);
  sibling["size"] = json.at("size");
  sibling["blobId"] = json.at("oid");
  if (json.contains("lfs")) {
    const Json& lfs = json.at("lfs");
    sibling["lfs"] = {{"sha256", lfs.at("oid")},
                      {"size", lfs.at("size")},
                      {"pointerSize", lfs.at("pointerSize")}};
  }
  return sibling;
}

Json describe_repository(ApiCall& call) {
  const Settings settings = load_settings(call.hub.root, call.repository);
  const bool is_model = call.repository.prefix.empty();
  Json info = {
      // 24 digits, as of a document in the Hub's database.
      {"_id", sha256_hex(call.repository.full_name()).substr(0, 24)},
      {"id", call.repository.id()},
      {"author", call.repository.org},
      {"private", settings.is_private},
      {"disabled", settings.is_disabled},
      {"gated", settings.gated.empty() ? Json(false) : Json(settings.gated)},
      {"createdAt", "2026-01-02T03:04:05.000Z"},
      {"tags", Json::array()},
      {"downloads", 0},
      {"likes", 0},
  };
  if (is_model) info["modelId"] = call.repository.id();
  return info;
}

void add_content(ApiCall& call, const std::string& commit, Json& info) {
  const auto tree = read_tree(call.hub, call.repository, commit);
  Json siblings = Json::array();
  std::uint64_t used = 0;
  for (const auto& entry : tree ? *tree : Tree()) {
    if (entry.is_folder) continue;
    used += entry.size;
    siblings.push_back(
        describe_sibling(call, entry, has_flag(call.request, "blobs")));
  }
  const auto date =
      run_git(call.hub, call.repository,
              {.arguments = {"log", "-1", "--format=%cd", commit}});
  info["sha"] = commit;
  info["siblings"] = std::move(siblings);
  info["usedStorage"] = used;
  if (date) info["lastModified"] = date->substr(0, date->find('\n'));
}

// Only these properties, beside the ids.
Json keep_expanded(const Json& info, const httplib::Request& request) {
  std::set<std::string> wanted = {"_id", "id", "modelId"};
  for (const char* const name : {"expand", "expand[]"}) {
    for (size_t i = 0; i < request.get_param_value_count(name); ++i) {
      wanted.insert(request.get_param_value(name, i));
    }
  }
  Json kept = Json::object();
  for (const auto& [key, value] : info.items()) {
    if (wanted.contains(key)) kept[key] = value;
  }
  return kept;
}

}  // namespace

void answer_info(ApiCall& call) {
  const bool has_revision = call.action == "revision";
  const std::string revision = call.rest.empty() ? "main" : call.path_from(0);
  Json info = describe_repository(call);
  if (const auto commit =
          resolve_revision(call.hub, call.repository, revision)) {
    add_content(call, *commit, info);
  } else if (has_revision) {
    return answer_refusal(call.response, {404, "RevisionNotFound",
                                          "Invalid rev id: " + revision});
  }
  const bool expands =
      call.request.has_param("expand") || call.request.has_param("expand[]");
  answer_json(call.response,
              expands ? keep_expanded(info, call.request) : info);
}

void answer_auth_check(ApiCall& call) {
  const bool writes = !call.rest.empty() && call.rest.front() == "write";
  const Need need = writes ? Need::write : Need::content;
  if (const auto refusal =
          refuse(call.hub, call.repository, call.caller, need)) {
    return answer_refusal(call.response, *refusal);
  }
  answer_json(call.response, Json::object());
}

}  // namespace test_hub
