// SPDX-License-Identifier: Apache-2.0
//
// git-remote-sigstore <remote> <url>: started by git for a remote whose vcs is
// sigstore, or whose URL begins with sigstore:: (gitremote-helpers(7)).
// stdout belongs to the protocol; all that people read goes to stderr.

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/hook_file.h"
#include "core/app/session.h"
#include "core/app/settings.h"
#include "core/app/terminal.h"
#include "core/app/trust_file.h"
#include "core/base/process.h"
#include "core/base/repo_id.h"
#include "git-remote-sigstore/bundle_remote.h"
#include "git-remote-sigstore/delegate.h"
#include "git-remote-sigstore/git_daemon.h"
#include "git-remote-sigstore/line_fetch.h"
#include "git-remote-sigstore/raw_copy.h"
#include "git-remote-sigstore/relay.h"
#include "git-remote-sigstore/stderr_filter.h"

namespace sigstore {
namespace {

constexpr std::string_view kPrefix = "sigstore::";

// git-lfs and others do not know "sigstore::" URLs: the remote gets the plain
// URL, and `vcs` keeps calling us. Only where nothing else is configured.
Result<void> normalise_url(const git::Git& git, const std::string& remote,
                           const std::string& url) {
  const std::string key = "remote." + remote + ".url";
  TRY_ASSIGN(const CommandOutput urls,
             git.run({"config", "--local", "--get-all", key}));
  if (urls.status != 0 || urls.out != concat(kPrefix, url, "\n")) return {};
  TRY(git.read({"config", "--local", "remote." + remote + ".vcs", "sigstore"}));
  TRY(git.read({"config", "--local", key, url}));
  return {};
}

// git's own transport for this URL, by its full path: the name on PATH could
// be anything.
Result<std::vector<std::string>> transport_command(const git::Git& git,
                                                   const std::string& remote,
                                                   const std::string& url) {
  TRY_ASSIGN(const std::string folder, git.read({"--exec-path"}));
  const char* program =
      url.starts_with("https:") ? "/git-remote-https" : "/git-remote-http";
  return std::vector<std::string>{folder + program, remote, url};
}

// Hands the whole conversation over; returns only on failure.
Error become(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  return fail(ErrorKind::io, "cannot run ", command[0]);
}

// How git would start ssh (git-config(1), core.sshCommand; git(1), GIT_SSH).
std::vector<std::string> ssh_command(const git::Git& git) {
  std::string command = environment_variable("GIT_SSH_COMMAND");
  if (command.empty()) {
    const Result<std::string> configured =
        git.read({"config", "--get", "core.sshCommand"});
    if (configured.ok()) command = *configured;
  }
  std::string program = command.substr(0, command.find(' '));
  if (command.empty()) program = environment_variable("GIT_SSH");
  if (program.empty()) program = "ssh";
  // The user's own words for a shell, as git itself runs them.
  std::vector<std::string> words{program};
  if (!command.empty()) words = {"sh", "-c", command + " \"$@\"", "ssh"};
  // Other programs may not know the option (git-config(1), ssh.variant).
  if (program.substr(program.rfind('/') + 1) == "ssh")
    words.insert(words.end(), {"-o", "SendEnv=GIT_PROTOCOL"});
  return words;
}

// git-config(1), protocol.version.
int protocol_version(const git::Git& git) {
  const Result<std::string> version =
      git.read({"config", "--get", "protocol.version"});
  if (!version.ok() || version->size() != 1) return 2;
  return *version == "0" ? 0 : *version == "1" ? 1 : 2;
}

Result<bool> talk_to_daemon(const git::Git& git, const std::string& url) {
  const Result<std::string> proxy =
      git.read({"config", "--get-all", "core.gitProxy"});
  if (proxy.ok() || !environment_variable("GIT_PROXY_COMMAND").empty())
    return fail(ErrorKind::unsupported,
                "git:// through core.gitProxy or GIT_PROXY_COMMAND is not "
                "possible while another remote of this repository is "
                "protected");
  TRY_ASSIGN(const DaemonUrl parsed, DaemonUrl::parse(url));
  PacketStream client(STDIN_FILENO, STDOUT_FILENO);
  TRY(serve_daemon(parsed, protocol_version(git), client));
  return true;
}

// Remotes that are not ours to protect.
Result<bool> delegate(const git::Git& git, const std::string& remote,
                      const std::string& url) {
  if (url.starts_with("git://")) return talk_to_daemon(git, url);
  if (is_bundle_file(url)) {
    PacketStream client(STDIN_FILENO, STDOUT_FILENO);
    TRY(serve_bundle(git, url, client));
    return true;
  }
  // git-remote-ext hands it to what it starts.
  const int version = protocol_version(git);
  if (version > 0)
    setenv("GIT_PROTOCOL", concat("version=", version).c_str(), 1);
  TRY_ASSIGN(const std::string command, ext_command(url, ssh_command(git)));
  TRY_ASSIGN(const std::string folder, git.read({"--exec-path"}));
  TRY_ASSIGN(ChildProcess child,
             ChildProcess::start(
                 {{folder + "/git-remote-ext", remote, command}, {}, {}}));
  // Not in our place: when what it started fails, it goes on waiting for git,
  // and git for the end of our output, which the `git` that started us holds
  // open as well.
  TRY(copy_raw({STDIN_FILENO, STDOUT_FILENO}, {child.output(), child.input()},
               [&] { child.close_input(); }));
  return true;
}

// False when it failed and somebody said so.
Result<bool> converse(Session& session,
                      const std::vector<std::string>& command) {
  LineFetch line_fetch(
      session, session.has_git_dir
                   ? QuarantineFolder::create(session.git)
                   : fail(ErrorKind::not_found, "there is no repository"));
  TRY_ASSIGN(StderrFilter filter, StderrFilter::start());
  TRY_ASSIGN(
      ChildProcess transport,
      ChildProcess::start({command, line_fetch.transport_environment(), {}},
                          true, filter.input()));
  filter.close_input();
  Relay relay(session, transport, line_fetch);
  const Result<bool> done = relay.run();
  const int status = transport.wait();
  filter.wait();
  // What went wrong on its side, it has said already.
  const bool it_failed = status > 0 && status <= 128;
  if (!done.ok() && (!it_failed || done.error().kind != ErrorKind::network))
    return done.error();
  return done.ok() && *done && status == 0;
}

// The net below this helper, for what does not come through it. Where git has
// it by configuration (git sigstore install, git 2.54) no file is needed.
Result<void> write_hook(const git::Git& git) {
  const std::filesystem::path git_dir = environment_variable("GIT_DIR");
  TRY_ASSIGN(const std::filesystem::path data, data_folder());
  TRY_ASSIGN(const std::string program, program_beside("git-sigstore-hook"));
  std::error_code error;
  if (!std::filesystem::exists(git_dir / "hooks/reference-transaction",
                               error)) {
    TRY_ASSIGN(const bool configured, has_configured_hook(git));
    if (configured) return {};
  }
  return write_hook_file(git_dir, program, data);
}

void keep_hook(const git::Git& git, const Terminal& terminal) {
  const Result<void> written = write_hook(git);
  if (!written.ok())
    terminal.warn("no reference-transaction hook: " + written.error().message);
}

Result<bool> run(const std::string& remote_argument,
                 std::string_view url_argument, const Terminal& terminal) {
  if (url_argument.starts_with(kPrefix))
    url_argument.remove_prefix(kPrefix.size());
  const std::string url(url_argument);
  const git::Git git;
  if (is_delegated(url)) return delegate(git, remote_argument, url);
  const bool has_git_dir = !environment_variable("GIT_DIR").empty();
  const bool anonymous = remote_argument.ends_with(url);
  if (has_git_dir && !anonymous) TRY(normalise_url(git, remote_argument, url));
  TRY_ASSIGN(const Settings settings, load_settings(git, url));
  TRY_ASSIGN(const RepoId repository, repository_id(settings, url));
  const std::string remote = anonymous ? url : remote_argument;
  TRY_ASSIGN(const std::vector<std::string> command,
             transport_command(git, remote, url));
  if (settings.skip)
    terminal.warn("GIT_SIGSTORE_SKIP is set: nothing is verified or signed");
  if (settings.skip || settings.mode == Mode::off) return become(command);

  TRY_ASSIGN(TrustFile trust_file, TrustFile::locate());
  TRY_ASSIGN(VerdictCache verdicts, VerdictCache::locate());
  Session session{remote,
                  url,
                  repository,
                  settings,
                  git,
                  has_git_dir,
                  std::move(trust_file),
                  std::move(verdicts),
                  terminal};
  if (has_git_dir) keep_hook(git, terminal);
  return converse(session, command);
}

}  // namespace
}  // namespace sigstore

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const sigstore::Terminal terminal("sigstore");
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    sigstore::print_line("git-remote-sigstore " SIGSTORE_VERSION);
    return 0;
  }
  if (argc != 3) {
    terminal.say("usage: git-remote-sigstore REMOTE URL (git calls this)");
    return static_cast<int>(sigstore::ExitCode::usage);
  }
  const sigstore::Result<bool> done = sigstore::run(argv[1], argv[2], terminal);
  if (done.ok()) return *done ? 0 : 1;
  terminal.report(done.error());
  return 1;
}
