// SPDX-License-Identifier: Apache-2.0
#include "core/app/settings.h"

#include <chrono>
#include <cstdlib>
#include <map>

#include "core/base/limits.h"

namespace sigstore {
namespace {

Error bad_value(std::string_view key, std::string_view value,
                std::string_view allowed) {
  return fail(ErrorKind::invalid_input, "git config sigstore.", key, " is '",
              value, "'; it can be ", allowed);
}

Result<std::string> home_folder() {
  std::string home = environment_variable("HOME");
  if (home.empty())
    return fail(ErrorKind::not_found, "the environment has no HOME");
  return home;
}

// git's "pathname" values: "~/" is the home folder.
Result<std::string> expand_home(const std::string& path) {
  if (!path.starts_with("~/")) return path;
  TRY_ASSIGN(const std::string home, home_folder());
  return home + path.substr(1);
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t start = text.find_first_not_of(" \t");
    if (start == std::string_view::npos) return words;
    const std::size_t end = text.find_first_of(" \t", start);
    words.emplace_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return words;
    text.remove_prefix(end);
  }
}

// `git config -z --get-urlmatch sigstore <url>`: "key LF value NUL" for the
// value of each key whose URL matches best.
std::map<std::string, std::string> parse_entries(std::string_view output) {
  std::map<std::string, std::string> entries;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\0'), output.size());
    const std::string_view entry = output.substr(0, end);
    const std::size_t newline = std::min(entry.find('\n'), entry.size());
    std::string_view name = entry.substr(0, newline);
    if (name.starts_with("sigstore.")) name.remove_prefix(9);
    const bool has_value = newline < entry.size();
    entries[std::string(name)] =
        has_value ? entry.substr(newline + 1) : std::string_view("true");
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return entries;
}

Result<Mode> parse_mode(const std::string& value) {
  if (value == "require") return Mode::require;
  if (value == "tofu") return Mode::tofu;
  if (value == "warn") return Mode::warn;
  if (value == "off") return Mode::off;
  return bad_value("mode", value, "require, tofu, warn or off");
}

Result<SignMode> parse_sign_mode(const std::string& value) {
  if (value == "auto") return SignMode::automatic;
  if (value == "always") return SignMode::always;
  if (value == "never") return SignMode::never;
  return bad_value("sign", value, "auto, always or never");
}

Result<std::filesystem::path> base_folder(const char* variable,
                                          const char* below_home) {
  const std::string set = environment_variable(variable);
  // XDG base directory specification: relative paths are to be ignored.
  if (set.starts_with('/')) return std::filesystem::path(set) / "hf-sigstore";
  TRY_ASSIGN(const std::string home, home_folder());
  return std::filesystem::path(home) / below_home / "hf-sigstore";
}

}  // namespace

Result<Settings> load_settings(const git::Git& git, std::string_view url) {
  TRY_ASSIGN(const CommandOutput output,
             git.run({"config", "-z", "--get-urlmatch", "sigstore",
                      std::string(url)}));
  if (output.status > 1)
    return fail(ErrorKind::invalid_input,
                "git cannot read its configuration: ", output.err);
  Settings settings;
  for (const auto& [key, value] : parse_entries(output.out)) {
    if (key == "mode") {
      TRY_ASSIGN(settings.mode, parse_mode(value));
    } else if (key == "sign") {
      TRY_ASSIGN(settings.sign, parse_sign_mode(value));
    } else if (key == "key") {
      TRY_ASSIGN(settings.key, expand_home(value));
    } else if (key == "passwordfile") {
      TRY_ASSIGN(settings.password.file, expand_home(value));
    } else if (key == "passwordenv") {
      settings.password.environment = value;
    } else if (key == "refs") {
      settings.refs = split_words(value);
    } else if (key == "ignore") {
      settings.ignore = split_words(value);
    }
  }
  settings.skip = environment_variable("GIT_SIGSTORE_SKIP") == "1";
  return settings;
}

Timestamp current_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp{
      std::chrono::duration_cast<std::chrono::seconds>(now).count()};
}

Result<std::filesystem::path> data_folder() {
  return base_folder("XDG_DATA_HOME", ".local/share");
}

Result<std::filesystem::path> config_folder() {
  return base_folder("XDG_CONFIG_HOME", ".config");
}

Result<std::filesystem::path> global_git_config() {
  const std::string set = environment_variable("GIT_CONFIG_GLOBAL");
  if (!set.empty()) return std::filesystem::path(set);
  TRY_ASSIGN(const std::string home, home_folder());
  const std::filesystem::path classic =
      std::filesystem::path(home) / ".gitconfig";
  TRY_ASSIGN(const std::filesystem::path ours, config_folder());
  const std::filesystem::path xdg = ours.parent_path() / "git" / "config";
  std::error_code error;
  // git-config, FILES: ~/.gitconfig is written unless only the other exists.
  if (!std::filesystem::exists(classic, error) &&
      std::filesystem::exists(xdg, error))
    return xdg;
  return classic;
}

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace sigstore
