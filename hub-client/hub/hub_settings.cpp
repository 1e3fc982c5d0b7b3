// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_settings.h"

#include <algorithm>
#include <utility>

namespace sigstore::hub {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_';
}

// The variable that `text` begins with after "$", and how long it is there.
std::pair<std::string, std::size_t> name_after_dollar(std::string_view text) {
  if (text.starts_with('{')) {
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos) return {};
    return {std::string(text.substr(1, end - 1)), end + 1};
  }
  const std::size_t end = static_cast<std::size_t>(
      std::find_if_not(text.begin(), text.end(), is_name_character) -
      text.begin());
  return {std::string(text.substr(0, end)), end};
}

Result<std::filesystem::path> home_of(const Variables& variable) {
  if (const std::string set = variable("HF_HOME"); !set.empty())
    return std::filesystem::path(expand_variables(set, variable));
  if (const std::string set = variable("XDG_CACHE_HOME"); !set.empty())
    return std::filesystem::path(expand_variables(set, variable)) /
           "huggingface";
  const std::string home = variable("HOME");
  if (home.empty())
    return fail(ErrorKind::not_found,
                "the environment has neither HF_HOME nor HOME");
  return std::filesystem::path(home) / ".cache" / "huggingface";
}

std::filesystem::path path_or(const Variables& variable,
                              std::initializer_list<const char*> names,
                              const std::filesystem::path& otherwise) {
  for (const char* name : names)
    if (const std::string set = variable(name); !set.empty())
      return expand_variables(set, variable);
  return otherwise;
}

Result<Endpoint> endpoint_of(const Variables& variable) {
  if (is_yes(variable("HUGGINGFACE_CO_STAGING")))
    return Endpoint::parse(kStagingEndpoint);
  const std::string set = variable("HF_ENDPOINT");
  if (set.empty()) return Endpoint();
  return Endpoint::parse(set).context("HF_ENDPOINT");
}

}  // namespace

bool is_yes(std::string_view value) {
  std::string upper(value);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper == "1" || upper == "ON" || upper == "YES" || upper == "TRUE";
}

std::string expand_variables(std::string_view path, const Variables& variable) {
  std::string out;
  if (path == "~" || path.starts_with("~/")) {
    out = variable("HOME");
    path.remove_prefix(1);
  }
  while (true) {
    const std::size_t dollar = path.find('$');
    out += path.substr(0, dollar);
    if (dollar == std::string_view::npos) return out;
    path.remove_prefix(dollar + 1);
    const auto [name, length] = name_after_dollar(path);
    const std::string value = name.empty() ? "" : variable(name.c_str());
    out += value.empty() ? concat("$", path.substr(0, length)) : value;
    path.remove_prefix(length);
  }
}

Result<HubSettings> read_hub_settings(const Variables& variable) {
  HubSettings settings;
  TRY_ASSIGN(settings.endpoint, endpoint_of(variable));
  TRY_ASSIGN(settings.home, home_of(variable));
  settings.cache = path_or(variable, {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"},
                           settings.home / "hub");
  settings.token_file =
      path_or(variable, {"HF_TOKEN_PATH"}, settings.home / "token");
  settings.stored_tokens = settings.token_file.parent_path() / "stored_tokens";
  settings.offline = is_yes(variable("HF_HUB_OFFLINE")) ||
                     is_yes(variable("TRANSFORMERS_OFFLINE"));
  settings.implicit_token = !is_yes(variable("HF_HUB_DISABLE_IMPLICIT_TOKEN"));
  settings.symlinks = !is_yes(variable("HF_HUB_DISABLE_SYMLINKS"));
  if (const std::string bars = variable("HF_HUB_DISABLE_PROGRESS_BARS");
      !bars.empty())
    settings.progress = !is_yes(bars);
  return settings;
}

}  // namespace sigstore::hub
