// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/app/explain.h"
#include "core/app/network.h"
#include "core/base/encoding.h"
#include "core/base/json.h"
#include "hub-client/commands.h"
#include "hub-client/hub_session.h"
#include "hub-client/known_files.h"
#include "hub-client/pull.h"
#include "hub-client/store/hub_cache.h"
#include "hub-client/store/local_folder.h"

namespace sigstore::hub {
namespace {

struct Options {
  HubFlags hub;
  std::vector<std::string> files;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::string cache_dir;
  std::string local_dir;
  std::int64_t max_connections = 16;
  bool force = false;
  bool dry_run = false;
  bool offline = false;
  bool explain = false;
  bool paranoid = false;
};

// The one thing that a signal handler may touch.
std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

// The first signal ends the download in good order, the second one at once.
void listen_for_stop() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked = true; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaction(signal, &action, nullptr);
}

// Files by name, in the way of `hf download`: "a.bin", "folder/".
Result<FileFilter> make_filter(const Options& options,
                               const std::string& path) {
  FileFilter filter{options.include, options.exclude};
  std::vector<std::string> files = options.files;
  if (!path.empty()) files.push_back(path);
  if (files.empty()) return filter;
  if (!filter.takes_all())
    return fail(ErrorKind::invalid_input,
                "files by name, or --include and --exclude: not both");
  for (const std::string& file : files)
    filter.include.push_back(escape_pattern(file));
  return filter;
}

Result<std::unique_ptr<Store>> open_store(const Options& options,
                                          const HubSettings& settings,
                                          const RepoName& repo) {
  if (!options.local_dir.empty()) {
    TRY_ASSIGN(std::unique_ptr<LocalFolder> folder,
               LocalFolder::make(options.local_dir));
    return std::unique_ptr<Store>(std::move(folder));
  }
  CacheOptions cache;
  cache.folder = settings.cache;
  if (!options.cache_dir.empty()) cache.folder = options.cache_dir;
  cache.no_symlinks = !settings.symlinks;
  TRY_ASSIGN(std::unique_ptr<HubCache> made, options.offline
                                                 ? HubCache::open(cache, repo)
                                                 : HubCache::make(cache, repo));
  return std::unique_ptr<Store>(std::move(made));
}

// What a folder may be filled from. None is no reason to end.
std::unique_ptr<Store> find_cache(const Options& options,
                                  const HubSettings& settings,
                                  const Wanted& wanted) {
  if (options.local_dir.empty()) return nullptr;
  Result<std::unique_ptr<HubCache>> cache = HubCache::open(
      CacheOptions{settings.cache, !settings.symlinks}, wanted.repo);
  return cache.ok() ? std::move(*cache) : nullptr;
}

Result<Pulled> run_pull(Options& options, KnownUse& used,
                        const Terminal& terminal, Trace& trace) {
  if (!options.local_dir.empty() && !options.cache_dir.empty())
    return fail(ErrorKind::invalid_input,
                "--cache-dir and --local-dir do not go together");
  TRY_ASSIGN(HubSettings settings, read_hub_settings(environment_variable));
  options.offline = options.offline || settings.offline;
  settings.offline = options.offline;
  TRY_ASSIGN(const Wanted wanted, read_wanted(options.hub, settings));
  PullRequest request{wanted.repo, wanted.id, wanted.revision, {}, {}};
  TRY_ASSIGN(request.filter, make_filter(options, wanted.path));
  request.dry_run = options.dry_run;
  request.force = options.force;
  request.offline = options.offline;
  request.download.connections.most =
      static_cast<std::size_t>(options.max_connections);
  request.download.stop = &stop_asked;
  request.download.progress = [&](const DownloadProgress& now) {
    terminal.progress("pulling", now.done, now.total);
  };
  request.download.asked = tell_waits(terminal, options.hub);
  TRY_ASSIGN(HubSession session,
             HubSession::open(options.hub, settings, false, terminal));
  TRY_ASSIGN(const std::unique_ptr<Store> store,
             open_store(options, settings, wanted.repo));
  TRY_ASSIGN(const TrustFile trust_file, TrustFile::locate());
  TRY_ASSIGN(const std::unique_ptr<http::StreamClient> network,
             make_stream_network());
  const std::unique_ptr<Store> cache = find_cache(options, settings, wanted);
  const PullTools tools{session.hub(), *store,   *network,   wanted.settings,
                        trust_file,    terminal, cache.get()};
  KnownFiles known(store->roots().front(), options.paranoid);
  request.known = known.digests();
  listen_for_stop();
  Result<Pulled> pulled = pull(tools, request, trace);
  terminal.end_progress();
  if (!options.dry_run) known.store();
  used = known.use();
  session.tell_warnings(terminal);
  return pulled;
}

ExitCode exit_of(const Pulled& pulled) {
  if (!pulled.verdict.verified) return ExitCode::unsigned_passed;
  return pulled.left_out > 0 ? ExitCode::partial : ExitCode::yes;
}

// What is known of the bytes, on stderr.
void tell(const Pulled& pulled, const Options& options,
          const Terminal& terminal) {
  if (pulled.unchecked)
    terminal.warn(
        concat(describe(pulled.question.repository, pulled.question.ref),
               " was not checked (sigstore.mode, GIT_SIGSTORE_SKIP)"));
  else
    terminal.say(pulled.verdict.line(pulled.question));
  for (const std::string& note : pulled.verdict.notes) terminal.warn(note);
  if (!pulled.uncovered.empty())
    terminal.warn(
        concat("the signature does not cover ", pulled.uncovered.front(),
               pulled.uncovered.size() > 1
                   ? concat(" (+", pulled.uncovered.size() - 1, " more)")
                   : ""));
  if (pulled.verdict.verified && pulled.left_out > 0)
    terminal.say(concat("verified in part: ", pulled.files, " of ",
                        pulled.files + pulled.left_out, " files pulled"));
  if (pulled.verdict.first_use && !options.dry_run)
    terminal.say(pulled.verdict.first_use_line(pulled.question));
}

Json to_json(const Pulled& pulled, const Options& options) {
  const CommitVerdict& verdict = pulled.verdict;
  Json value = {{"ok", true},
                {"path", pulled.folder.string()},
                {"repository", pulled.question.repository.to_string()},
                {"ref", pulled.question.ref},
                {"commit", pulled.question.commit.id.to_hex()},
                {"verified", verdict.verified.has_value()},
                {"checked", !pulled.unchecked},
                {"partial", pulled.left_out > 0},
                {"files", pulled.files},
                {"bytes", pulled.bytes},
                {"leftOut", pulled.left_out},
                {"fetched", pulled.fetched},
                {"fetchedBytes", pulled.report.fetched},
                {"resumedBytes", pulled.report.resumed},
                {"uncovered", pulled.uncovered},
                {"notes", verdict.notes},
                {"dryRun", options.dry_run}};
  if (verdict.verified) {
    value["signer"] = verdict.signer;
    if (verdict.verified->signed_at)
      value["signedAt"] = verdict.verified->signed_at->to_rfc3339();
    value["firstUse"] = verdict.first_use.has_value();
  }
  return value;
}

void print(const Pulled& pulled, const KnownUse& known, const Options& options,
           const Terminal& terminal, const Trace& trace) {
  if (options.hub.json) {
    Json value = to_json(pulled, options);
    value["known"] = known_json(known);
    if (options.explain) value["trace"] = trace_json(trace);
    print_line(dump_json(value));
    return;
  }
  if (options.explain) print_trace(trace);
  if (!options.hub.quiet) {
    tell(pulled, options, terminal);
    if (const std::string line = known_line(known); !line.empty())
      terminal.say(line);
  }
  if (!options.dry_run) {
    print_line(one_line(pulled.folder.string()));
    return;
  }
  for (const std::string& path : pulled.fetched) print_line(one_line(path));
}

class PullCommand final : public Verb {
 public:
  explicit PullCommand(CommandLine app)
      : Verb(app.add_subcommand("pull",
                                "Download a model and verify it on the way")) {
    add_hub_flags(command(), options_.hub);
    command().add_option("FILES", options_.files,
                         "Only these files; folders end in /");
    command()
        .add_option("--include", options_.include,
                    "Only files that fit this pattern (repeatable)")
        .one_value_each();
    command()
        .add_option("--exclude", options_.exclude,
                    "Not the files that fit this pattern (repeatable)")
        .one_value_each();
    command().add_option("--cache-dir", options_.cache_dir,
                         "The cache (default: HF_HUB_CACHE)");
    command().add_option("--local-dir", options_.local_dir,
                         "Put the files there, and not into the cache");
    command()
        .add_option("--max-workers", options_.max_connections,
                    "Connections at once, at most")
        .positive();
    command().add_flag("--force-download", options_.force,
                       "Fetch what is here already as well");
    command().add_flag("--dry-run", options_.dry_run,
                       "Verify the signature, print what would be fetched");
    command().add_flag("--offline", options_.offline,
                       "Verify what is here, without any network");
    add_paranoid_flag(command(), options_.paranoid);
    command().add_flag("--explain", options_.explain, "Print every decision");
  }

  ExitCode run() override {
    const Terminal terminal("hf-sigstore");
    Trace trace;
    KnownUse known;
    const Result<Pulled> pulled = run_pull(options_, known, terminal, trace);
    if (!pulled.ok())
      return report(terminal, pulled.error(), options_.hub.json,
                    options_.explain ? &trace : nullptr);
    print(*pulled, known, options_, terminal, trace);
    return exit_of(*pulled);
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_pull_command(CommandLine app) {
  return std::make_unique<PullCommand>(app);
}

}  // namespace sigstore::hub
