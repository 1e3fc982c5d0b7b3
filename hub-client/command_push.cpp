// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/app/network.h"
#include "core/base/json.h"
#include "hub-client/commands.h"
#include "hub-client/hub_session.h"
#include "hub-client/known_files.h"
#include "hub-client/push.h"
#include "hub-client/signing_options.h"

namespace sigstore::hub {
namespace {

struct Options {
  HubFlags hub;
  ModelOptions model;  // the folder, --ignore, --allow-symlinks
  HashOptionsText hash;
  SigningOptions signing;
  CommitFlags commit;
  std::string description;
  bool is_private = false;
  bool delete_extra = false;
};

struct Outcome {
  Pushed pushed;
  Signatory signatory;
  RepoName repo;
  std::string branch;
  KnownUse known;
};

Result<SignRequest> sign_request(const Options& options) {
  TRY_ASSIGN(const Parameters parameters,
             to_parameters(options.hash, options.model.allow_symlinks));
  SignRequest request{model_base_name(options.model.model),
                      parameters,
                      {},
                      std::nullopt,
                      current_time()};
  Exclusions& exclusions = request.selection.exclusions;
  TRY(exclusions.add(kSignatureName));
  // What hf download keeps its books in; the Hub takes none of it.
  std::error_code error;
  const std::filesystem::path cache =
      std::filesystem::path(options.model.model) / ".cache";
  if (std::filesystem::exists(cache, error)) TRY(exclusions.add(".cache"));
  TRY_ASSIGN(const Exclusions ignored, user_exclusions(options.model));
  exclusions.add(ignored);
  return request;
}

Result<Outcome> run_push(const Options& options, const Terminal& terminal) {
  std::error_code error;
  if (!std::filesystem::is_directory(options.model.model, error))
    return fail(ErrorKind::invalid_input, options.model.model,
                " is not a folder");
  TRY_ASSIGN(const HubSettings settings, read_online_settings("a push"));
  TRY_ASSIGN(const Wanted wanted, read_wanted(options.hub, settings));
  TRY_ASSIGN(SignRequest sign, sign_request(options));
  PushRequest request{wanted.repo,
                      wanted.revision,
                      options.model.model,
                      options.commit.summary,
                      options.description,
                      options.commit.create_pr,
                      options.is_private,
                      options.delete_extra,
                      nullptr,
                      std::move(sign)};
  KnownFiles known(options.model.model, options.model.paranoid);
  request.known = known.digests();
  if (request.summary.empty()) request.summary = "Upload and sign the model";
  // Before anything is hashed for an hour, or made on the Hub.
  TRY_ASSIGN(ChosenSigner chosen,
             ChosenSigner::choose(options.signing, terminal));
  TRY_ASSIGN(HubSession session,
             HubSession::open(options.hub, settings, true, terminal));
  TRY_ASSIGN(const std::unique_ptr<http::StreamClient> network,
             make_stream_network());
  Result<Pushed> pushed = push({session.hub(), *network, chosen.signer(),
                                terminal, tell_waits(terminal, options.hub)},
                               request);
  terminal.end_progress();
  session.tell_warnings(terminal);
  known.store();
  if (!pushed.ok()) return std::move(pushed).error();
  return Outcome{std::move(*pushed), chosen.signatory(), wanted.repo,
                 wanted.revision, known.use()};
}

void print_json(const Outcome& outcome) {
  const Pushed& pushed = outcome.pushed;
  Json value = {{"ok", true},
                {"repository", outcome.repo.path()},
                {"branch", outcome.branch},
                {"commit", pushed.commit.commit.id.to_hex()},
                {"url", pushed.commit.url},
                {"rootDigest",
                 "sha256:" + root_digest(pushed.manifest.resources).to_hex()},
                {"resources", pushed.manifest.resources.size()},
                {"bytes", pushed.manifest.total_size},
                {"changed", pushed.changed},
                {"deleted", pushed.deleted},
                {"sentBytes", pushed.sent_bytes},
                {"created", pushed.made_repo},
                {"known", known_json(outcome.known)}};
  if (!pushed.commit.pull_request_url.empty())
    value["pullRequestUrl"] = pushed.commit.pull_request_url;
  for (const auto& [name, text] : outcome.signatory.members) value[name] = text;
  print_line(dump_json(value));
}

void print(const Outcome& outcome, const HubFlags& flags) {
  const Pushed& pushed = outcome.pushed;
  if (flags.json) return print_json(outcome);
  if (!flags.quiet) {
    print_line(concat("signed: ", pushed.manifest.resources.size(),
                      " resources, ", human_size(pushed.manifest.total_size),
                      ", ", one_line(outcome.signatory.text)));
    print_line(concat(
        "pushed: ", one_line(outcome.repo.path()), "@",
        one_line(outcome.branch), " ", pushed.commit.commit.id.to_short(), ", ",
        pushed.changed, " files changed, ", human_size(pushed.sent_bytes),
        " sent",
        pushed.deleted > 0 ? concat(", ", pushed.deleted, " deleted") : ""));
    if (const std::string line = known_line(outcome.known); !line.empty())
      print_line(line);
  }
  print_line(
      concat(flags.quiet ? "" : "url: ", one_line(pushed.commit.page())));
}

class PushCommand final : public Verb {
 public:
  explicit PushCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "push", "Sign a model folder and upload it, in one commit")) {
    command()
        .add_option("FOLDER", options_.model.model, "Model folder")
        .required();
    add_hub_flags(command(), options_.hub);
    add_commit_flags(command(), options_.commit);
    command().add_option("--commit-description", options_.description,
                         "The rest of it");
    command().add_flag("--private", options_.is_private,
                       "Make a repository that is new a private one");
    command().add_flag("--delete-extra", options_.delete_extra,
                       "Delete files there that are not in the folder");
    command()
        .add_option("--ignore", options_.model.ignore,
                    "Leave out this file or folder (repeatable)")
        .one_value_each();
    command().add_flag("--allow-symlinks", options_.model.allow_symlinks,
                       "Take symbolic links to files for the files themselves");
    add_paranoid_flag(command(), options_.model.paranoid);
    add_signing_options(command(), options_.signing);
    add_hash_options(command(), options_.hash);
  }

  ExitCode run() override {
    Terminal terminal("hf-sigstore");
    if (options_.hub.quiet) terminal.set_quiet();
    const Result<Outcome> outcome = run_push(options_, terminal);
    terminal.end_progress();
    if (!outcome.ok())
      return report(terminal, outcome.error(), options_.hub.json);
    print(*outcome, options_.hub);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_push_command(CommandLine app) {
  return std::make_unique<PushCommand>(app);
}

}  // namespace sigstore::hub
