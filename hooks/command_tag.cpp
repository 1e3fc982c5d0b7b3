// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/app/commit_check.h"
#include "core/app/repository.h"
#include "core/app/trust_file.h"
#include "core/base/json.h"
#include "core/base/process.h"
#include "hooks/branch_signing.h"
#include "hooks/commands.h"

namespace sigstore {
namespace {

struct Options {
  SigningOptions signing;
  std::string name;
  std::string commit = "HEAD";
  std::vector<std::string> messages;
  bool annotate = false;
  bool sign = false;
  bool force = false;
  bool json = false;
};

// Before anything is signed for it.
Result<void> check_name(const git::Git& git, const Options& options) {
  const std::string ref = "refs/tags/" + options.name;
  TRY_ASSIGN(const CommandOutput valid, git.run({"check-ref-format", ref}));
  if (valid.status != 0 || options.name.starts_with('-'))
    return fail(ErrorKind::invalid_input, "'", options.name,
                "' is not a name for a tag");
  TRY_ASSIGN(const CommandOutput there,
             git.run({"rev-parse", "--verify", "--quiet", ref}));
  if (there.status == 0 && !options.force)
    return fail(ErrorKind::invalid_input, "tag '", options.name,
                "' exists already; --force replaces it");
  return {};
}

// A commit that is signed already, by anybody who counts.
Result<bool> is_signed(const LocalRepository& local,
                       const Repository& repository, const TrustStore& store,
                       const git::CommitId& commit) {
  RepositoryTrust trust = store.find(local.id);
  trust.refs.clear();  // an older state is named on purpose
  Trace trace;
  Settings settings = local.settings;
  settings.mode = Mode::tofu;
  const Result<CommitVerdict> verdict = check_commit(
      repository, {local.id, local.server_ref(), commit, true, current_time()},
      settings, trust, trace);
  return verdict.ok() && verdict->verified.has_value();
}

// Some other commit than the branch's: signed for the tag, on top of it, in no
// branch.
Result<SignedCommit> sign_other(const Options& options,
                                const LocalRepository& local,
                                const git::CommitId& commit) {
  TRY_ASSIGN(const Repository repository, open_repository(local.git, ""));
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, file.load());
  TRY_ASSIGN(const bool done, is_signed(local, repository, store, commit));
  if (done) return SignedCommit{commit, false, 0, {}};
  TRY_ASSIGN(CommitSigner signer,
             choose_signer(options.signing, local.settings));
  return sign_commit(
      repository,
      {local.id, "refs/tags/" + options.name, commit, current_time()},
      local.settings, store.find(local.id), signer);
}

// As the user would type it: git may open an editor or ask for a password.
Result<void> make_tag(const Options& options, const git::CommitId& commit) {
  Command command{{"git", "tag"}};
  if (options.annotate) command.argv.emplace_back("--annotate");
  if (options.sign) command.argv.emplace_back("--sign");
  if (options.force) command.argv.emplace_back("--force");
  for (const std::string& message : options.messages)
    command.argv.push_back("--message=" + message);
  command.argv.push_back(options.name);
  command.argv.push_back(commit.id.to_hex());
  int status = 0;
  if (options.json) {
    TRY_ASSIGN(const CommandOutput output,
               run_command(command, {.pass_stderr = true}));
    status = output.status;
  } else {
    TRY_ASSIGN(ChildProcess child, ChildProcess::start(command, false));
    status = child.wait();
  }
  if (status == 0) return {};
  return fail(ErrorKind::io, "git tag ended with exit code ", status);
}

Result<SignedCommit> tag(const Options& options) {
  TRY_ASSIGN(const LocalRepository local,
             open_local_repository(options.signing.remote));
  TRY(check_name(local.git, options));
  TRY_ASSIGN(const git::CommitId commit,
             local.git.resolve_commit(options.commit));
  TRY_ASSIGN(const git::CommitId head, local.git.resolve_commit("HEAD"));
  const bool is_branch = commit == head && !local.branch.empty();
  TRY_ASSIGN(SignedCommit signed_commit,
             is_branch ? sign_branch(options.signing, local)
                       : sign_other(options, local, commit));
  if (!signed_commit.note.empty())
    Terminal("sigstore").warn(signed_commit.note);
  TRY(make_tag(options, signed_commit.commit));
  return signed_commit;
}

class TagCommand final : public Verb {
 public:
  explicit TagCommand(CommandLine app)
      : Verb(app.add_subcommand("tag", "Sign a commit, then tag it")) {
    command().add_option("NAME", options_.name, "Name of the tag").required();
    command().add_option("COMMIT", options_.commit,
                         "Commit to tag (default: HEAD)");
    command().add_flag("-a,--annotate", options_.annotate,
                       "As of git tag: a tag object");
    command()
        .add_option("-m,--message", options_.messages,
                    "As of git tag: its message")
        .one_value_each();
    command().add_flag("-s,--sign", options_.sign,
                       "As of git tag: signed by GnuPG or ssh as well");
    command().add_flag("-f,--force", options_.force,
                       "Replace a tag that exists");
    command().add_option("--key", options_.signing.key,
                         "Private key (default: git config sigstore.key)");
    command().add_option("--remote", options_.signing.remote,
                         "Remote that names the repository");
    add_password_options(command(), options_.signing.password);
    command().add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<SignedCommit> done = tag(options_);
    if (!done.ok())
      return report(Terminal("sigstore"), done.error(), options_.json);
    const std::string id = done->commit.id.to_hex();
    if (options_.json)
      print_line(dump_json({{"ok", true},
                            {"tag", options_.name},
                            {"commit", id},
                            {"created", done->created}}));
    else
      print_line(one_line(concat("tagged: ", options_.name, ", ",
                                 done->created ? "signed" : "already signed",
                                 " commit ", id.substr(0, 7))));
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_tag_command(CommandLine app) {
  return std::make_unique<TagCommand>(app);
}

}  // namespace sigstore
