// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/app/settings.h"
#include "core/base/json.h"
#include "core/git/git_command.h"
#include "hub-client/believed_signers.h"
#include "hub-client/commands.h"
#include "hub-client/hub/hub_settings.h"
#include "hub-client/signer_options.h"
#include "hub-client/snapshot_check.h"
#include "hub-client/store/cache_scan.h"

namespace sigstore::hub {
namespace {

using State = SnapshotVerdict::State;
using How = DifferingFile::How;
using Cause = DifferingFile::Cause;

struct Options {
  std::string repository;  // "": all that are in the cache
  std::string revision;
  std::string cache;
  SignerOptions signers;
  bool json = false;
};

struct CheckedSnapshot {
  RepoName repo;
  git::CommitId commit;
  SnapshotVerdict verdict;

  std::string name() const {
    return concat(repo.path(), "@", commit.id.to_short());
  }
};

CacheOptions find_cache(const Options& options, const HubSettings& settings) {
  if (!options.cache.empty()) return CacheOptions{options.cache};
  return CacheOptions{settings.cache, !settings.symlinks};
}

// The snapshots that are meant.
Result<std::vector<CachedRepo>> choose(const Options& options,
                                       const CacheOptions& cache) {
  if (options.repository.empty()) {
    if (!options.revision.empty())
      return fail(ErrorKind::invalid_input,
                  "--revision is one of a repository, which is not named");
    return scan_cache(cache.folder);
  }
  TRY_ASSIGN(const Target target, parse_target(options.repository));
  if (!target.revision.empty() && !options.revision.empty() &&
      target.revision != options.revision)
    return fail(ErrorKind::invalid_input, "two revisions: ", target.revision,
                " and ", options.revision);
  const std::string& revision =
      options.revision.empty() ? target.revision : options.revision;
  if (!revision.empty()) {
    TRY_ASSIGN(const std::unique_ptr<HubCache> store,
               HubCache::open(cache, target.repo));
    TRY_ASSIGN(const git::CommitId commit, store->read_ref(revision));
    return std::vector<CachedRepo>{{target.repo, {commit}}};
  }
  TRY_ASSIGN(std::vector<CachedRepo> all, scan_cache(cache.folder));
  std::erase_if(all, [&](const CachedRepo& item) {
    return item.repo != target.repo || item.snapshots.empty();
  });
  if (all.empty())
    return fail(ErrorKind::not_found, target.repo.path(), " is not in ",
                cache.folder.string());
  return all;
}

// Whom the user believes for a repository: the options, or what git and a pull
// go by. The folder that the user stands in is about another one.
Result<BelievedSigners> believed_for(const RepoName& repo,
                                     const Options& options,
                                     const HubSettings& hub, Timestamp now) {
  const std::string url = hub.endpoint.page(repo);
  TRY_ASSIGN(const Settings wishes,
             load_settings(git::Git().in_directory("/"), url));
  TRY_ASSIGN(const RepoId id, repository_id(wishes, url));
  return find_believed(options.signers, wishes, id, now);
}

Result<std::vector<CheckedSnapshot>> check_all(const Options& options,
                                               const Terminal& terminal) {
  const Timestamp now = current_time();
  TRY_ASSIGN(const HubSettings settings,
             read_hub_settings(environment_variable));
  const CacheOptions cache = find_cache(options, settings);
  TRY_ASSIGN(const std::vector<CachedRepo> repos, choose(options, cache));
  std::vector<CheckedSnapshot> checked;
  std::string told;
  for (const CachedRepo& item : repos) {
    TRY_ASSIGN(const BelievedSigners signers,
               believed_for(item.repo, options, settings, now));
    if (!signers.stale().empty() && signers.stale() != told)
      terminal.warn(told = signers.stale());
    VerifyRequest request;
    signers.put_into(request);
    request.now = now;
    for (const git::CommitId& commit : item.snapshots) {
      Trace trace;
      const CheckedSnapshot snapshot{item.repo, commit, {}};
      checked.push_back(snapshot);
      checked.back().verdict = check_snapshot(
          cache, item.repo, commit, request, trace,
          [&](std::uint64_t done, std::uint64_t total) {
            terminal.progress("hashing " + snapshot.name(), done, total);
          });
      terminal.end_progress();
    }
  }
  return checked;
}

std::string_view state_name(State state) {
  switch (state) {
    case State::verified:
      return "verified";
    case State::partial:
      return "partial";
    case State::not_signed:
      return "unsigned";
    case State::refused:
      return "refused";
    case State::unknown:
      break;
  }
  return "unknown";
}

std::string_view how_name(How how) {
  switch (how) {
    case How::changed:
      return "changed";
    case How::missing:
      return "missing";
    case How::extra:
      break;
  }
  return "extra";
}

std::string_view cause_name(Cause cause) {
  switch (cause) {
    case Cause::cache:
      return "cache";
    case Cause::hub:
      return "hub";
    case Cause::unknown:
      break;
  }
  return "unknown";
}

std::string_view describe(const DifferingFile& file) {
  if (file.cause == Cause::unknown) return "what the Hub had is not known here";
  const bool is_hub = file.cause == Cause::hub;
  switch (file.how) {
    case How::changed:
      return is_hub ? "it is what the Hub served, which is not what was signed"
                    : "it is not what the Hub served: the cache was damaged";
    case How::missing:
      return is_hub ? "the Hub has no such file at this commit"
                    : "the Hub has it, the cache has not";
    case How::extra:
      break;
  }
  return is_hub ? "the Hub has it, and nobody signed it"
                : "the Hub has no such file: somebody put it into the cache";
}

std::string summary(const SnapshotVerdict& verdict) {
  const auto signer = [&] {
    return concat("signed by ", describe_signer(verdict.signature->signer));
  };
  switch (verdict.state) {
    case State::verified:
      return concat("verified: ", verdict.resources, " resources, ",
                    human_size(verdict.total_size), ", ", signer());
    case State::partial:
      return concat(
          "partial: ", verdict.files.size(), " of ", verdict.resources,
          " resources are not in the cache, the others verified, ", signer());
    case State::not_signed:
      return "not signed";
    case State::refused:
    case State::unknown:
      break;
  }
  return concat(verdict.state == State::refused ? "refused: " : "unknown: ",
                verdict.error->message);
}

void print(const std::vector<CheckedSnapshot>& all, const Terminal& terminal) {
  for (const CheckedSnapshot& item : all) {
    for (const std::string& note : item.verdict.notes)
      terminal.warn(concat(item.name(), ": ", note));
    print_line(one_line(concat(item.name(), " ", summary(item.verdict))));
    for (const DifferingFile& file : item.verdict.files)
      print_line("  " + one_line(concat(how_name(file.how), " ", file.path,
                                        ": ", describe(file))));
  }
  if (all.empty()) print_line("the cache holds no snapshots");
}

Json to_json(const CheckedSnapshot& item) {
  const SnapshotVerdict& verdict = item.verdict;
  Json value = {{"type", type_name(item.repo.type)},
                {"id", item.repo.id},
                {"commit", item.commit.id.to_hex()},
                {"state", state_name(verdict.state)},
                {"notes", verdict.notes},
                {"files", Json::array()}};
  if (verdict.signature) {
    const Signer& signer = verdict.signature->signer;
    value["signer"] = describe_signer(signer);
    if (const auto* key = std::get_if<PublicKey>(&signer))
      value["keyFingerprint"] = key->fingerprint();
    if (const auto* identity = std::get_if<Identity>(&signer)) {
      value["identity"] = identity->name.value;
      value["issuer"] = identity->issuer;
    }
    value["resources"] = verdict.resources;
  }
  if (verdict.error) {
    value["kind"] = kind_name(verdict.error->kind);
    value["message"] = verdict.error->message;
  }
  for (const DifferingFile& file : verdict.files)
    value["files"].push_back({{"path", file.path},
                              {"how", how_name(file.how)},
                              {"cause", cause_name(file.cause)}});
  return value;
}

// The worst of them, "no" before all else.
ExitCode exit_code_of(const std::vector<CheckedSnapshot>& all) {
  const auto any = [&](State state) {
    return std::any_of(all.begin(), all.end(), [&](const auto& item) {
      return item.verdict.state == state;
    });
  };
  if (any(State::refused)) return ExitCode::no;
  if (any(State::unknown)) return ExitCode::could_not_tell;
  if (any(State::not_signed)) return ExitCode::unsigned_passed;
  return any(State::partial) ? ExitCode::partial : ExitCode::yes;
}

class CacheCommand final : public Verb {
 public:
  explicit CacheCommand(CommandLine app)
      : Verb(app.add_subcommand("cache",
                                "Look after what was pulled from the Hub")) {
    command().require_subcommand();
    CommandLine verify = command().add_subcommand(
        "verify", "Verify what is in the cache again, without a network");
    verify.add_option("REPOSITORY", options_.repository,
                      "Only this one, such as org/model");
    verify.add_option("--revision", options_.revision,
                      "Only this branch, tag or commit of it");
    verify.add_option("--cache-dir", options_.cache,
                      "The cache (default: HF_HUB_CACHE)");
    add_signer_options(verify, options_.signers);
    verify.add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Terminal terminal("hf-sigstore");
    const auto all = check_all(options_, terminal);
    if (!all.ok()) return report(terminal, all.error(), options_.json);
    const ExitCode exit = exit_code_of(*all);
    if (options_.json) {
      Json value = {{"ok", exit == ExitCode::yes},
                    {"snapshots", Json::array()}};
      for (const CheckedSnapshot& item : *all)
        value["snapshots"].push_back(to_json(item));
      print_line(dump_json(value));
    } else {
      print(*all, terminal);
    }
    return exit;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_cache_command(CommandLine app) {
  return std::make_unique<CacheCommand>(app);
}

}  // namespace sigstore::hub
