// SPDX-License-Identifier: Apache-2.0
#include "core/git/git_command.h"

#include <unistd.h>

#include <cstdio>

#include "core/git/git_version.h"

namespace sigstore::git {
namespace {

// git's own explanation: the last non-empty line it wrote to stderr.
std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t newline = text.rfind('\n');
  return std::string(
      newline == std::string_view::npos ? text : text.substr(newline + 1));
}

}  // namespace

Git Git::in_directory(std::string directory) const {
  Git other = *this;
  other.directory_ = std::move(directory);
  // `git rev-parse --local-env-vars`, the ones that choose a repository.
  for (const char* name :
       {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_PREFIX",
        "GIT_NAMESPACE"})
    other.environment_.emplace_back(name, std::nullopt);
  return other;
}

Git Git::with(std::string name, std::string value) const {
  Git other = *this;
  // The first change of a name counts.
  other.environment_.insert(other.environment_.begin(),
                            {std::move(name), std::move(value)});
  return other;
}

Git Git::in_quarantine(const std::string& quarantine,
                       const std::vector<std::string>& stores) const {
  // git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES: ":" separates, unless quoted.
  std::string quoted;
  for (const std::string& store : stores) {
    quoted += quoted.empty() ? "\"" : ":\"";
    for (const char c : store) {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
    quoted += '"';
  }
  return with("GIT_OBJECT_DIRECTORY", quarantine)
      .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted);
}

Command Git::command(std::vector<std::string> arguments) const {
  Command command{
      {"git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"},
      environment_,
      directory_};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment.insert(command.environment.end(),
                             {{"GIT_TERMINAL_PROMPT", "0"},
                              {"GIT_OPTIONAL_LOCKS", "0"},
                              {"GIT_NO_LAZY_FETCH", "1"},
                              {"GIT_NO_REPLACE_OBJECTS", "1"},
                              {kInternalRun, std::to_string(getpid())},
                              {"LC_ALL", "C"}});
  return command;
}

Result<CommandOutput> Git::run(std::vector<std::string> arguments,
                               const RunOptions& options) const {
  return run_command(command(std::move(arguments)), options);
}

Result<ChildProcess> Git::start(std::vector<std::string> arguments) const {
  return ChildProcess::start(command(std::move(arguments)));
}

Result<RunningCommand> Git::start_run(std::vector<std::string> arguments,
                                      const RunOptions& options) const {
  return RunningCommand::start(command(std::move(arguments)), options);
}

Result<std::string> Git::successful(std::string_view verb,
                                    CommandOutput output) {
  if (output.status != 0)
    return fail(ErrorKind::io, "git ", verb, ": ", last_line(output.err));
  if (output.out.ends_with('\n')) output.out.pop_back();
  return std::move(output.out);
}

Result<std::string> Git::read(std::vector<std::string> arguments,
                              const RunOptions& options) const {
  const std::string verb = arguments.empty() ? "" : arguments[0];
  TRY_ASSIGN(CommandOutput output, run(std::move(arguments), options));
  return successful(verb, std::move(output));
}

Result<CommitId> Git::resolve_commit(const std::string& name) const {
  TRY_ASSIGN(const CommandOutput output,
             run({"rev-parse", "--verify", "--quiet", "--end-of-options",
                  name + "^{commit}"}));
  std::string_view text = output.out;
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto id = ObjectId::parse_hex(text);
  if (output.status != 0 || !id)
    return fail(ErrorKind::not_found, "no commit '", name,
                "' in this repository");
  return CommitId{*id};
}

Result<std::optional<bool>> Git::is_ancestor(const CommitId& ancestor,
                                             const CommitId& commit) const {
  TRY_ASSIGN(const CommandOutput output,
             run({"merge-base", "--is-ancestor", ancestor.id.to_hex(),
                  commit.id.to_hex()}));
  if (output.status == 0) return std::optional<bool>(true);
  // Before git 2.45 a commit that could not be read counted as "not an
  // ancestor"; only stderr tells.
  if (output.status != 1 || !output.err.empty()) return std::optional<bool>();
  // In a shallow repository "not reachable" may only mean "not fetched".
  TRY_ASSIGN(const std::string shallow,
             read({"rev-parse", "--is-shallow-repository"}));
  if (shallow == "true") return std::optional<bool>();
  return std::optional<bool>(false);
}

Result<std::optional<std::string>> Git::head_branch() const {
  TRY_ASSIGN(CommandOutput output, run({"symbolic-ref", "--quiet", "HEAD"}));
  if (output.status != 0) return std::optional<std::string>();
  if (output.out.ends_with('\n')) output.out.pop_back();
  return std::optional<std::string>(std::move(output.out));
}

Result<std::string> Git::objects_folder() const {
  return read({"rev-parse", "--path-format=absolute", "--git-path", "objects"});
}

Result<ObjectStore> Git::object_store() const {
  TRY_ASSIGN(const std::string output,
             read({"rev-parse", "--show-object-format",
                   "--path-format=absolute", "--git-path", "objects"}));
  const std::size_t newline = output.find('\n');
  const std::string format = output.substr(0, newline);
  if (newline == std::string::npos || (format != "sha1" && format != "sha256"))
    return fail(ErrorKind::unsupported, "repositories with ", format,
                " object names are not supported");
  return ObjectStore{output.substr(newline + 1), format == "sha1"
                                                     ? ObjectFormat::sha1
                                                     : ObjectFormat::sha256};
}

Result<Version> read_version(const Git& git) {
  TRY_ASSIGN(const std::string text, git.read({"version"}));
  Version version;
  if (std::sscanf(text.c_str(), "git version %u.%u", &version.major,
                  &version.minor) != 2)
    return fail(ErrorKind::unsupported, "cannot read git's version: ", text);
  return version;
}

}  // namespace sigstore::git
