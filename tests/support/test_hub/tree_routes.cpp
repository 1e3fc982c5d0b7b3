// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// Listings: hub.md 1.8 (tree, paths-info) and 1.5 (pages).

#include <algorithm>
#include <functional>

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/git.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

constexpr size_t kEntriesOnPage = 1000;
constexpr size_t kExpandedOnPage = 100;

/// What a listing has, made one by one: hostile ones have a million.
struct Entries {
  size_t count = 0;
  std::function<Json(size_t index)> at;
};

std::string generated_name(size_t index, size_t padding) {
  std::string name = "generated/" + std::to_string(index);
  if (name.size() < padding) name.append(padding - name.size(), 'x');
  return name;
}

Json generated_entry(size_t index, size_t padding) {
  const std::string name = generated_name(index, padding);
  return {{"type", "file"},
          {"oid", std::string(40, 'e')},
          {"size", 1},
          {"path", name}};
}

// In place of the true entries or after them; what the caller of the switch
// gave stands before what is generated.
Entries make_hostile(Entries honest, const Json& settings) {
  const size_t before =
      settings.at("add").get<bool>() ? honest.count : size_t{0};
  const Json given = settings.at("entries");
  const auto generated = settings.at("count").get<size_t>();
  const auto padding = settings.at("padding").get<size_t>();
  return {before + given.size() + generated,
          [honest = std::move(honest), before, given, padding](size_t index) {
            if (index < before) return honest.at(index);
            index -= before;
            if (index < given.size()) return given.at(index);
            return generated_entry(index - given.size(), padding);
          }};
}

Json last_commit(ApiCall& call, const std::string& commit,
                 const std::string& path) {
  const auto output =
      run_git(call.hub, call.repository,
              {.arguments = {"--literal-pathspecs", "log", "-1",
                             "--format=%H%x1f%cd%x1f%s", commit, "--", path}});
  const std::string text = output.value_or("");
  auto fields =
      split(std::string_view(text).substr(0, text.find('\n')), '\x1f');
  fields.resize(3);
  return {{"id", std::string(fields[0])},
          {"title", std::string(fields[2])},
          {"date", std::string(fields[1])}};
}

Json describe(ApiCall& call, const std::string& commit, const TreeEntry& entry,
              bool expands) {
  Json json = describe_entry(call.hub, call.repository, entry);
  if (expands) {
    json["lastCommit"] = last_commit(call, commit, entry.path);
    if (!entry.is_folder) {
      json["securityFileStatus"] = {{"status", "unscanned"}};
    }
  }
  return json;
}

std::string next_address(ApiCall& call, size_t cursor) {
  std::string origin = own_origin(call.request);
  if (const auto elsewhere =
          call.hub.switches.take("next-elsewhere", call.target())) {
    origin = elsewhere->at("origin");
    if (origin.empty()) origin = call.hub.cdn_origin;
  }
  const std::string& target = call.request.target;
  std::string address = origin + target.substr(0, target.find('?')) + "?";
  for (const auto& [name, value] : call.request.params) {
    if (name == "cursor") continue;
    address += name + "=" + encode_component(value) + "&";
  }
  return address + "cursor=" + std::to_string(cursor);
}

void answer_page(ApiCall& call, const Entries& entries, size_t page_size) {
  const size_t begin =
      std::min(number_param(call.request, "cursor", 0), entries.count);
  const auto is_cut = [&](const Json& settings) {
    return entries.count - begin > settings.at("entries").get<size_t>();
  };
  if (const auto smaller =
          call.hub.switches.take("page-size", call.target(), is_cut)) {
    page_size = std::max<size_t>(1, smaller->at("entries").get<size_t>());
  }
  const size_t end = begin + std::min(page_size, entries.count - begin);
  if (end < entries.count) {
    call.response.set_header("Link",
                             "<" + next_address(call, end) + ">; rel=\"next\"");
  }
  // By hand: a million entries as one value of the library are a gigabyte.
  std::string body = "[";
  for (size_t i = begin; i < end; ++i) {
    if (i > begin) body += ",";
    body += entries.at(i).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  call.response.status = 200;
  call.response.set_content(body + "]", "application/json; charset=utf-8");
}

// Those below the folder, all of them or one level.
std::vector<const TreeEntry*> choose(const Tree& tree,
                                     const std::string& folder,
                                     bool recursive) {
  const std::string prefix = folder.empty() ? "" : folder + "/";
  std::vector<const TreeEntry*> chosen;
  for (const auto& entry : tree) {
    if (!entry.path.starts_with(prefix)) continue;
    const bool is_deeper =
        entry.path.find('/', prefix.size()) != std::string::npos;
    if (recursive || !is_deeper) chosen.push_back(&entry);
  }
  return chosen;
}

// {"paths": [...], "expand": true}, or the same as a form.
std::vector<std::string> wanted_paths(const httplib::Request& request,
                                      bool& expands) {
  std::vector<std::string> paths;
  for (size_t i = 0; i < request.get_param_value_count("paths"); ++i) {
    paths.push_back(request.get_param_value("paths", i));
  }
  expands = has_flag(request, "expand");
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) return paths;
  for (const auto& path : body.value("paths", Json::array())) {
    if (path.is_string()) paths.push_back(path);
  }
  expands = body.value("expand", Json(false)) == true;
  return paths;
}

}  // namespace

void answer_tree(ApiCall& call) {
  const auto commit =
      find_commit(call, call.rest.empty() ? "main" : call.rest.front());
  if (!commit) return;
  const auto tree = read_tree(call.hub, call.repository, *commit);
  const std::string folder = call.path_from(1);
  const auto* const start = tree ? find_entry(*tree, folder) : nullptr;
  if (!tree || (!folder.empty() && (!start || !start->is_folder))) {
    return answer_refusal(
        call.response,
        {404, "EntryNotFound", folder + " does not exist on this revision"});
  }
  const auto chosen =
      choose(*tree, folder, has_flag(call.request, "recursive"));
  const bool expands = has_flag(call.request, "expand");
  Entries entries = {chosen.size(), [&](size_t index) {
                       return describe(call, *commit, *chosen[index], expands);
                     }};
  size_t page_size = expands ? kExpandedOnPage : kEntriesOnPage;
  page_size = std::clamp<size_t>(number_param(call.request, "limit", page_size),
                                 1, page_size);
  if (const auto settings =
          call.hub.switches.take("hostile-listing", call.target())) {
    entries = make_hostile(std::move(entries), *settings);
    if (settings->at("one_page").get<bool>()) page_size = entries.count;
  }
  answer_page(call, entries, page_size);
}

void answer_paths_info(ApiCall& call) {
  const auto commit =
      find_commit(call, call.rest.empty() ? "main" : call.path_from(0));
  if (!commit) return;
  const auto tree = read_tree(call.hub, call.repository, *commit);
  bool expands = false;
  Json infos = Json::array();
  for (const auto& path : wanted_paths(call.request, expands)) {
    const auto* const entry = tree ? find_entry(*tree, path) : nullptr;
    if (entry == nullptr) continue;
    infos.push_back(describe(call, *commit, *entry, expands));
  }
  answer_json(call.response, infos);
}

}  // namespace test_hub
