// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/app/commit_check.h"
#include "core/app/explain.h"
#include "core/app/key_file.h"
#include "core/app/lfs_files.h"
#include "core/app/repository.h"
#include "core/app/signature_object.h"
#include "core/app/trust_file.h"
#include "core/app/trust_material.h"
#include "core/base/json.h"
#include "core/manifest/directory_content.h"
#include "core/manifest/tree_content.h"
#include "core/verify_model.h"
#include "hooks/commands.h"
#include "hooks/leftover_pointers.h"
#include "hooks/local_repository.h"
#include "hooks/remote_tip.h"

namespace sigstore {
namespace {

struct Options {
  std::string commit = "HEAD";
  std::string remote;
  std::vector<std::string> keys;
  bool worktree = false;
  bool last_signed = false;
  bool exit_detail = false;
  bool explain = false;
  bool json = false;
};

struct Outcome {
  CommitQuestion question;
  CommitVerdict verdict;
};

Error no_signed_state(const CommitQuestion& question) {
  return fail(ErrorKind::unsigned_content,
              describe(question.repository, question.ref),
              " has no signed state that verifies and is not older than what "
              "was verified last");
}

// What is trusted for this repository, and the keys given for this one call.
Result<RepositoryTrust> load_trust(const Options& options,
                                   const RepoId& repository) {
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, file.load());
  RepositoryTrust trust = store.find(repository);
  for (const std::string& path : options.keys) {
    TRY_ASSIGN(PublicKey key, read_public_key(path));
    trust.signers.push_back({std::move(key), path, current_time()});
  }
  return trust;
}

// The files on disk, byte by byte, against the signature of the commit.
Result<void> check_work_tree(const LocalRepository& local,
                             const Repository& repository,
                             const CommitQuestion& question,
                             const RepositoryTrust& trust, Trace& trace) {
  TRY_ASSIGN(const std::string top,
             local.git.read({"rev-parse", "--show-toplevel"}));
  TreeContent tree(*repository.objects, repository.git, question.commit,
                   tree_policy(local.settings));
  TRY_ASSIGN(const StoredSignature signature, read_signature(repository, tree));
  VerifyRequest request;
  TRY_ASSIGN(const AcceptedSigners accepted,
             find_accepted_signers(local.settings, trust));
  const std::vector<PublicKey> keys = accepted.keys();
  const std::vector<SignerRule> identities = accepted.identities();
  request.keys = keys;
  request.identities = identities;
  request.now = question.now;
  TRY_ASSIGN(const std::optional<TrustMaterial> trusted,
             find_trusted_root(request, local.settings));
  if (trusted) request.trusted_root = &trusted->root;
  request.signature_path = kSignatureName;
  for (const std::string& path : local.settings.ignore)
    TRY(request.allowed.add(path));
  TRY_ASSIGN(const std::vector<std::string> submodules, tree.submodules());
  for (const std::string& path : submodules) TRY(request.allowed.add(path));
  const Terminal terminal("sigstore");
  DirectoryContent content(top, [&](std::uint64_t done, std::uint64_t total) {
    terminal.progress("hashing", done, total);
  });
  const Result<VerifiedModel> model =
      verify_model(signature.bytes, content, request, trace);
  terminal.end_progress();
  if (model.ok()) return {};
  Error error = Error(model.error()).context("work tree");
  TRY_ASSIGN(const std::vector<std::string> leftover,
             find_leftover_pointers(repository.git));
  if (!leftover.empty())
    error.message += concat("; still pointers, see 'git sigstore pull': ",
                            some_of(leftover));
  return error;
}

// The tip of a repository that is not here.
Result<Outcome> verify_remote(const Options& options, Trace& trace) {
  std::string url = options.remote;
  if (url.starts_with("sigstore::")) url.erase(0, 10);
  if (options.worktree)
    return fail(ErrorKind::invalid_input,
                "a repository on a server has no work tree");
  TRY_ASSIGN(const Settings settings, load_settings(git::Git(), url));
  TRY_ASSIGN(const RepoId id, repository_id(settings, url));
  TRY_ASSIGN(const RepositoryTrust trust, load_trust(options, id));
  const std::string ref = options.commit == "HEAD" ? "" : options.commit;
  TRY_ASSIGN(const RemoteTip tip, fetch_remote_tip(url, ref));
  TRY_ASSIGN(const Repository repository, open_repository(tip.git, ""));
  // Without history only times tell what is newer.
  Outcome outcome{{id, tip.ref, tip.commit, false, current_time()}, {}};
  TRY_ASSIGN(outcome.verdict, check_commit(repository, outcome.question,
                                           settings, trust, trace));
  return outcome;
}

Result<Outcome> verify(const Options& options, Trace& trace) {
  if (options.remote.find("://") != std::string::npos)
    return verify_remote(options, trace);
  TRY_ASSIGN(const LocalRepository local,
             open_local_repository(options.remote));
  TRY_ASSIGN(const RepositoryTrust trust, load_trust(options, local.id));
  TRY_ASSIGN(const Repository repository, open_repository(local.git, ""));
  TRY_ASSIGN(const git::CommitId commit,
             local.git.resolve_commit(options.commit));
  // An older commit that is named on purpose is no rollback: only HEAD is
  // held against what was seen before.
  RepositoryTrust asked = trust;
  if (options.commit != "HEAD" && !options.last_signed) asked.refs.clear();
  const std::string ref = local.branch.empty() ? "HEAD" : local.server_ref();
  Outcome outcome{{local.id, ref, commit, true, current_time()}, {}};
  if (options.last_signed) {
    TRY_ASSIGN(std::optional<CommitVerdict> last,
               find_last_signed(repository, outcome.question, local.settings,
                                asked, trace));
    if (!last) return no_signed_state(outcome.question);
    outcome.question.commit.id =
        *git::ObjectId::parse_hex(last->verified->commit);
    outcome.verdict = std::move(*last);
    return outcome;
  }
  if (options.commit != "HEAD") outcome.question.child_tips.emplace();
  TRY_ASSIGN(outcome.verdict, check_commit(repository, outcome.question,
                                           local.settings, asked, trace));
  if (options.worktree && outcome.verdict.verified)
    TRY(check_work_tree(local, repository, outcome.question, trust, trace));
  return outcome;
}

void print_json(const Outcome& outcome, const Trace* explain) {
  const CommitVerdict& verdict = outcome.verdict;
  nlohmann::json value = {
      {"ok", verdict.verified.has_value()},
      {"repository", outcome.question.repository.to_string()},
      {"ref", outcome.question.ref},
      {"commit", outcome.question.commit.id.to_hex()},
      {"signed", verdict.verified.has_value()}};
  if (verdict.verified) {
    value["signer"] = verdict.signer;
    value["keyFingerprint"] = verdict.verified->signer;
    value["files"] = verdict.files;
    value["bytes"] = verdict.total_size;
    value["notes"] = verdict.notes;
    if (verdict.verified->signed_at)
      value["signedAt"] = verdict.verified->signed_at->to_rfc3339();
  } else {
    value["kind"] = kind_name(ErrorKind::unsigned_content);
  }
  if (explain != nullptr) value["trace"] = trace_json(*explain);
  print_line(dump_json(value));
}

class VerifyCommand final : public Verb {
 public:
  explicit VerifyCommand(CommandLine app)
      : Verb(app.add_subcommand("verify",
                                "Verify a commit from git's own objects")) {
    command().add_option("COMMIT", options_.commit,
                         "Commit to verify (default: HEAD)");
    command().add_option("--remote", options_.remote,
                         "Remote that names the repository, or the URL of "
                         "one to verify");
    command()
        .add_option("--key", options_.keys,
                    "Also trust this public key, for this call")
        .one_value_each();
    command().add_flag("--last-signed", options_.last_signed,
                       "Print the id of the last state up to COMMIT that "
                       "verifies");
    command().add_flag("--worktree", options_.worktree,
                       "Hash the files on disk as well");
    command().add_flag("--exit-detail", options_.exit_detail,
                       "On failure, print the kind of failure on stdout");
    command().add_flag("--explain", options_.explain, "Print every decision");
    command().add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Terminal terminal("sigstore");
    Trace trace;
    const Trace* const explain = options_.explain ? &trace : nullptr;
    const Result<Outcome> outcome = verify(options_, trace);
    if (!outcome.ok()) {
      if (options_.exit_detail && !options_.json)
        print_line(kind_name(outcome.error().kind));
      return report(terminal, outcome.error(), options_.json, explain);
    }
    if (options_.json) {
      print_json(*outcome, explain);
    } else {
      if (explain != nullptr) print_trace(trace);
      const std::string line =
          one_line(outcome->verdict.line(outcome->question));
      if (options_.last_signed) {
        print_line(outcome->question.commit.id.to_hex());
        terminal.say(line);
      } else {
        print_line(line);
      }
      for (const std::string& note : outcome->verdict.notes)
        terminal.warn(note);
    }
    return outcome->verdict.verified ? ExitCode::yes
                                     : ExitCode::unsigned_passed;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_verify_command(CommandLine app) {
  return std::make_unique<VerifyCommand>(app);
}

}  // namespace sigstore
