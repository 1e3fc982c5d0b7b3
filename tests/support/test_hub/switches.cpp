// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/switches.h"

#include <string_view>
#include <vector>

namespace test_hub {
namespace {

using Json = Switches::Json;

// Every switch also takes "repo" (org/name) and "times" (how often it
// triggers). An empty text or a missing "times" restricts nothing.
struct Specification {
  std::string_view name;
  Json defaults;  // gives the type of each setting, too
  std::string_view required = {};
};

std::vector<Specification> specifications() {
  const Json lfs = {{"oid", ""}};
  const auto with = [](Json base, const Json& more) {
    base.update(more);
    return base;
  };
  return {
      {"unauthorized",
       {{"user", "user"}, {"password", "secret"}, {"scope", "all"}}},
      {"not-found", with(lfs, {{"scope", "all"}})},
      {"corrupt", with(lfs, {{"offset", 0U}})},
      {"truncate", with(lfs, {{"after", 0U}})},
      {"replace-object", with(lfs, {{"path", ""}}), "path"},
      {"truncate-pack", {{"after", 0U}, {"clean", false}}},
      {"slow-drip",
       with(lfs, {{"scope", "all"}, {"chunk", 1024U}, {"delay_ms", 10U}})},
      {"refuse-wants", {{"empty", false}}},
      {"decline-push", {{"message", "declined by the test hub"}}},
      // Answers as a server that knows protocol version 0 only.
      {"old-protocol", Json::object()},
      // An ERR packet in place of the answer to "ls-refs" or "fetch".
      {"error-packet", {{"command", "fetch"}, {"message", "no"}}},
      // What the server prints while it packs; "fail": and that it gives up.
      {"packing", {{"message", "packing"}, {"fail", false}}},
  };
}

std::optional<Specification> find_specification(std::string_view name) {
  for (auto& specification : specifications()) {
    if (specification.name == name) return specification;
  }
  return std::nullopt;
}

bool is_scope(const Json& value) {
  return value == "git" || value == "lfs" || value == "all";
}

std::optional<std::string> check_setting(const Json& defaults,
                                         const std::string& key,
                                         const Json& value) {
  if (key == "times") {
    if (value.is_number_unsigned()) return std::nullopt;
    return "times must be a number";
  }
  if (!defaults.contains(key)) return "no setting named " + key;
  if (defaults.at(key).type() != value.type()) {
    return "wrong type of setting " + key;
  }
  if (key == "scope" && !is_scope(value)) return "scope is git, lfs or all";
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
         equal_or_empty(settings, "oid", target.oid);
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
  ++state.hits;
  if (state.remaining) --*state.remaining;
  return state.settings;
}

}  // namespace test_hub
