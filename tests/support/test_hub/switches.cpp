// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/switches.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace test_hub {
namespace {

using Json = Switches::Json;

// Every switch also takes "repo", "times" (how often it triggers) and "skip"
// (how many that fit go by before). An empty text or a missing "times"
// restricts nothing.
struct Specification {
  std::string_view name;
  Json defaults;  // gives the type of each setting, too
  std::string_view required = {};
};

Json with(Json base, const Json& more) {
  base.update(more);
  return base;
}

void add_git_switches(std::vector<Specification>& all) {
  const Json lfs = {{"oid", ""}, {"file", ""}, {"scope", "all"}};
  const std::vector<Specification> own = {
      {"unauthorized",
       {{"user", "user"}, {"password", "secret"}, {"scope", "all"}}},
      {"not-found", lfs},
      {"corrupt", with(lfs, {{"offset", 0U}})},
      {"truncate", with(lfs, {{"after", 0U}})},
      {"replace-object", with(lfs, {{"path", ""}}), "path"},
      {"truncate-pack", {{"after", 0U}, {"clean", false}}},
      {"slow-drip", with(lfs, {{"chunk", 1024U}, {"delay_ms", 10U}})},
      {"refuse-wants", {{"empty", false}}},
      {"decline-push", {{"message", "declined by the test hub"}}},
      // Answers as a server that knows protocol version 0 only.
      {"old-protocol", Json::object()},
      // An ERR packet in place of the answer to "ls-refs" or "fetch".
      {"error-packet", {{"command", "fetch"}, {"message", "no"}}},
      // What the server prints while it packs; "fail": and that it gives up.
      {"packing", {{"message", "packing"}, {"fail", false}}},
  };
  all.insert(all.end(), own.begin(), own.end());
}

void add_http_switches(std::vector<Specification>& all) {
  const Json any = {{"oid", ""}, {"file", ""}, {"scope", "all"}};
  const Json request = with(any, {{"method", ""}});
  const std::vector<Specification> own = {
      // headers: ratelimit, retry-after, both or none
      {"rate-limit",
       with(request,
            {{"headers", "ratelimit"}, {"seconds", 1U}, {"bucket", "api"}})},
      {"server-error", with(request, {{"status", 500U}, {"message", ""}})},
      {"cut-connection", request},
      {"ignore-range", any},
      // start and total are added to the true ones
      {"wrong-range", with(any, {{"start", 1U}, {"total", 0U}})},
      // announced: in the Content-Length; otherwise there is none (chunked)
      {"too-long", with(any, {{"bytes", 1U}, {"announced", true}})},
      {"encode-gzip", any},
      {"expired-url", with(request, {{"status", 403U}})},
      {"url-lifetime", {{"seconds", 3600U}}},
      {"token-leak", Json::object()},
  };
  all.insert(all.end(), own.begin(), own.end());
}

void add_hub_switches(std::vector<Specification>& all) {
  const Json file = {{"file", ""}};
  const std::vector<Specification> own = {
      {"private", Json::object()},
      {"gated", {{"mode", "manual"}}},
      {"disabled", Json::object()},
      {"page-size", {{"entries", 1U}}},
      // entries: in place of the true ones; count: generated ones, with names
      // of at least "padding" bytes; add: after the true ones
      {"hostile-listing",
       {{"entries", Json::array()},
        {"count", 0U},
        {"padding", 0U},
        {"add", false},
        {"one_page", false}}},
      // what is empty or 0 stays true; plain: it claims to be no LFS file
      {"lying-listing",
       {{"file", ""},
        {"sha256", ""},
        {"blob_id", ""},
        {"size", 0U},
        {"plain", false}},
       "file"},
      {"next-elsewhere", {{"origin", ""}}},
      {"wrong-etag", with(file, {{"etag", std::string(64, '0')}})},
      {"wrong-size", with(file, {{"add", 1U}})},
      {"wrong-commit", with(file, {{"commit", ""}})},
      {"xet", with(file, {{"bridge", true}})},
      {"multipart", {{"from", 0U}, {"chunk_size", 5U << 20U}}},
      {"large-file", {{"from", 10U << 20U}}},
      {"commit-moved", {{"status", 412U}}},
      {"commit-busy", {{"status", 409U}}},
      {"lost-commit", Json::object()},
  };
  all.insert(all.end(), own.begin(), own.end());
}

std::vector<Specification> specifications() {
  std::vector<Specification> all;
  add_git_switches(all);
  add_http_switches(all);
  add_hub_switches(all);
  return all;
}

std::optional<Specification> find_specification(std::string_view name) {
  for (auto& specification : specifications()) {
    if (specification.name == name) return specification;
  }
  return std::nullopt;
}

bool is_scope(const Json& value) {
  const Json scopes = {"git", "lfs", "api", "resolve", "cdn", "all"};
  return std::find(scopes.begin(), scopes.end(), value) != scopes.end();
}

std::optional<std::string> check_setting(const Json& defaults,
                                         const std::string& key,
                                         const Json& value) {
  if (key == "times" || key == "skip") {
    if (value.is_number_unsigned()) return std::nullopt;
    return key + " must be a number";
  }
  if (!defaults.contains(key)) return "no setting named " + key;
  if (defaults.at(key).type() != value.type()) {
    return "wrong type of setting " + key;
  }
  if (key == "scope" && !is_scope(value)) {
    return "scope is git, lfs, api, resolve, cdn or all";
  }
  if (key == "chunk" && value == 0U) return "chunk must not be 0";
  return std::nullopt;
}

bool equal_or_empty(const Json& settings, const char* key,
                    const std::string& value) {
  const auto found = settings.find(key);
  return found == settings.end() || *found == "" || *found == value;
}

}  // namespace

