// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/settings.h"

#include "tests/support/test_hub/file.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

std::filesystem::path settings_path(const std::filesystem::path& root,
                                    const Repository& repository) {
  return repository.path(root) / "hub.json";
}

Json read(const std::filesystem::path& path) {
  const FileDescriptor file = open_for_reading(path);
  auto json = Json::parse(file ? read_back(file) : "{}", nullptr, false);
  return json.is_object() ? json : Json::object();
}

bool is_valid(const std::string& key, const Json& value) {
  if (key == "private" || key == "disabled") return value.is_boolean();
  return key == "gated" &&
         (value == false || value == "auto" || value == "manual");
}

}  // namespace

Settings load_settings(const std::filesystem::path& root,
                       const Repository& repository) {
  const Json json = read(settings_path(root, repository));
  const Json gated = json.value("gated", Json(false));
  return {
      .is_private = json.value("private", false),
      .gated = gated.is_string() ? gated.get<std::string>() : "",
      .is_disabled = json.value("disabled", false),
  };
}

std::optional<std::string> change_settings(const std::filesystem::path& root,
                                           const Repository& repository,
                                           const Json& changes) {
  if (!changes.is_object()) return "settings must be an object";
  const auto path = settings_path(root, repository);
  Json json = read(path);
  for (const auto& [key, value] : changes.items()) {
    if (!is_valid(key, value)) return "no such setting: " + key;
    json[key] = value;
  }
  if (!write_file_atomic(path, json.dump())) return "cannot be written";
  return std::nullopt;
}

}  // namespace test_hub
