// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/states.h"

#include <algorithm>
#include <utility>

#include "core/git/git_command.h"
#include "hub-client/store/store.h"

namespace sigstore::hub {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::minutes kGoodYes{10};
constexpr std::chrono::seconds kGoodNo{10};
constexpr std::chrono::seconds kGoodName{10};
// Listings with their manifests take memory, names hardly any.
constexpr std::size_t kMostStates = 32;
constexpr std::size_t kMostNames = 4096;

std::string join(const std::string& left, const std::string& right) {
  return concat(left, "\n", right);
}

// What only costs time to find out again.
template <class Map>
void make_room(Map& map, std::size_t most) {
  if (map.size() >= most) map.clear();
}

}  // namespace

States::Asked States::look_up(const std::string& caller_repo,
                              const std::string& revision) {
  if (const auto commit = parse_commit(revision)) {
    const auto name = given_.find(join(caller_repo, revision));
    return {name == given_.end() ? revision : name->second, commit};
  }
  const auto name = names_.find(join(caller_repo, revision));
  if (name == names_.end() || name->second.good_until < steady_clock::now())
    return {revision, std::nullopt};
  return {revision, name->second.commit};
}

// Nothing while it is not known. Under the lock.
std::optional<Result<Release>> States::answer(const std::string& caller_repo,
                                              const RepoName& repo,
                                              const std::string& revision,
                                              const std::string& path) {
  const Asked asked = look_up(caller_repo, revision);
  if (!asked.commit) return std::nullopt;
  std::string key =
      join(join(caller_repo, asked.revision), asked.commit->id.to_hex());
  const auto found = states_.find(key);
  if (found == states_.end() || found->second.good_until < steady_clock::now())
    return std::nullopt;
  const State& state = found->second;
  if (!state.judged) return Result<Release>(state.refusal);
  Release release{std::move(key), repo,         asked.revision,
                  *asked.commit,  std::nullopt, {}};
  if (const ListedFile* const file = state.judged->listing().find(path)) {
    release.file = *file;
    release.expected = state.judged->expected_of(*file);
  }
  return Result<Release>(std::move(release));
}

Result<Release> States::find(const Caller& caller, const RepoName& repo,
                             const std::string& revision,
                             const std::string& path,
                             const StillWaiting& still_waiting) {
  const std::string caller_repo = join(caller.key, repo.path());
  // Twice: it may have been pushed out meanwhile.
  for (int attempt = 0; attempt < 2; ++attempt) {
    Asked asked;
    {
      const std::lock_guard lock(mutex_);
      if (auto known = answer(caller_repo, repo, revision, path))
        return *std::move(known);
      asked = look_up(caller_repo, revision);
    }
    TRY(errands_.run(
        join(caller_repo, revision),
        [this, caller, repo, asked] { return refresh(caller, repo, asked); },
        still_waiting));
  }
  return fail(ErrorKind::network, repo.path(), ": too busy, try again");
}

Result<void> States::refresh(const Caller& caller, const RepoName& repo,
                             Asked asked) {
  const std::string caller_repo = join(caller.key, repo.path());
  TRY_ASSIGN(const auto network, tools_.networks.lend());
  Hub hub(*network, HubOptions{tools_.endpoint, caller.token});
  if (!asked.commit) {
    TRY_ASSIGN(asked.commit, hub.resolve_revision(repo, asked.revision));
    note(caller, repo, asked.revision, *asked.commit);
    const std::lock_guard lock(mutex_);
    names_[join(caller_repo, asked.revision)] = {
        *asked.commit, steady_clock::now() + kGoodName};
    // It may have been judged already, and nothing is new.
    const auto state = states_.find(
        join(join(caller_repo, asked.revision), asked.commit->id.to_hex()));
    if (state != states_.end() && state->second.judged &&
        state->second.good_until > steady_clock::now())
      return {};
  }
  Result<std::unique_ptr<JudgedListing>> judged =
      judge(hub, repo, asked, *asked.commit);
  // No network is no verdict, and the Hub's own refusals are about the caller.
  if (!judged.ok() && (judged.error().kind == ErrorKind::network ||
                       judged.error().kind == ErrorKind::not_found ||
                       judged.error().kind == ErrorKind::unauthorized))
    return std::move(judged).error();
  State state;
  state.good_until = steady_clock::now() + (judged.ok() ? kGoodYes : kGoodNo);
  if (judged.ok())
    state.judged = std::move(*judged);
  else
    state.refusal = std::move(judged).error();
  const std::string key =
      join(join(caller_repo, asked.revision), asked.commit->id.to_hex());
  tell(key, repo, asked, *asked.commit, state);
  keep(key, std::move(state));
  return {};
}

