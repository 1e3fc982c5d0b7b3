// SPDX-License-Identifier: Apache-2.0
#include "hooks/local_repository.h"

#include <string_view>
#include <utility>

namespace sigstore {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

// A configuration value, "" when it is not set.
std::string config_value(const git::Git& git, const std::string& key) {
  const Result<std::string> value = git.read({"config", "--get", key});
  return value.ok() ? *value : std::string();
}

std::string choose_remote(const git::Git& git, const std::string& branch) {
  if (!branch.empty()) {
    const std::string configured =
        config_value(git, "branch." + branch.substr(kHeads.size()) + ".remote");
    if (!configured.empty() && configured != ".") return configured;
  }
  if (!config_value(git, "remote.origin.url").empty()) return "origin";
  const Result<std::string> names = git.read({"remote"});
  const bool single =
      names.ok() && !names->empty() && names->find('\n') == std::string::npos;
  return single ? *names : "origin";
}

}  // namespace

std::string LocalRepository::server_ref() const {
  return upstream.empty() ? branch : upstream;
}

Result<LocalRepository> open_local_repository(const std::string& remote) {
  const git::Git git;
  Result<std::string> inside = git.read({"rev-parse", "--git-dir"});
  if (!inside.ok())
    return fail(ErrorKind::not_found, "not in a git repository");
  TRY_ASSIGN(const std::optional<std::string> head, git.head_branch());
  const std::string branch = head.value_or("");
  const std::string name = remote.empty() ? choose_remote(git, branch) : remote;
  std::string url = config_value(git, "remote." + name + ".url");
  if (url.empty())
    return fail(ErrorKind::not_found, "this repository has no remote '", name,
                "'; a signature names the repository it is for");
  if (url.starts_with("sigstore::")) url.erase(0, 10);
  TRY_ASSIGN(Settings settings, load_settings(git, url));
  TRY_ASSIGN(RepoId id, repository_id(settings, url).context("remote " + name));
  LocalRepository repository{
      git, name, url, std::move(id), branch, std::move(settings), ""};
  if (!branch.empty())
    repository.upstream =
        config_value(git, "branch." + branch.substr(kHeads.size()) + ".merge");
  return repository;
}

}  // namespace sigstore
