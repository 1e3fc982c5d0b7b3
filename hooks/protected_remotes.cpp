// SPDX-License-Identifier: Apache-2.0
#include "hooks/protected_remotes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/app/settings.h"
#include "hooks/activation.h"

namespace sigstore {
namespace {

constexpr std::string_view kPrefix = "sigstore::";

bool is_http(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

// "huggingface.co" of "https://user@huggingface.co:443/org/model".
std::string_view host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("://") + 3, url.size()));
  url = url.substr(0, url.find('/'));
  const std::size_t user = url.rfind('@');
  if (user != std::string_view::npos) url.remove_prefix(user + 1);
  return url.substr(0, url.find(':'));
}

std::string path_of(std::string_view url) {
  const std::size_t slash = url.find('/', url.find("://") + 3);
  return std::string(url.substr(std::min(slash, url.size())));
}

// The name that RepoId gives an URL's host, port included.
std::string canonical_host(const std::string& url) {
  const Result<RepoId> id = RepoId::from_url(url);
  return id.ok() ? id->host() : std::string();
}

// The installed host that `url` lies at; ssh has ports of its own.
std::optional<std::string> find_host(const std::vector<std::string>& hosts,
                                     const std::string& url, bool any_port) {
  for (const std::string& host : hosts) {
    const bool same =
        any_port ? host_of(host) == host_of(url)
                 : canonical_host(host + "/a/b") == canonical_host(url);
    if (same) return host;
  }
  return std::nullopt;
}

Result<std::optional<Session>> make_session(const git::Git& git,
                                            const Remote& remote,
                                            const std::string& url,
                                            bool is_named) {
  TRY_ASSIGN(Settings settings, load_settings(git, url));
  const Terminal terminal("sigstore");
  if (settings.mode == Mode::off) return std::optional<Session>();
  TRY_ASSIGN(RepoId repository, repository_id(settings, url));
  TRY_ASSIGN(TrustFile trust_file, TrustFile::locate());
  TRY_ASSIGN(VerdictCache verdicts, VerdictCache::locate());
  if (!is_named && settings.mode != Mode::require) {
    TRY_ASSIGN(const TrustStore store, trust_file.load());
    if (!store.find(repository).was_signed()) return std::optional<Session>();
  }
  if (settings.skip) {
    terminal.warn("GIT_SIGSTORE_SKIP is set: nothing is verified or signed");
    return std::optional<Session>();
  }
  return std::optional<Session>(
      Session{remote.name, url, std::move(repository), std::move(settings), git,
              true, std::move(trust_file), std::move(verdicts), terminal});
}

}  // namespace

Result<std::vector<Remote>> read_remotes(const git::Git& git) {
  TRY_ASSIGN(const CommandOutput output,
             git.run({"config", "-z", "--get-regexp",
                      "^remote\\..*\\.(url|fetch|vcs)$"}));
  if (output.status > 1)
    return fail(ErrorKind::invalid_input,
                "git cannot read its configuration: ", output.err);
  std::map<std::string, Remote> remotes;
  std::string_view rest = output.out;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view entry = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t newline = std::min(entry.find('\n'), entry.size());
    const std::string_view key = entry.substr(0, newline);
    const std::string value(entry.substr(std::min(newline + 1, entry.size())));
    const std::size_t dot = key.rfind('.');
    const std::string name(key.substr(7, dot - 7));
    Remote& remote = remotes[name];
    remote.name = name;
    if (key.ends_with(".url")) {
      if (remote.url.empty()) remote.url = value;
    } else if (key.ends_with(".vcs")) {
      remote.has_helper = value == "sigstore";
    } else if (const auto refspec = Refspec::parse(value)) {
      remote.fetch.push_back(*refspec);
    }
  }
  std::vector<Remote> list;
  for (auto& [name, remote] : remotes) {
    if (remote.url.starts_with(kPrefix)) remote.url.erase(0, kPrefix.size());
    if (!remote.url.empty()) list.push_back(std::move(remote));
  }
  return list;
}

std::optional<std::string> web_url(std::string_view url) {
  if (is_http(url)) return std::string(url);
  constexpr std::string_view kSsh = "ssh://";
  if (url.starts_with(kSsh)) {
    const std::string_view host = host_of(url);
    return concat("https://", host, path_of(url));
  }
  // git-clone(1), GIT URLS: "[user@]host:path", no slash before the colon.
  const std::size_t colon = url.find(':');
  if (colon == std::string_view::npos || colon == 0 || url.find('/') < colon ||
      url.substr(colon).starts_with("::") ||
      url.substr(colon).starts_with("://"))
    return std::nullopt;
  std::string_view host = url.substr(0, colon);
  const std::size_t user = host.rfind('@');
  if (user != std::string_view::npos) host.remove_prefix(user + 1);
  std::string_view path = url.substr(colon + 1);
  while (path.starts_with('/')) path.remove_prefix(1);
  return concat("https://", host, "/", path);
}

Result<std::optional<Session>> open_session(const git::Git& git,
                                            const Remote& remote) {
  std::optional<std::string> url = web_url(remote.url);
  if (!url) return std::optional<Session>();
  TRY_ASSIGN(const Activation activation, Activation::locate());
  TRY_ASSIGN(const std::vector<std::string> hosts, activation.hosts());
  const bool is_ssh = !is_http(remote.url);
  const std::optional<std::string> host = find_host(hosts, *url, is_ssh);
  if (is_ssh && host) url = *host + path_of(*url);
  // The include sets vcs for every "origin" beside a protected remote; the
  // helper passes on what is not http.
  const bool has_helper = remote.has_helper && !is_ssh;
  if (!RepoId::from_url(*url).ok() && !host && !has_helper)
    return std::optional<Session>();
  return make_session(git, remote, *url, host.has_value() || has_helper);
}

}  // namespace sigstore