Result<std::unique_ptr<JudgedListing>> States::judge(
    Hub& hub, const RepoName& repo, const Asked& asked,
    const git::CommitId& commit) {
  const std::string url = tools_.endpoint.page(repo);
  // The configuration of the folder that the proxy stands in is about another
  // repository.
  TRY_ASSIGN(const Settings settings,
             load_settings(git::Git().in_directory("/"), url));
  TRY_ASSIGN(RepoId id, repository_id(settings, url));
  TRY_ASSIGN(std::string ref,
             ref_of_revision(&hub, repo, asked.revision, commit));
  CommitQuestion question{std::move(id), std::move(ref), commit, true,
                          current_time()};
  TRY_ASSIGN(Listing listing, hub.list(repo, commit));
  const auto read = [&](const ListedFile& file) {
    return hub.read(repo, commit, file.path, limits::kBundle);
  };
  Trace trace;
  TRY_ASSIGN(std::unique_ptr<JudgedListing> judged,
             JudgedListing::judge(std::move(listing), std::move(question),
                                  settings, tools_.trust_file, read, trace));
  if (judged->is_unchecked()) return judged;
  TRY(tools_.trust_file.update([&](TrustStore& store) -> Result<void> {
    return remember(judged->question(), judged->verdict(),
                    store.at(judged->question().repository));
  }));
  return judged;
}

void States::keep(const std::string& key, State state) {
  const std::lock_guard lock(mutex_);
  const auto now = steady_clock::now();
  for (auto item = states_.begin(); item != states_.end();)
    item = item->second.good_until < now ? states_.erase(item) : ++item;
  while (states_.size() >= kMostStates)
    states_.erase(std::min_element(
        states_.begin(), states_.end(), [](const auto& a, const auto& b) {
          return a.second.good_until < b.second.good_until;
        }));
  states_[key] = std::move(state);
}

// One line a verdict, on the terminal and on the status page.
void States::tell(const std::string& key, const RepoName& repo,
                  const Asked& asked, const git::CommitId& commit,
                  const State& state) {
  StateRecord record;
  record.repository = repo.path();
  record.revision = asked.revision;
  record.commit = commit.id.to_hex();
  record.seen = current_time();
  if (!state.judged) {
    record.standing = StateRecord::Standing::refused;
    record.words = one_line(state.refusal.message);
    tools_.terminal.report(state.refusal);
    tools_.records.judged(key, std::move(record));
    return;
  }
  const JudgedListing& judged = *state.judged;
  const CommitVerdict& verdict = judged.verdict();
  if (judged.is_unchecked()) {
    record.standing = StateRecord::Standing::unchecked;
    record.words =
        judged.warning().empty() ? "not checked" : one_line(judged.warning());
    tools_.terminal.warn(
        concat(describe(judged.question().repository, judged.question().ref),
               " was not checked", judged.warning().empty() ? "" : ": ",
               judged.warning()));
  } else {
    record.standing = verdict.verified ? StateRecord::Standing::verified
                                       : StateRecord::Standing::not_signed;
    record.words = verdict.verified
                       ? one_line(concat("signed by ", verdict.signer))
                       : "not signed";
    tools_.terminal.say(verdict.line(judged.question()));
    for (const std::string& words : verdict.notes) tools_.terminal.warn(words);
    if (verdict.first_use)
      tools_.terminal.say(verdict.first_use_line(judged.question()));
  }
  tools_.records.judged(key, std::move(record));
}

void States::note(const Caller& caller, const RepoName& repo,
                  const std::string& revision, const git::CommitId& commit) {
  if (parse_commit(revision)) return;
  const std::lock_guard lock(mutex_);
  make_room(given_, kMostNames);
  make_room(names_, kMostNames);
  given_.insert_or_assign(
      join(join(caller.key, repo.path()), commit.id.to_hex()), revision);
}

std::optional<Listing> States::check_off(const Release& release) {
  const std::lock_guard lock(mutex_);
  const auto state = states_.find(release.state);
  if (state == states_.end() || !state->second.judged) return std::nullopt;
  const Listing& listing = state->second.judged->listing();
  if (!state->second.verified.insert(release.file->path).second ||
      state->second.verified.size() < listing.files.size())
    return std::nullopt;
  return listing;
}

}  // namespace sigstore::hub
