// SPDX-License-Identifier: Apache-2.0
#include "hooks/reference_transaction.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/app/gate.h"
#include "core/app/hook_limits.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "hooks/protected_remotes.h"
#include "hooks/ref_updates.h"
#include "hooks/signed_push.h"

namespace sigstore {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
constexpr std::string_view kTags = "refs/tags/";
constexpr std::string_view kPrefetch = "refs/prefetch/";

// The repository whose refs change.
struct Place {
  git::Git git;
  std::string git_dir;
  std::vector<Remote> remotes;
  std::vector<FetchedRef> fetched;
  bool is_clone = false;
  bool is_bare = false;
  bool moves_head = false;  // the last refs of a clone
  bool moves_branch = false;
};

// What one remote brings in.
struct Arrival {
  Remote remote;
  RefListing listing;
  bool default_unknown = false;
};

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

Result<Place> open_place() {
  Place place;
  TRY_ASSIGN(const std::string folders,
             place.git.read({"rev-parse", "--path-format=absolute", "--git-dir",
                             "--git-common-dir"}));
  const std::size_t newline = folders.find('\n');
  place.git_dir = folders.substr(0, newline);
  const bool is_main = folders.substr(newline + 1) == place.git_dir;
  TRY_ASSIGN(place.remotes, read_remotes(place.git));
  TRY_ASSIGN(const std::string bare,
             place.git.read({"rev-parse", "--is-bare-repository"}));
  place.is_bare = bare == "true";
  const std::filesystem::path folder = place.git_dir;
  const Result<Bytes> text =
      read_file(folder / "FETCH_HEAD", limits::kFetchHead);
  if (text.ok())
    place.fetched = parse_fetch_head(as_text(*text));
  else if (text.error().kind != ErrorKind::not_found)
    return text.error();
  // A clone names its repository by the environment, and has neither fetched
  // into FETCH_HEAD nor written an index so far.
  place.is_clone = is_main && text.ok() == false &&
                   !is_there(folder / "index") &&
                   !environment_variable("GIT_DIR").empty();
  return place;
}

// Adds "`remote` has `ref` at `id`" once.
void add(std::map<std::string, Arrival>& arrivals, const Remote& remote,
         const std::string& ref, const git::ObjectId& id) {
  Arrival& arrival = arrivals[remote.name];
  arrival.remote = remote;
  const auto& refs = arrival.listing.refs;
  const bool known =
      std::any_of(refs.begin(), refs.end(), [&](const ListedRef& listed) {
        return listed.name == ref && listed.id == id;
      });
  if (!known) arrival.listing.refs.push_back({ref, id});
}

bool same_repository(const std::string& a, const std::string& b) {
  const auto web_a = web_url(a);
  const auto web_b = web_url(b);
  if (!web_a || !web_b) return a == b;
  const Result<RepoId> id_a = RepoId::from_url(*web_a);
  const Result<RepoId> id_b = RepoId::from_url(*web_b);
  return id_a.ok() && id_b.ok() && *id_a == *id_b;
}

// A commit that a local branch has already is no news: our own push makes git
// set the remote-tracking ref to it. What a fetch says it brought is.
Result<bool> is_own_push(const Place& place, const Remote& remote,
                         const RefUpdate& update) {
  for (const FetchedRef& fetched : place.fetched)
    if (fetched.id == update.after && same_repository(fetched.url, remote.url))
      return false;
  if (place.is_clone || update.ref.starts_with(kPrefetch)) return false;
  TRY_ASSIGN(const CommandOutput branches,
             place.git.run({"for-each-ref", "--count=1", "--contains",
                            update.after.to_hex(), "refs/heads"}));
  return branches.status == 0 && !branches.out.empty();
}

// 1. By the refspecs of the remotes; a prefetch keeps the same refs one
// folder further down (git-maintenance(1), prefetch).
Result<void> add_tracked(const Place& place, const RefUpdate& update,
                         std::map<std::string, Arrival>& arrivals) {
  std::string ref = update.ref;
  if (ref.starts_with(kPrefetch)) ref = "refs/" + ref.substr(kPrefetch.size());
  for (const Remote& remote : place.remotes) {
    for (const Refspec& refspec : remote.fetch) {
      const std::optional<std::string> source = refspec.source_of(ref);
      if (!source) continue;
      TRY_ASSIGN(const bool own, is_own_push(place, remote, update));
      if (!own) add(arrivals, remote, *source, update.after);
    }
  }
  return {};
}

// 2. By what was just fetched, whatever local ref shall have it.
void add_fetched(const Place& place, const RefUpdate& update,
                 std::map<std::string, Arrival>& arrivals) {
  for (const FetchedRef& fetched : place.fetched) {
    if (fetched.id != update.after) continue;
    Remote source{fetched.url, fetched.url, false, {}};
    for (const Remote& remote : place.remotes)
      if (same_repository(remote.url, fetched.url)) source = remote;
    add(arrivals, source, fetched.ref, update.after);
  }
}

// 3. In a clone, HEAD and what has no refspec (bare clones) is as the server
// has it.
void add_cloned(const Place& place, const RefUpdate& update,
                std::map<std::string, Arrival>& arrivals) {
  if (!place.is_clone || place.remotes.size() != 1) return;
  const Remote& remote = place.remotes.front();
  const std::string& ref = update.ref;
  const bool is_known =
      ref == "HEAD" || ref.starts_with(kHeads) || ref.starts_with(kTags);
  // With a branch beside it, HEAD only repeats that; alone it is detached
  // (clone -b TAG), whatever it named before.
  if (!is_known || (ref == "HEAD" && place.moves_branch)) return;
  add(arrivals, remote, ref, update.after);
}

// 4. With HEAD of a clone, the default branch that came before it: it may be
// another one (clone -b).
Result<void> add_default(const Place& place,
                         std::map<std::string, Arrival>& arrivals) {
  if (!place.is_clone || !place.moves_head || place.remotes.size() != 1)
    return {};
  const Remote& remote = place.remotes.front();
  const std::string tracked = "refs/remotes/" + remote.name + "/HEAD";
  TRY_ASSIGN(const CommandOutput target,
             place.git.run({"symbolic-ref", "--quiet", tracked}));
  const Result<git::CommitId> commit = place.git.resolve_commit(tracked);
  if (target.status != 0 || !commit.ok()) return {};
  const std::string_view ref =
      std::string_view(target.out).substr(0, target.out.find('\n'));
  for (const Refspec& refspec : remote.fetch)
    if (const auto source = refspec.source_of(ref))
      add(arrivals, remote, *source, commit->id);
  return {};
}

// A clone with a work tree sets HEAD last, and knows by then what the server's
// HEAD is.
bool is_before_head(const Place& place) {
  return place.is_clone && !place.is_bare && !place.moves_head;
}

// The branch that the server's HEAD names, as remembered here or as the
// server says.
std::string find_default_branch(const Place& place, const Remote& remote) {
  if (is_before_head(place)) return {};
  const std::string tracked = "refs/remotes/" + remote.name + "/HEAD";
  const Result<std::string> target =
      place.git.read({"symbolic-ref", "--quiet", tracked});
  if (target.ok())
    for (const Refspec& refspec : remote.fetch)
      if (const auto source = refspec.source_of(*target)) return *source;
  constexpr std::string_view kSymref = "ref: ";
  constexpr std::chrono::seconds kPatience{30};
  RunOptions options;
  options.deadline = kPatience;
  const Result<std::string> answer = place.git.read(
      {"ls-remote", "--symref", "--end-of-options", remote.url, "HEAD"},
      options);
  if (!answer.ok() || !answer->starts_with(kSymref)) return {};
  return answer->substr(kSymref.size(), answer->find('\t') - kSymref.size());
}

Result<void> judge(const Place& place, Arrival& arrival) {
  TRY_ASSIGN(std::optional<Session> session,
             open_session(place.git, arrival.remote));
  if (!session) return {};
  // The helper has spoken about the same commits before.
  if (arrival.remote.has_helper) session->terminal.set_quiet();
  arrival.listing.head_target = find_default_branch(place, arrival.remote);
  // Which branch the server's HEAD names cannot be told: any may be it.
  if (arrival.listing.head_target.empty() && !is_before_head(place))
    session->settings.refs.emplace_back("refs/heads/*");
  Gate gate(*session);
  return gate.check_listed(arrival.listing);
}

// What was refused must not be in reach of `git merge FETCH_HEAD`.
void forget_fetched(const Place& place) {
  const std::string path = place.git_dir + "/FETCH_HEAD";
  const FileDescriptor emptied(
      open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
}

Result<void> on_prepared(const std::vector<RefUpdate>& updates) {
  TRY_ASSIGN(Place place, open_place());
  for (const RefUpdate& update : updates) {
    place.moves_branch |= update.ref.starts_with(kHeads);
    place.moves_head |= update.ref == "HEAD";
  }
  // git 2.54 and newer name the branch alone.
  place.moves_head |= place.moves_branch;
  std::map<std::string, Arrival> arrivals;
  for (const RefUpdate& update : updates) {
    TRY(add_tracked(place, update, arrivals));
    add_fetched(place, update, arrivals);
    add_cloned(place, update, arrivals);
  }
  TRY(add_default(place, arrivals));
  for (auto& [name, arrival] : arrivals) {
    Result<void> judged = judge(place, arrival);
    if (judged.ok()) continue;
    forget_fetched(place);
    return judged;
  }
  return {};
}

}  // namespace

Result<void> on_reference_transaction(const std::string& phase,
                                      const std::string& input) {
  // Others ("preparing" since git 2.54, "aborted") decide nothing.
  if (phase != "prepared" && phase != "committed") return {};
  TRY_ASSIGN(const std::vector<RefUpdate> updates, parse_ref_updates(input));
  if (phase == "prepared") return on_prepared(updates);
  return finish_signed_push(git::Git(), updates);
}

}  // namespace sigstore
