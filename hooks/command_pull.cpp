// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/app/commit_check.h"
#include "core/app/lfs_files.h"
#include "core/app/repository.h"
#include "core/app/trust_file.h"
#include "core/base/json.h"
#include "core/base/process.h"
#include "core/base/run_in_place.h"
#include "hooks/commands.h"
#include "hooks/leftover_pointers.h"
#include "hooks/local_repository.h"
#include "hooks/patience.h"

namespace sigstore {
namespace {

struct Options {
  std::string remote;
  bool json = false;
};

struct Outcome {
  std::string refusal;   // the helper's words, when it let nothing in
  git::CommitId commit;  // HEAD
  std::optional<CommitVerdict> verdict;
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> refetched;
  std::vector<std::string> leftover;
};

Error ended(const std::string& what, int status) {
  return fail(ErrorKind::io, what, " ended with exit code ", status);
}

// As the user would run it: with hooks, helper and prompts. What it prints is
// the user's to see; stdout is ours alone with --json.
Result<void> run_for_user(const std::vector<std::string>& argv, bool quiet,
                          std::optional<std::string> skip_smudge) {
  const Command command{argv,
                        {{"GIT_LFS_SKIP_SMUDGE", std::move(skip_smudge)}}};
  int status = 0;
  if (quiet) {
    TRY_ASSIGN(const CommandOutput output,
               run_command(command, {.pass_stderr = true}));
    status = output.status;
  } else {
    TRY_ASSIGN(status, run_in_place(command));
  }
  if (status != 0) return ended(concat(argv[0], " ", argv[1]), status);
  return {};
}

// One pull, from the server to the files.
class Pull {
 public:
  Pull(const LocalRepository& local, const Repository& repository, bool json,
       Patience patience)
      : local_(local),
        repository_(repository),
        json_(json),
        patience_(patience) {}

  // 1. fetch  2. judge  3. fast-forward without the weights  4. fetch and hash
  // the weights  5. check them out  6. look for what is still a pointer
  Result<Outcome> run() {
    TRY(fetch());
    if (!outcome_.refusal.empty()) return outcome_;
    TRY(judge());
    TRY(fast_forward());
    TRY_ASSIGN(outcome_.commit, local_.git.resolve_commit("HEAD"));
    TRY_ASSIGN(const std::vector<LfsFile> files,
               lfs_files(repository_, outcome_.commit));
    outcome_.files = files.size();
    if (files.empty()) return outcome_;
    TRY(get_objects(files));
    TRY(run_for_user({"git", "lfs", "checkout"}, true, std::nullopt));
    TRY_ASSIGN(outcome_.leftover, find_leftover_pointers(local_.git));
    return outcome_;
  }

 private:
  Result<void> fetch() {
    // git translates its messages; this one is read.
    Command command{{"git", "fetch", local_.remote, local_.server_ref()},
                    {{"LC_ALL", "C"}}};
    TRY(patience_.limit_http(local_.git, local_.url, command));
    TRY_ASSIGN(const CommandOutput output, run_command(command));
    std::string_view text = output.err;
    std::string_view ours;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      constexpr std::string_view kRefused = "fatal: remote error: sigstore: ";
      constexpr std::string_view kOurs = "sigstore: ";
      if (line.starts_with(kOurs)) ours = line.substr(kOurs.size());
      // By the helper, or by the hook, which has said why in the line before.
      if (line.starts_with(kRefused))
        outcome_.refusal = line.substr(kRefused.size());
      else if (line.find("aborted by") != std::string_view::npos &&
               line.find("hook") != std::string_view::npos && !ours.empty())
        outcome_.refusal = ours;
      else if (!line.empty())
        terminal_.relay(line);
    }
    if (!outcome_.refusal.empty()) return {};
    if (output.status != 0) return ended("git fetch", output.status);
    TRY_ASSIGN(fetched_, local_.git.resolve_commit("FETCH_HEAD"));
    return {};
  }

  // Whatever the route was that it came by.
  Result<void> judge() {
    const Settings& settings = local_.settings;
    if (settings.skip || settings.mode == Mode::off) return {};
    TRY_ASSIGN(const TrustFile file, TrustFile::locate());
    TRY_ASSIGN(const TrustStore store, file.load());
    TRY_ASSIGN(const std::string shallow,
               local_.git.read({"rev-parse", "--is-shallow-repository"}));
    const CommitQuestion question{local_.id, local_.server_ref(), fetched_,
                                  shallow != "true", current_time()};
    Trace trace;
    Result<CommitVerdict> verdict = check_commit(
        repository_, question, settings, store.find(local_.id), trace);
    if (!verdict.ok() && settings.mode == Mode::warn) {
      terminal_.warn(verdict.error().message);
      return {};
    }
    TRY_ASSIGN(outcome_.verdict, std::move(verdict));
    return {};
  }

  Result<void> fast_forward() {
    return run_for_user(
               {"git", "merge", "--ff-only", "--quiet", fetched_.id.to_hex()},
               json_, "1")
        .context("cannot fast-forward");
  }

  Result<std::string> lfs_environment(std::string_view name) {
    TRY_ASSIGN(const std::string text, local_.git.read({"lfs", "env"}));
    const std::string key = concat("\n", name, "=");
    const std::size_t start = text.find(key);
    if (start == std::string::npos)
      return fail(ErrorKind::unsupported, "git lfs env does not say ", name);
    const std::size_t value = start + key.size();
    return text.substr(value, text.find('\n', value) - value);
  }

