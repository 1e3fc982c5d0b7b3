// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub_session.h"

#include <optional>
#include <utility>

#include "core/app/network.h"
#include "core/git/git_command.h"
#include "hub-client/hub/token_search.h"

namespace sigstore::hub {
namespace {

constexpr std::chrono::seconds kWorthTelling{2};

}  // namespace

void add_hub_flags(CommandLine command, HubFlags& flags) {
  command
      .add_option("REPO", flags.repo,
                  "Repository: org/model, datasets/org/data, hf://...")
      .required();
  add_hub_options(command, flags);
}

void add_hub_options(CommandLine command, HubFlags& flags) {
  command.add_option("--type", flags.type, "Type of the repository")
      .one_of({"model", "dataset", "space"});
  command.add_option("--revision", flags.revision,
                     "Branch, tag, refs/pr/N or commit (default: main)");
  command.add_option("--token-file", flags.token_file,
                     "File with a token of the Hub (default: as hf has it)");
  command.add_option("--token", flags.token,
                     "The token itself; other programs can see it there");
  command.add_flag("--json", flags.json, "Print the result as JSON");
  command.add_flag("-q,--quiet", flags.quiet, "Print the result alone");
}

void add_commit_flags(CommandLine command, CommitFlags& flags) {
  command.add_option("--commit-message", flags.summary,
                     "First line of the commit's message");
  command.add_flag("--create-pr", flags.create_pr,
                   "Open a pull request in the place of a commit");
}

Result<HubSettings> read_online_settings(std::string_view what) {
  TRY_ASSIGN(HubSettings settings, read_hub_settings(environment_variable));
  if (!settings.offline) return settings;
  return fail(ErrorKind::invalid_input, "HF_HUB_OFFLINE is set, and ", what,
              " needs the network");
}

Result<Wanted> read_wanted(const HubFlags& flags, const HubSettings& settings) {
  std::optional<RepoType> type;
  if (!flags.type.empty()) {
    TRY_ASSIGN(type, parse_type(flags.type));
  }
  TRY_ASSIGN(Target target, parse_target(flags.repo, type));
  if (!target.revision.empty() && !flags.revision.empty() &&
      target.revision != flags.revision)
    return fail(ErrorKind::invalid_input, "two revisions: ", target.revision,
                " and ", flags.revision);
  std::string revision =
      target.revision.empty() ? flags.revision : target.revision;
  if (revision.empty()) revision = "main";
  const std::string url = settings.endpoint.page(target.repo);
  // The configuration of the folder that the user stands in is about another
  // repository.
  TRY_ASSIGN(Settings wishes, load_settings(git::Git().in_directory("/"), url));
  TRY_ASSIGN(RepoId id, repository_id(wishes, url));
  return Wanted{std::move(target.repo), std::move(revision),
                std::move(target.path), std::move(id), std::move(wishes)};
}

std::function<void(std::chrono::milliseconds)> tell_waits(
    const Terminal& terminal, const HubFlags& flags) {
  return [&terminal, &flags](std::chrono::milliseconds wait) {
    if (flags.quiet || wait < kWorthTelling) return;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    terminal.say(concat("the Hub asks to wait ", seconds, " s"));
  };
}

Result<HubSession> HubSession::open(const HubFlags& flags, HubSettings settings,
                                    bool needs_token,
                                    const Terminal& terminal) {
  if (!flags.token.empty())
    terminal.warn(
        "--token can be read by other programs of this machine; use "
        "--token-file or HF_TOKEN");
  HubSession session;
  session.network_ = make_network();
  TokenWish wish;
  wish.text = flags.token;
  wish.file = flags.token_file;
  wish.needed = needs_token;
  AccessToken token;
  if (!settings.offline) {
    TRY_ASSIGN(token, find_token(wish, settings, environment_variable,
                                 *session.network_, current_time()));
  }
  if (needs_token && token.empty())
    return fail(ErrorKind::unauthorized,
                "there is no token of the Hub; log in with 'hf auth login', or "
                "set HF_TOKEN");
  http::Pauses pauses = http::Pauses::real();
  pauses.asked = tell_waits(terminal, flags);
  session.hub_ = std::make_unique<Hub>(
      *session.network_, HubOptions{settings.endpoint, std::move(token)},
      std::move(pauses));
  session.settings_ = std::move(settings);
  return session;
}

void HubSession::tell_warnings(const Terminal& terminal) {
  for (const std::string& warning : hub_->take_warnings())
    terminal.warn(warning);
}

}  // namespace sigstore::hub
