// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/lfs_config.h"

#include <algorithm>
#include <string_view>

namespace sigstore {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// Host and port of a URL, or of ssh's "user@host:path"; "" for a path.
std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find('/'));
  } else {
    url = url.substr(0, std::min(url.find(':'), url.find('/')));
  }
  url.remove_prefix(url.rfind('@') + 1);  // 0 without a user
  const std::string host = lower(url);
  return host == "hf.co" ? "huggingface.co" : host;
}

// lfs.url, lfs.pushurl, remote.<name>.lfsurl, remote.<name>.lfspushurl
bool names_server(std::string_view key) {
  return key == "lfs.url" || key == "lfs.pushurl" ||
         (key.starts_with("remote.") &&
          (key.ends_with(".lfsurl") || key.ends_with(".lfspushurl")));
}

}  // namespace

Result<void> check_lfs_config(ByteView blob) {
  const std::string text = lower(as_text(blob));
  for (const char* key : {"fetchexclude", "fetchinclude", "skipdownloaderrors"})
    if (text.find(key) != std::string::npos)
      return fail(ErrorKind::unsafe_tree, "'", key,
                  "' would leave pointers in the place of files");
  // git-lfs follows them, to files that are looked at by nobody.
  if (text.find("[include") != std::string::npos)
    return fail(ErrorKind::unsafe_tree, "it includes other files");
  return {};
}

std::vector<std::string> foreign_urls_in(
    std::string_view listed, const std::vector<std::string>& hosts) {
  std::vector<std::string> foreign;
  while (!listed.empty()) {
    const std::string_view entry = listed.substr(0, listed.find('\0'));
    listed.remove_prefix(std::min(entry.size() + 1, listed.size()));
    const std::size_t newline = std::min(entry.find('\n'), entry.size());
    if (!names_server(entry.substr(0, newline)) || newline == entry.size())
      continue;
    const std::string_view url = entry.substr(newline + 1);
    if (std::find(hosts.begin(), hosts.end(), host_of(url)) == hosts.end())
      foreign.emplace_back(url);
  }
  return foreign;
}

Result<std::vector<std::string>> foreign_lfs_urls(
    const git::Git& git, ByteView blob, const std::vector<std::string>& hosts) {
  RunOptions options;
  options.input = blob;
  TRY_ASSIGN(const CommandOutput output,
             git.run({"config", "-z", "--file", "-", "--list"}, options));
  if (output.status != 0)
    return fail(ErrorKind::unsafe_tree, "git cannot read it");
  return foreign_urls_in(output.out, hosts);
}

}  // namespace sigstore