bool Switches::is_known(const std::string& name) {
  return find_specification(name).has_value();
}

std::optional<std::string> Switches::set(const std::string& name,
                                         const Json& settings) {
  const auto specification = find_specification(name);
  if (!specification) return "no switch named " + name;
  if (!settings.is_object()) return "settings must be an object";
  Json merged = specification->defaults;
  merged["repo"] = "";
  for (const auto& [key, value] : settings.items()) {
    if (auto complaint = check_setting(merged, key, value)) return complaint;
    merged[key] = value;
  }
  const std::string required(specification->required);
  if (!required.empty() && merged.at(required) == "") {
    return "setting " + required + " is required";
  }

  const std::lock_guard lock(mutex_);
  State& state = states_[name];
  state.remaining.reset();
  if (merged.contains("times")) {
    state.remaining = merged.at("times").get<std::uint64_t>();
  }
  state.skipped = merged.value("skip", std::uint64_t{0});
  state.settings = std::move(merged);
  return std::nullopt;
}

void Switches::clear(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(name);
  if (found != states_.end()) found->second.settings.reset();
}

void Switches::reset() {
  const std::lock_guard lock(mutex_);
  states_.clear();
}

Json Switches::describe_locked(const std::string& name) const {
  const auto found = states_.find(name);
  const State state = found == states_.end() ? State{} : found->second;
  return {{"name", name},
          {"settings", state.settings ? *state.settings : Json(nullptr)},
          {"hits", state.hits}};
}

Json Switches::describe(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return describe_locked(name);
}

Json Switches::describe_all() const {
  const std::lock_guard lock(mutex_);
  Json all = Json::array();
  for (const auto& specification : specifications()) {
    all.push_back(describe_locked(std::string(specification.name)));
  }
  return all;
}

bool Switches::fits(const State& state, const Target& target) const {
  if (!state.settings) return false;
  if (state.remaining && *state.remaining == 0) return false;
  const Json& settings = *state.settings;
  const auto scope = settings.find("scope");
  if (scope != settings.end() && *scope != "all" && *scope != target.scope) {
    return false;
  }
  return equal_or_empty(settings, "repo", target.repo) &&
         equal_or_empty(settings, "oid", target.oid) &&
         equal_or_empty(settings, "file", target.file) &&
         equal_or_empty(settings, "method", target.method);
}

std::optional<Json> Switches::take(const std::string& name,
                                   const Target& target,
                                   const Applies& applies) {
  const std::lock_guard lock(mutex_);
  const auto found = states_.find(name);
  if (found == states_.end()) return std::nullopt;
  State& state = found->second;
  if (!fits(state, target)) return std::nullopt;
  if (applies && !applies(*state.settings)) return std::nullopt;
  if (state.skipped > 0) {
    --state.skipped;
    return std::nullopt;
  }
  ++state.hits;
  if (state.remaining) --*state.remaining;
  return state.settings;
}

void Switches::count(const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++states_[name].hits;
}

}  // namespace test_hub