  Result<LfsCache> hash(const std::vector<LfsFile>& files) {
    Result<LfsCache> cache =
        check_lfs_cache(objects_, files, [&](auto done, auto total) {
          terminal_.progress("hashing", done, total);
        });
    terminal_.end_progress();
    return cache;
  }

  Result<void> fetch_objects() {
    const Command command{
        {"git", "lfs", "fetch", local_.remote, outcome_.commit.id.to_hex()},
        {{"GIT_LFS_SKIP_SMUDGE", std::nullopt}}};
    TRY_ASSIGN(const int status, patience_.run_lfs(command, json_));
    if (status != 0) return ended("git lfs", status);
    return {};
  }

  // Bad objects are moved aside and fetched once more.
  Result<void> get_objects(const std::vector<LfsFile>& files) {
    TRY_ASSIGN(objects_, lfs_environment("LocalMediaDir"));
    TRY(fetch_objects());
    TRY_ASSIGN(LfsCache cache, hash(files));
    outcome_.bytes = cache.bytes;
    if (cache.bad.empty()) return {};
    for (const LfsFile& file : cache.bad) {
      TRY(move_aside(file));
      outcome_.refetched.push_back(file.path);
    }
    terminal_.warn(
        "content in git-lfs's cache does not match the signed "
        "sha256, fetching it again: " +
        some_of(outcome_.refetched));
    TRY(fetch_objects());
    TRY_ASSIGN(const LfsCache again, hash(cache.bad));
    if (again.bad.empty() && again.missing.empty()) return {};
    Error error = fail(ErrorKind::content_differs,
                       "content does not match the signed sha256: ");
    for (const auto* list : {&again.bad, &again.missing})
      for (const LfsFile& file : *list) error.details.push_back(file.path);
    // Nothing bad stays where a checkout would find it.
    for (const LfsFile& file : again.bad) TRY(move_aside(file));
    error.message += some_of(error.details);
    return error;
  }

  // To where `git lfs fsck` moves them.
  Result<void> move_aside(const LfsFile& file) {
    const std::filesystem::path folder = objects_.parent_path() / "bad";
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::filesystem::rename(objects_ / lfs_object_path(file.pointer),
                            folder / file.pointer.oid.to_hex(), error);
    if (error)
      return fail(ErrorKind::io, "cannot move an object of git-lfs to ",
                  folder.string(), ": ", error.message());
    return {};
  }

  const LocalRepository& local_;
  const Repository& repository_;
  bool json_;
  Patience patience_;
  Terminal terminal_{"sigstore"};
  git::CommitId fetched_;
  std::filesystem::path objects_;
  Outcome outcome_;
};

Result<Outcome> pull(const Options& options) {
  TRY_ASSIGN(const LocalRepository local,
             open_local_repository(options.remote));
  if (local.branch.empty())
    return fail(ErrorKind::invalid_input,
                "HEAD is detached; check out a branch to pull into it");
  TRY_ASSIGN(const Repository repository, open_repository(local.git, ""));
  TRY_ASSIGN(const Patience patience, Patience::configured(local.git));
  return Pull(local, repository, options.json, patience).run();
}

// The helper has no kinds to tell: git passes on only its message.
ExitCode print_refusal(const std::string& refusal, bool json) {
  if (json)
    print_line(
        dump_json({{"ok", false}, {"kind", "refused"}, {"message", refusal}}));
  else
    Terminal("sigstore").say(refusal);
  return ExitCode::no;
}

void print_json(const Outcome& outcome) {
  const bool is_signed = outcome.verdict && outcome.verdict->verified;
  nlohmann::json value = {{"ok", outcome.leftover.empty()},
                          {"commit", outcome.commit.id.to_hex()},
                          {"signed", is_signed},
                          {"lfsFiles", outcome.files},
                          {"lfsBytes", outcome.bytes},
                          {"refetched", outcome.refetched},
                          {"leftover", outcome.leftover}};
  if (is_signed) value["signer"] = outcome.verdict->signer;
  print_line(dump_json(value));
}

class PullCommand final : public Verb {
 public:
  explicit PullCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "pull", "Pull, and hash what git-lfs has before checkout")) {
    command().add_option("--remote", options_.remote,
                         "Remote to pull from (default: the branch's)");
    command().add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Terminal terminal("sigstore");
    const Result<Outcome> outcome = pull(options_);
    if (!outcome.ok()) return report(terminal, outcome.error(), options_.json);
    if (!outcome->refusal.empty())
      return print_refusal(outcome->refusal, options_.json);
    if (options_.json)
      print_json(*outcome);
    else
      print_line(concat(outcome->commit.id.to_short(), ": ", outcome->files,
                        outcome->files == 1 ? " file" : " files",
                        " of git-lfs, ", human_size(outcome->bytes),
                        " hashed"));
    if (outcome->leftover.empty()) return ExitCode::yes;
    terminal.warn("still pointers, not fetched: " + some_of(outcome->leftover));
    return ExitCode::partial;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_pull_command(CommandLine app) {
  return std::make_unique<PullCommand>(app);
}

}  // namespace sigstore
