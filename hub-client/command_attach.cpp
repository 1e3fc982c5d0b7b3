// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/app/network.h"
#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "hub-client/attach.h"
#include "hub-client/attachments.h"
#include "hub-client/claims.h"
#include "hub-client/commands.h"
#include "hub-client/hub/hub_limits.h"
#include "hub-client/hub_session.h"

namespace sigstore::hub {
namespace {

struct Options {
  HubFlags hub;
  std::vector<std::string> words;  // files, and the repository
  std::vector<std::string> files;
  std::string branch{kSideBranch};
  CommitFlags commit;
  bool separate = false;
  bool any_subject = false;
};

struct Outcome {
  RepoName repo;
  git::CommitId commit;  // that the bundles are about
  Attached attached;
  std::vector<std::string> covers;  // a bundle each
};

// A bundle of the user's, and where it is from: "b.sigstore.json", "c.jsonl:3".
struct Given {
  std::string name;
  std::string text;
  std::string file;  // its name in the repository, when it is not a line
};

// FILE.sigstore.json, as peers look for it.
std::string published_name(const std::string& path) {
  std::string name = std::filesystem::path(path).filename().string();
  if (is_attachment_name(name)) return name;
  for (const std::string_view ending : {".json", ".sig", ".bundle"})
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  return name + ".sigstore.json";
}

Result<void> read_file_into(const std::string& path, bool separate,
                            std::vector<Given>& given) {
  TRY_ASSIGN(const Bytes bytes, read_file(path, limits::kBundle));
  const std::string_view text = as_text(bytes);
  if (!has_lines(path)) {
    given.push_back(
        {path, std::string(text), separate ? published_name(path) : ""});
    return {};
  }
  TRY_ASSIGN(const std::vector<Claim> claims, split_claims(text));
  if (claims.empty())
    return fail(ErrorKind::invalid_input, "there is no bundle in it");
  for (const Claim& claim : claims)
    given.push_back(
        {concat(path, ":", claim.line), std::string(claim.text), ""});
  return {};
}

// It is a bundle, and about this model: what it covers.
Result<std::string> check_given(const Given& item, ModelState& model,
                                bool any_subject) {
  TRY_ASSIGN(const Bundle bundle, parse_bundle(as_bytes(item.text)));
  TRY_ASSIGN(const BundleClaims claims, read_bundle_claims(bundle));
  Result<std::string> covers = model.covered_by(bundle, claims);
  if (covers.ok() || !any_subject) return covers;
  return std::string();
}

Result<void> add(const Given& item, AttachRequest& request) {
  if (!item.file.empty()) {
    for (const PublishedFile& file : request.files)
      if (file.path == item.file)
        return fail(ErrorKind::invalid_input, "two files would be ", item.file);
    request.files.push_back({item.file, item.text});
    return {};
  }
  TRY_ASSIGN(std::string line, to_claim_line(item.text));
  request.lines.push_back(std::move(line));
  return {};
}

Result<Outcome> run_attach(const Options& options, const Terminal& terminal) {
  TRY_ASSIGN(const HubSettings settings,
             read_online_settings("adding to a repository"));
  TRY_ASSIGN(const Wanted wanted, read_wanted(options.hub, settings));
  std::vector<Given> given;
  for (const std::string& path : options.files)
    TRY(read_file_into(path, options.separate, given).context(path));
  TRY_ASSIGN(HubSession session,
             HubSession::open(options.hub, settings, true, terminal));
  Hub& hub = session.hub();
  Outcome outcome{wanted.repo, {}, {}, {}};
  TRY_ASSIGN(outcome.commit,
             hub.resolve_revision(wanted.repo, wanted.revision));
  TRY_ASSIGN(Listing listing, hub.list(wanted.repo, outcome.commit));
  ModelState model(hub, wanted.repo, std::move(listing));
  AttachRequest request{
      wanted.repo, wanted.revision,        options.branch,          {},
      {},          options.commit.summary, options.commit.create_pr};
  if (request.summary.empty())
    request.summary = "Add signatures and attestations";
  for (const Given& item : given) {
    TRY_ASSIGN(
        std::string covers,
        check_given(item, model, options.any_subject).context(item.name));
    outcome.covers.push_back(std::move(covers));
    TRY(add(item, request).context(item.name));
  }
  TRY_ASSIGN(const std::unique_ptr<http::StreamClient> network,
             make_stream_network());
  Result<Attached> attached =
      attach({hub, *network,
              [&terminal](const std::string& words) { terminal.warn(words); }},
             request);
  session.tell_warnings(terminal);
  if (!attached.ok()) return std::move(attached).error();
  outcome.attached = std::move(*attached);
  return outcome;
}

void print_json(const Outcome& outcome) {
  const Attached& attached = outcome.attached;
  Json value = {{"ok", true},
                {"repository", outcome.repo.path()},
                {"about", outcome.commit.id.to_hex()},
                {"branch", attached.branch},
                {"added", attached.added},
                {"covers", outcome.covers}};
  if (attached.published) {
    value["commit"] = attached.published->commit.commit.id.to_hex();
    value["url"] = attached.published->commit.page();
    value["pullRequest"] = attached.published->is_pull_request;
  }
  print_line(dump_json(value));
}

void print(const Outcome& outcome, const HubFlags& flags) {
  if (flags.json) return print_json(outcome);
  const Attached& attached = outcome.attached;
  if (!flags.quiet)
    print_line(concat("attached: ", attached.added, " of ",
                      outcome.covers.size(), " bundles to ",
                      one_line(outcome.repo.path()), "@",
                      one_line(attached.branch),
                      attached.published ? "" : ": the others are there"));
  if (attached.published)
    print_line(concat(flags.quiet ? "" : "url: ",
                      one_line(attached.published->commit.page())));
}

class AttachCommand final : public Verb {
 public:
  explicit AttachCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "attach", "Add signatures and attestations beside a model")) {
    // CLI11 gives a list all words that follow.
    command()
        .add_option("FILES", options_.words,
                    "Sigstore bundles, or claims.jsonl with one a line; then "
                    "the repository")
        .required();
    add_hub_options(command(), options_.hub);
    command().add_option("--branch", options_.branch,
                         "Branch that they go to (default: sigstore)");
    command().add_flag("--separate", options_.separate,
                       "Each as a file of its own, not as a line of "
                       "claims.jsonl");
    command().add_flag("--any-subject", options_.any_subject,
                       "Also what is about something else than this model");
    add_commit_flags(command(), options_.commit);
  }

  ExitCode run() override {
    Terminal terminal("hf-sigstore");
    if (options_.hub.quiet) terminal.set_quiet();
    if (options_.words.size() < 2) {
      terminal.report(fail(ErrorKind::invalid_input,
                           "attach needs a file and a repository"));
      return ExitCode::usage;
    }
    options_.files = std::move(options_.words);
    options_.hub.repo = std::move(options_.files.back());
    options_.files.pop_back();
    const Result<Outcome> outcome = run_attach(options_, terminal);
    if (!outcome.ok())
      return report(terminal, outcome.error(), options_.hub.json);
    print(*outcome, options_.hub);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_attach_command(CommandLine app) {
  return std::make_unique<AttachCommand>(app);
}

}  // namespace sigstore::hub
