// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/app/network.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/sign_model.h"
#include "hub-client/commands.h"
#include "hub-client/hub_session.h"
#include "hub-client/publish.h"
#include "hub-client/push.h"
#include "hub-client/signing_options.h"

namespace sigstore::hub {
namespace {

struct Options {
  HubFlags hub;
  SigningOptions signing;
  std::string signature;
  CommitFlags commit;
  bool trust_hub_digests = false;
};

struct Outcome {
  Published published;
  Manifest manifest;
  std::optional<Signatory> signatory;  // nothing: somebody signed before
  RepoName repo;
  git::CommitId head;
};

Result<void> check_options(const Options& options) {
  if (options.signature.empty() != options.trust_hub_digests)
    return fail(ErrorKind::invalid_input,
                "name a file with --signature, or sign what the Hub lists with "
                "--trust-hub-digests; to sign what you have, use push");
  return {};
}

struct Signed {
  std::string bundle;
  Manifest manifest;
  std::optional<Signatory> signatory;
};

Result<Signed> read_signature(const std::string& path, const Listing& listing) {
  TRY_ASSIGN(const Bytes bytes, read_file(path, limits::kBundle));
  TRY_ASSIGN(Manifest manifest, claimed_manifest(bytes).context(path));
  TRY(check_listing(listing, manifest, Exclusions::defaults()).context(path));
  return Signed{std::string(as_text(bytes)), std::move(manifest), std::nullopt};
}

Result<Signed> sign_listing(Hub& hub, ChosenSigner& chosen,
                            const RepoName& repo, const Listing& listing) {
  SignRequest request{repo.id.substr(repo.id.find('/') + 1),
                      {},
                      {},
                      std::nullopt,
                      current_time()};
  TRY(request.selection.exclusions.add(kSignatureName));
  HubContent content(hub, repo, listing);
  TRY_ASSIGN(SignedModel model,
             sign_model(content, chosen.signer(), std::move(request)));
  return Signed{std::move(model.bundle), std::move(model.manifest),
                chosen.signatory()};
}

Result<Outcome> run_publish(const Options& options, const Terminal& terminal) {
  TRY(check_options(options));
  TRY_ASSIGN(const HubSettings settings, read_online_settings("publishing"));
  TRY_ASSIGN(const Wanted wanted, read_wanted(options.hub, settings));
  std::optional<ChosenSigner> chosen;
  if (options.trust_hub_digests) {
    TRY_ASSIGN(chosen, ChosenSigner::choose(options.signing, terminal));
  }
  TRY_ASSIGN(HubSession session,
             HubSession::open(options.hub, settings, true, terminal));
  TRY_ASSIGN(const std::unique_ptr<http::StreamClient> network,
             make_stream_network());
  Hub& hub = session.hub();
  TRY_ASSIGN(const git::CommitId head,
             hub.resolve_revision(wanted.repo, wanted.revision));
  TRY_ASSIGN(const Listing listing, hub.list(wanted.repo, head));
  Result<Signed> made = chosen
                            ? sign_listing(hub, *chosen, wanted.repo, listing)
                            : read_signature(options.signature, listing);
  if (!made.ok()) return std::move(made).error();
  PublishRequest request{
      wanted.repo,
      wanted.revision,
      head,
      {{std::string(kSignatureName), std::move(made->bundle)}},
      options.commit.summary,
      options.commit.create_pr};
  if (request.summary.empty()) request.summary = "Sign the model";
  Result<Published> published =
      publish(hub, *network, std::move(request), [&terminal] {
        terminal.warn("the token may not write here: opening a pull request");
      });
  session.tell_warnings(terminal);
  if (!published.ok()) return std::move(published).error();
  return Outcome{std::move(*published), std::move(made->manifest),
                 std::move(made->signatory), wanted.repo, head};
}

void print_json(const Outcome& outcome) {
  const Published& published = outcome.published;
  Json value = {{"ok", true},
                {"repository", outcome.repo.path()},
                {"signedCommit", outcome.head.id.to_hex()},
                {"commit", published.commit.commit.id.to_hex()},
                {"url", published.commit.url},
                {"pullRequest", published.is_pull_request},
                // Whose word was signed.
                {"digestsFromHub", outcome.signatory.has_value()},
                {"rootDigest",
                 "sha256:" + root_digest(outcome.manifest.resources).to_hex()},
                {"resources", outcome.manifest.resources.size()}};
  if (!published.commit.pull_request_url.empty())
    value["pullRequestUrl"] = published.commit.pull_request_url;
  if (outcome.signatory)
    for (const auto& [name, text] : outcome.signatory->members)
      value[name] = text;
  print_line(dump_json(value));
}

void print(const Outcome& outcome, const HubFlags& flags) {
  if (flags.json) return print_json(outcome);
  if (!flags.quiet) {
    if (outcome.signatory)
      print_line(concat("signed: ", outcome.manifest.resources.size(),
                        " resources, digests of large files as the Hub lists "
                        "them, ",
                        one_line(outcome.signatory->text)));
    print_line(concat("published: ", kSignatureName, " for ",
                      one_line(outcome.repo.path()), "@",
                      outcome.head.id.to_short()));
  }
  print_line(concat(flags.quiet ? "" : "url: ",
                    one_line(outcome.published.commit.page())));
}

class PublishCommand final : public Verb {
 public:
  explicit PublishCommand(CommandLine app)
      : Verb(app.add_subcommand("publish",
                                "Add a signature to a repository of the Hub")) {
    add_hub_flags(command(), options_.hub);
    command().add_option("--signature", options_.signature,
                         "Signature that was made before");
    command().add_flag(
        "--trust-hub-digests", options_.trust_hub_digests,
        "Sign the digests that the Hub lists, without the files");
    add_commit_flags(command(), options_.commit);
    add_signing_options(command(), options_.signing);
  }

  ExitCode run() override {
    Terminal terminal("hf-sigstore");
    if (options_.hub.quiet) terminal.set_quiet();
    const Result<Outcome> outcome = run_publish(options_, terminal);
    if (!outcome.ok())
      return report(terminal, outcome.error(), options_.hub.json);
    print(*outcome, options_.hub);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_publish_command(CommandLine app) {
  return std::make_unique<PublishCommand>(app);
}

}  // namespace sigstore::hub
