// SPDX-License-Identifier: Apache-2.0
#include "core/app/url_config.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace sigstore {
namespace {

constexpr std::string_view kSection = "sigstore.";

// "sigstore.key" or "sigstore.<pattern>.key", LF, the value; git has made
// section and key lower case. A pattern cannot hold a line feed.
ConfigEntry parse_entry(std::string_view entry) {
  const std::size_t newline = std::min(entry.find('\n'), entry.size());
  std::string_view name = entry.substr(0, newline);
  name.remove_prefix(std::min(kSection.size(), name.size()));
  ConfigEntry parsed;
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    parsed.pattern = name.substr(0, dot);
    name.remove_prefix(dot + 1);
  }
  parsed.key = name;
  parsed.value = newline < entry.size() ? std::string(entry.substr(newline + 1))
                                        : std::string("true");
  return parsed;
}

// Splits what git ends with NUL.
std::vector<std::string_view> split_entries(std::string_view output) {
  std::vector<std::string_view> entries;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\0'), output.size());
    entries.push_back(output.substr(0, end));
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return entries;
}

Result<std::vector<ConfigEntry>> read_section(const git::Git& git) {
  TRY_ASSIGN(const CommandOutput output,
             git.run({"config", "-z", "--get-regexp", "^sigstore\\."}));
  if (output.status > 1)
    return fail(ErrorKind::invalid_input,
                "git cannot read its configuration: ", output.err);
  std::vector<ConfigEntry> entries;
  for (const std::string_view entry : split_entries(output.out))
    entries.push_back(parse_entry(entry));
  return entries;
}

std::string quote(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

bool is_list(const std::vector<std::string>& lists, const std::string& key) {
  return std::find(lists.begin(), lists.end(), key) != lists.end();
}

// git finds one value a key. It is asked about a configuration that has the
// number of the entry in place of the value, and a key of its own for each
// entry of a list: "mode = 3", "publickey-5 = 5".
Result<std::vector<std::size_t>> match(const git::Git& git,
                                       const std::vector<ConfigEntry>& entries,
                                       std::string_view url,
                                       const std::vector<std::string>& lists) {
  std::string config;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const ConfigEntry& entry = entries[i];
    config += entry.pattern.empty()
                  ? std::string("[sigstore]\n")
                  : concat("[sigstore \"", quote(uniform_url(entry.pattern)),
                           "\"]\n");
    config += entry.key;
    if (is_list(lists, entry.key)) config += concat("-", i);
    config += concat(" = ", i, "\n");
  }
  RunOptions options;
  options.input = as_bytes(config);
  TRY_ASSIGN(const CommandOutput output,
             git.run({"config", "-z", "--file", "-", "--get-urlmatch",
                      "sigstore", uniform_url(url)},
                     options));
  if (output.status > 1)
    return fail(ErrorKind::invalid_input,
                "git cannot match its configuration: ", output.err);
  std::vector<std::size_t> found;
  for (const std::string_view line : split_entries(output.out)) {
    const std::size_t newline = std::min(line.rfind('\n'), line.size());
    const std::string_view text = line.substr(newline);
    std::size_t index = entries.size();
    if (text.size() > 1)
      std::from_chars(text.data() + 1, text.data() + text.size(), index);
    if (index >= entries.size())
      return fail(ErrorKind::internal, "git answered ", line);
    found.push_back(index);
  }
  // git sorts by name; in a list the order counts.
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::string uniform_url(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::string(url);
  std::string scheme(url.substr(0, scheme_end));
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
  if (scheme != "http" && scheme != "https") return std::string(url);
  std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string authority(rest.substr(0, slash));
  rest.remove_prefix(slash);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  while (rest.ends_with(".git")) rest.remove_suffix(4);
  const std::size_t host = authority.rfind('@') + 1;  // 0 without a user
  std::transform(authority.begin() + static_cast<std::ptrdiff_t>(host),
                 authority.end(),
                 authority.begin() + static_cast<std::ptrdiff_t>(host), lower);
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(port))
    authority.resize(authority.size() - port.size());
  const std::string_view name = std::string_view(authority).substr(host);
  if (name == "hf.co" || name == "www.huggingface.co")
    authority.replace(host, std::string::npos, "huggingface.co");
  return concat("https://", authority, rest);
}

Result<std::vector<ConfigEntry>> read_url_config(
    const git::Git& git, std::string_view url,
    const std::vector<std::string>& lists) {
  TRY_ASSIGN(std::vector<ConfigEntry> entries, read_section(git));
  const bool is_url = url.find("://") != std::string_view::npos;
  if (!is_url)
    std::erase_if(entries, [](const ConfigEntry& entry) {
      return !entry.pattern.empty();
    });
  if (entries.empty()) return entries;
  TRY_ASSIGN(const std::vector<std::size_t> found,
             match(git, entries, is_url ? url : "https://any", lists));
  std::vector<ConfigEntry> matching;
  for (const std::size_t index : found) {
    ConfigEntry& entry = entries[index];
    const bool reset = is_list(lists, entry.key) && entry.value.empty();
    if (reset)
      std::erase_if(matching, [&](const ConfigEntry& item) {
        return item.key == entry.key;
      });
    else
      matching.push_back(std::move(entry));
  }
  return matching;
}

}  // namespace sigstore
