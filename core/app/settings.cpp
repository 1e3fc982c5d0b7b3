// SPDX-License-Identifier: Apache-2.0
#include "core/app/settings.h"

#include <charconv>
#include <chrono>
#include <cstdlib>

#include "core/app/url_config.h"

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

Result<SignWith> parse_sign_with(const std::string& value) {
  if (value == "key") return SignWith::key;
  if (value == "identity") return SignWith::identity;
  return bad_value("signWith", value, "key or identity");
}

Result<Fallback> parse_fallback(const std::string& value) {
  if (value == "none") return Fallback::none;
  if (value == "signed-ancestor") return Fallback::signed_ancestor;
  return bad_value("fallback", value, "none or signed-ancestor");
}

// git-config(1), Values, boolean.
Result<bool> parse_bool(std::string_view key, std::string value) {
  for (char& c : value)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (value == "true" || value == "yes" || value == "on" || value == "1")
    return true;
  if (value == "false" || value == "no" || value == "off" || value == "0" ||
      value.empty())
    return false;
  return bad_value(key, value, "true or false");
}

// "90d", "36h"
Result<std::chrono::seconds> parse_age(const std::string& value) {
  constexpr int kMostDays = 36500;
  int number = 0;
  const char* const end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (error == std::errc() && number > 0 && number <= kMostDays) {
    if (unit == "d")
      return std::chrono::seconds(std::chrono::hours(24 * number));
    if (unit == "h") return std::chrono::seconds(std::chrono::hours(number));
  }
  return bad_value("maxAge", value, "days or hours, like 90d or 36h");
}

std::string without_user(std::string url) {
  const std::size_t start = url.find("://");
  const std::size_t user = url.substr(0, url.find('/', start + 3)).rfind('@');
  if (start != std::string::npos && user != std::string::npos)
    url.erase(start + 3, user - start - 2);
  return url;
}

// "sigstore.https://mirror.example/hf.repository = huggingface.co" means that
// whatever lies below the URL is what has the same path there.
Result<RepoId> parse_alias(const ConfigEntry& entry, std::string_view url) {
  const std::string full = without_user(uniform_url(url));
  const std::string pattern = without_user(uniform_url(entry.pattern));
  if (pattern.empty() || pattern.find('*') != std::string::npos ||
      !full.starts_with(pattern))
    return fail(ErrorKind::invalid_input,
                "git config sigstore.<url>.repository"
                " needs a URL without '*' that ",
                full, " begins with");
  return RepoId::from_url("https://" + entry.value +
                          full.substr(pattern.size()))
      .context("git config sigstore." + entry.pattern + ".repository");
}

// How the user signs.
Result<bool> read_signer(const ConfigEntry& entry, Settings& settings) {
  const std::string& key = entry.key;
  const std::string& value = entry.value;
  if (key == "sign") {
    TRY_ASSIGN(settings.sign, parse_sign_mode(value));
  } else if (key == "signwith") {
    TRY_ASSIGN(settings.sign_with, parse_sign_with(value));
  } else if (key == "identitytokenfile") {
    TRY_ASSIGN(settings.identity_token_file, expand_home(value));
  } else if (key == "signingconfig") {
    TRY_ASSIGN(settings.signing_config, expand_home(value));
  } else if (key == "key") {
    TRY_ASSIGN(settings.key, expand_home(value));
  } else if (key == "passwordfile") {
    TRY_ASSIGN(settings.password.file, expand_home(value));
  } else if (key == "passwordenv") {
    settings.password.environment = value;
  } else {
    return false;
  }
  return true;
}

// Who is believed, and what a state must be like.
Result<bool> read_policy(const ConfigEntry& entry, std::string_view url,
                         Settings& settings) {
  const std::string& key = entry.key;
  const std::string& value = entry.value;
  if (key == "mode") {
    TRY_ASSIGN(settings.mode, parse_mode(value));
  } else if (key == "fallback") {
    TRY_ASSIGN(settings.fallback, parse_fallback(value));
  } else if (key == "publickey") {
    TRY_ASSIGN(std::string path, expand_home(value));
    settings.public_keys.push_back(std::move(path));
  } else if (key == "identity") {
    settings.identities.push_back(value);
  } else if (key == "issuer") {
    settings.issuers.push_back(value);
  } else if (key == "trustedroot") {
    TRY_ASSIGN(settings.trusted_root, expand_home(value));
  } else if (key == "instance") {
    settings.instance = value;
  } else if (key == "repository") {
    TRY_ASSIGN(settings.repository, parse_alias(entry, url));
    TRY_ASSIGN(settings.other_name, RepoId::from_url(url));
  } else if (key == "refs") {
    settings.refs = split_words(value);
  } else if (key == "ignore") {
    settings.ignore = split_words(value);
  } else if (key == "maxage") {
    TRY_ASSIGN(settings.max_age, parse_age(value));
  } else {
    return false;
  }
  return true;
}

Result<bool> read_switch(const ConfigEntry& entry, Settings& settings) {
  const std::string& key = entry.key;
  bool* flag = nullptr;
  if (key == "requirebinding") flag = &settings.require_binding;
  if (key == "allowsymlinks") flag = &settings.allow_symlinks;
  if (key == "allowsubmodules") flag = &settings.allow_submodules;
  if (key == "partialfetch") flag = &settings.partial_fetch;
  if (key == "strictfilter") flag = &settings.strict_filter;
  if (flag == nullptr) return false;
  TRY_ASSIGN(*flag, parse_bool(key, entry.value));
  return true;
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
  TRY_ASSIGN(const std::vector<ConfigEntry> entries,
             read_url_config(git, url, {"publickey", "identity", "issuer"}));
  Settings settings;
  for (const ConfigEntry& entry : entries) {
    settings.configured += concat(entry.pattern, " ", entry.key, " ",
                                  entry.value.size(), " ", entry.value, "\n");
    TRY_ASSIGN(bool known, read_signer(entry, settings));
    if (!known) {
      TRY_ASSIGN(known, read_policy(entry, url, settings));
    }
    if (!known) {
      TRY_ASSIGN(known, read_switch(entry, settings));
    }
    // A policy that is not understood is not one that may be left out.
    if (!known)
      return fail(ErrorKind::invalid_input, "git config sigstore.", entry.key,
                  " is not known; git-sigstore(1) lists what is");
  }
  if (settings.identities.size() != settings.issuers.size())
    return fail(ErrorKind::invalid_input,
                "git config sigstore.identity and sigstore.issuer come in "
                "pairs, and there are ",
                settings.identities.size(), " and ", settings.issuers.size());
  settings.skip = environment_variable("GIT_SIGSTORE_SKIP") == "1";
  return settings;
}

Result<RepoId> repository_id(const Settings& settings, std::string_view url) {
  if (settings.repository) return *settings.repository;
  return RepoId::from_url(url);
}

TreePolicy tree_policy(const Settings& settings) {
  return {settings.allow_symlinks, settings.allow_submodules, {}};
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

Result<std::filesystem::path> cache_folder() {
  return base_folder("XDG_CACHE_HOME", ".cache");
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
