// SPDX-License-Identifier: Apache-2.0
#include "hooks/activation.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "core/app/hook_file.h"
#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/git/git_command.h"
#include "core/git/git_version.h"
#include "hooks/hook_routes.h"

namespace sigstore {
namespace {

constexpr std::string_view kBegin =
    "# >>> hf-sigstore, written by 'git sigstore install'";
constexpr std::string_view kEnd = "# <<< hf-sigstore";
constexpr std::string_view kHosts = "# hosts: ";
// Says that there was no file before.
constexpr std::string_view kFileMade = "# file made by us";
// Says that the file did not end in a newline before.
constexpr std::string_view kNewlineAdded = "# newline added before";

constexpr std::string_view kIncluded =
    "# Written by 'git sigstore install'; included for protected hosts only.\n"
    "[core]\n"
    "\t# Signed bytes are checked out as they are.\n"
    "\tautocrlf = false\n";

constexpr std::string_view kHelper = "[remote \"origin\"]\n\tvcs = sigstore\n";

// git gives the last value of all its files; git-lfs's own stands in front.
constexpr std::string_view kStrict =
    "[filter \"lfs\"]\n"
    "\t# Hashes what git-lfs checks out.\n"
    "\tprocess = git-sigstore filter-process\n"
    "\trequired = true\n";

std::string lower(std::string text) {
  for (char& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// git-config(1), Syntax: a value in quotes, with backslash and quote escaped.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// Every spelling under which git may hold a URL of this host.
std::vector<std::string> url_patterns(const std::string& host) {
  std::vector<std::string> starts{host};
  if (host == "https://huggingface.co")
    starts = {host, "https://hf.co", "https://www.huggingface.co",
              "http://huggingface.co", "https://huggingface.co:443"};
  std::vector<std::string> patterns;
  for (const std::string& start : starts) {
    const std::size_t rest = start.find("://") + 3;
    patterns.push_back(start + "/**");
    patterns.push_back(start.substr(0, rest) + "*@" + start.substr(rest) +
                       "/**");
  }
  return patterns;
}

// "a.b-c_d" or "a.b:8080". No addresses in brackets: git would take them for
// a pattern.
bool is_plain_host(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    const bool digits = std::all_of(
        port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (port.empty() || port.size() > 5 || !digits) return false;
  }
  std::string_view name = text.substr(0, colon);
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    const bool clean = std::all_of(label.begin(), label.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ||
             c == '_';
    });
    if (label.empty() || label.starts_with('-') || label.ends_with('-') ||
        !clean)
      return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

std::string make_block(const std::vector<std::string>& hosts,
                       const std::string& include, std::string_view note) {
  std::string block = concat(kBegin, "\n", kHosts);
  for (const std::string& host : hosts) block += host + " ";
  block.back() = '\n';
  if (!note.empty()) block += concat(note, "\n");
  block += "[protocol \"sigstore\"]\n\tallow = always\n";
  for (const std::string& host : hosts)
    for (const std::string& pattern : url_patterns(host))
      block += concat("[includeIf \"hasconfig:remote.*.url:", pattern,
                      "\"]\n\tpath = ", quoted(include), "\n");
  return block + concat(kEnd, "\n");
}

bool fs_exists(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

Result<void> check_git_version(const git::Git& git) {
  TRY_ASSIGN(const git::Version version, git::read_version(git));
  if (version >= git::kHasconfig) return {};
  return fail(ErrorKind::unsupported, "git ", version.major, ".", version.minor,
              " is too old; git 2.36 or newer is needed");
}

}  // namespace

Result<SplitConfig> split_config(const std::string& config) {
  SplitConfig split;
  const std::string begin = concat(kBegin, "\n");
  std::size_t start = config.find(begin);
  if (start != 0 && start != std::string::npos && config[start - 1] != '\n')
    start = std::string::npos;
  if (start == std::string::npos) {
    split.before = config;
    return split;
  }
  const std::string end_mark = concat("\n", kEnd, "\n");
  const std::size_t end = config.find(end_mark, start);
  if (end == std::string::npos)
    return fail(ErrorKind::invalid_input,
                "the hf-sigstore block in git's global configuration has no "
                "end line; remove the block by hand");
  split.installed = true;
  split.before = config.substr(0, start);
  split.after = config.substr(end + end_mark.size());
  std::string_view block = std::string_view(config).substr(start, end - start);
  if (block.find(kNewlineAdded) != std::string_view::npos &&
      split.before.ends_with('\n') && split.after.empty())
    split.before.pop_back();
  split.file_made = block.find(kFileMade) != std::string_view::npos;
  const std::size_t hosts = block.find(kHosts);
  if (hosts != std::string_view::npos) {
    block.remove_prefix(hosts + kHosts.size());
    split.hosts = split_words(block.substr(0, block.find('\n')));
  }
  return split;
}

Result<std::string> host_url(const std::string& host) {
  std::string url = lower(host);
  if (url.find("://") == std::string::npos) url = "https://" + url;
  while (url.ends_with('/')) url.pop_back();
  const bool known = url.starts_with("https://") || url.starts_with("http://");
  const std::string name =
      url.substr(std::min(url.find("://") + 3, url.size()));
  if (known && is_plain_host(name)) return url;
  return fail(ErrorKind::invalid_input, "'", host,
              "' is not a host name like huggingface.co or http://host:8080");
}

Result<Activation> Activation::locate() {
  TRY_ASSIGN(std::filesystem::path config, global_git_config());
  TRY_ASSIGN(const std::filesystem::path folder, config_folder());
  return Activation(std::move(config), folder / "gitconfig");
}

Result<std::string> Activation::read_config() const {
  Result<Bytes> bytes = read_file(config_, limits::kConfigFile);
  if (!bytes.ok() && bytes.error().kind == ErrorKind::not_found)
    return std::string();
  if (!bytes.ok()) return std::move(bytes).error();
  return std::string(as_text(*bytes));
}

Result<std::vector<std::string>> Activation::hosts() const {
  TRY_ASSIGN(const std::string config, read_config());
  TRY_ASSIGN(SplitConfig split, split_config(config));
  return std::move(split.hosts);
}

Result<std::vector<std::string>> Activation::install(
    const std::vector<std::string>& hosts,
    const InstallOptions& options) const {
  TRY(check_git_version(git::Git()));
  TRY_ASSIGN(const std::string config, read_config());
  TRY_ASSIGN(SplitConfig split, split_config(config));
  std::vector<std::string> all = split.hosts;
  for (const std::string& host : hosts) {
    TRY_ASSIGN(const std::string url, host_url(host));
    if (std::find(all.begin(), all.end(), url) == all.end()) all.push_back(url);
  }
  std::vector<std::string> done;
  TRY(write_include(options, done));
  const std::string rest = split.before + split.after;
  const bool add_newline = !rest.empty() && !rest.ends_with('\n');
  const bool is_new =
      split.file_made || (!split.installed && !fs_exists(config_));
  const std::string_view note = is_new        ? kFileMade
                                : add_newline ? kNewlineAdded
                                              : std::string_view();
  const std::string updated = rest + (add_newline ? "\n" : "") +
                              make_block(all, include_.string(), note);
  TRY(write_file_atomic(config_, as_bytes(updated)));
  done.push_back(concat("added a block to ", config_.string()));
  for (const std::string& host : all) done.push_back("protected: " + host);
  return done;
}

Result<void> Activation::write_include(const InstallOptions& options,
                                       std::vector<std::string>& done) const {
  const Result<Bytes> bytes = read_file(include_, limits::kConfigFile);
  const std::string_view now = bytes.ok() ? as_text(*bytes) : "";
  const bool strict =
      options.strict.value_or(now.find(kStrict) != std::string_view::npos);
  HookRoutes routes;
  routes.hooks_only =
      options.hooks_only.value_or(HookRoutes::is_hooks_only(now));
  TRY_ASSIGN(const git::Version version, git::read_version(git::Git()));
  routes.configured = version >= git::kConfiguredHooks;
  routes.folder = hook_folder();
  const std::string text = concat(kIncluded, routes.hooks_only ? "" : kHelper,
                                  routes.to_config(), strict ? kStrict : "");
  std::error_code error;
  std::filesystem::create_directories(include_.parent_path(), error);
  if (routes.uses_folder()) {
    TRY_ASSIGN(const std::string program, program_beside("git-sigstore-hook"));
    TRY(make_hook_folder(routes.folder, program));
  } else {
    TRY(remove_hook_folder(routes.folder));
  }
  TRY(write_file_atomic(include_, as_bytes(text)));
  done.push_back(concat("wrote ", include_.string()));
  if (routes.hooks_only) done.emplace_back("hooks verify and sign, no helper");
  if (routes.uses_folder())
    for (std::string& line : hidden_hooks(git::Git(), routes.folder))
      done.push_back(std::move(line));
  if (strict) done.emplace_back("what git-lfs checks out is hashed");
  return {};
}

Result<std::vector<std::string>> Activation::uninstall() const {
  TRY_ASSIGN(const std::string config, read_config());
  TRY_ASSIGN(const SplitConfig split, split_config(config));
  std::vector<std::string> done;
  if (split.installed) {
    const std::string rest = split.before + split.after;
    std::error_code ignored;
    if (split.file_made && rest.empty())
      std::filesystem::remove(config_, ignored);
    else
      TRY(write_file_atomic(config_, as_bytes(rest)));
    done.push_back(concat("removed our block from ", config_.string()));
  }
  std::error_code error;
  if (std::filesystem::remove(include_, error))
    done.push_back(concat("removed ", include_.string()));
  TRY_ASSIGN(const bool had_folder, remove_hook_folder(hook_folder()));
  if (had_folder) done.push_back(concat("removed ", hook_folder().string()));
  TRY_ASSIGN(const std::filesystem::path data, data_folder());
  TRY_ASSIGN(const std::vector<std::string> files, remove_hook_files(data));
  for (const std::string& file : files)
    done.push_back(concat("removed ", file));
  if (done.empty()) done.emplace_back("nothing was installed");
  return done;
}

}  // namespace sigstore
