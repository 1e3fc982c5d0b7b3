// SPDX-License-Identifier: Apache-2.0
#include "core/app/gate.h"

#include <fnmatch.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "core/app/commit_check.h"
#include "core/app/repository.h"

namespace sigstore {
namespace {

constexpr std::chrono::milliseconds kPatience{1000};

// The commit that a ref means: an annotated tag is an object of its own.
Result<git::CommitId> peel(const Repository& repository,
                           const git::ObjectId& id) {
  const auto header = repository.objects->header(id);
  if (!header.ok() || header->type != git::ObjectType::tag)
    return git::CommitId{id};
  return repository.git.resolve_commit(id.to_hex());
}

// As git asks before it decides that nothing has to be fetched (connected.c).
Result<bool> is_connected(const git::Git& git, const git::ObjectId& id) {
  TRY_ASSIGN(
      const CommandOutput output,
      git.run({"rev-list", "--objects", "--quiet", "--exclude-promisor-objects",
               id.to_hex(), "--not", "--all"}));
  return output.status == 0;
}

std::vector<git::CommitId> branch_tips(const RefListing& listing) {
  std::vector<git::CommitId> tips;
  for (const ListedRef& ref : listing.refs)
    if (ref.name.starts_with("refs/heads/"))
      tips.push_back(git::CommitId{ref.id});
  return tips;
}

}  // namespace

void RefListing::list_head_target() {
  const auto named = [&](const std::string& name) {
    return std::find_if(refs.begin(), refs.end(),
                        [&](const ListedRef& ref) { return ref.name == name; });
  };
  const auto head = named("HEAD");
  if (head_target.empty() || head == refs.end() ||
      named(head_target) != refs.end())
    return;
  refs.push_back({head_target, git::ObjectId(head->id)});
}

Result<std::set<std::string>> Gate::protected_refs(const RefListing& listing) {
  std::set<std::string> names;
  if (!listing.head_target.empty()) names.insert(listing.head_target);
  TRY_ASSIGN(const TrustStore store, session_.trust_file.load());
  for (const auto& [ref, last] : store.find(session_.repository).refs)
    names.insert(ref);
  for (const ListedRef& ref : listing.refs) {
    // A detached HEAD on the server is what a clone checks out.
    if (ref.name == "HEAD" && listing.head_target.empty())
      names.insert(ref.name);
    for (const std::string& pattern : session_.settings.refs)
      if (fnmatch(pattern.c_str(), ref.name.c_str(), 0) == 0)
        names.insert(ref.name);
  }
  return names;
}

Result<std::vector<git::CommitId>> Gate::protected_commits(
    const RefListing& listing) {
  TRY_ASSIGN(const std::set<std::string> names, protected_refs(listing));
  std::vector<git::CommitId> commits;
  for (const ListedRef& ref : listing.refs)
    if (names.contains(ref.name)) commits.push_back(git::CommitId{ref.id});
  return commits;
}

Result<void> Gate::check_listed(const RefListing& listing) {
  return check_refs(listing, "", true);
}

Result<void> Gate::check_fetched(const RefListing& listing,
                                 const std::set<git::ObjectId>& wanted,
                                 const std::string& quarantine,
                                 bool history_complete) {
  TRY(check_refs(listing, quarantine, history_complete));
  TRY(check_wanted(listing, wanted, quarantine, history_complete));
  if (verified_some_) mention_others(listing, wanted);
  return {};
}

Result<void> Gate::check_refs(const RefListing& listing,
                              const std::string& quarantine,
                              bool history_complete) {
  TRY_ASSIGN(const std::set<std::string> names, protected_refs(listing));
  for (const ListedRef& ref : listing.refs) {
    if (!names.contains(ref.name)) continue;
    Result<void> checked =
        check_ref(listing, ref, quarantine, history_complete);
    // Another fetch may be in the middle of writing what is listed here.
    for (std::chrono::milliseconds pause(50);
         quarantine.empty() && !checked.ok() && pause < kPatience &&
         checked.error().kind == ErrorKind::incomplete;
         pause *= 2) {
      std::this_thread::sleep_for(pause);
      checked = check_ref(listing, ref, quarantine, history_complete);
    }
    // What a fetch that was killed left behind is no state that git could use:
    // it fetches it again, and then it is judged.
    if (quarantine.empty() && !checked.ok() &&
        checked.error().kind == ErrorKind::incomplete) {
      TRY_ASSIGN(const bool connected, is_connected(session_.git, ref.id));
      if (!connected) continue;
    }
    TRY(or_warn(std::move(checked)));
  }
  return {};
}

// In the mode warn a refusal is said and nothing more.
Result<void> Gate::or_warn(Result<void> checked) {
  if (checked.ok() || session_.settings.mode != Mode::warn) return checked;
  session_.terminal.warn(checked.error().message);
  return {};
}

Result<void> Gate::check_ref(const RefListing& listing, const ListedRef& ref,
                             const std::string& quarantine,
                             bool history_complete) {
  TRY_ASSIGN(const TrustStore store, session_.trust_file.load());
  const RepositoryTrust& trust = store.find(session_.repository);
  const auto known = trust.refs.find(ref.name);
  const bool same =
      known != trust.refs.end() && known->second.commit == ref.id.to_hex();
  // Nothing moved, and nothing changed that the last answer came from.
  if (same && quarantine.empty() && is_cached(ref, trust)) {
    verified_some_ = true;
    return {};
  }
  TRY_ASSIGN(const Repository repository,
             open_repository(session_.git, quarantine, session_.remote));
  // Neither here nor in what arrived: git cannot set a ref to it either.
  const Result<git::ObjectHeader> here = repository.objects->header(ref.id);
  if (!here.ok() && here.error().kind == ErrorKind::incomplete) return {};
  if (!here.ok()) return here.error();
  // Shallow before: absence of an ancestor proves nothing.
  TRY_ASSIGN(const std::string shallow,
             session_.git.read({"rev-parse", "--is-shallow-repository"}));
  TRY_ASSIGN(const git::CommitId commit, peel(repository, ref.id));
  CommitQuestion question{session_.repository, ref.name, commit,
                          history_complete && shallow != "true",
                          current_time()};
  // A branch is signed at its tip or not at all.
  if (!ref.name.starts_with("refs/heads/"))
    question.child_tips = branch_tips(listing);
  Trace trace;
  TRY_ASSIGN(const CommitVerdict verdict,
             check_commit_cached(session_.verdicts, repository, question,
                                 session_.settings, trust, trace));
  const bool is_news = known == trust.refs.end() || !verdict.verified ||
                       known->second.commit != verdict.verified->commit;
  // A clone wants to be told in any case; a fetch only when something moved.
  if (is_news || !quarantine.empty()) {
    session_.terminal.say(verdict.line(question));
    for (const std::string& note : verdict.notes) session_.terminal.warn(note);
  }
  if (!verdict.verified) return {};
  verified_some_ = true;
  TRY(session_.trust_file.update([&](TrustStore& current) -> Result<void> {
    return remember(question, verdict, current.at(session_.repository));
  }));
  if (verdict.first_use)
    session_.terminal.say(verdict.first_use_line(question));
  return {};
}

Result<void> Gate::check_wanted(const RefListing& listing,
                                const std::set<git::ObjectId>& wanted,
                                const std::string& quarantine,
                                bool history_complete) {
  std::set<git::ObjectId> unlisted = wanted;
  for (const ListedRef& ref : listing.refs) unlisted.erase(ref.id);
  if (unlisted.empty()) return {};
  TRY_ASSIGN(const Repository repository,
             open_repository(session_.git, quarantine, session_.remote));
  for (const git::ObjectId& id : unlisted) {
    const Result<git::ObjectHeader> header = repository.objects->header(id);
    if (!header.ok() && header.error().kind != ErrorKind::incomplete)
      return header.error();
    // Trees and blobs are what a partial clone left out.
    if (!header.ok() || header->type != git::ObjectType::commit) continue;
    TRY(or_warn(
        check_by_id(listing, git::CommitId{id}, repository, history_complete)));
  }
  return {};
}

Result<void> Gate::check_by_id(const RefListing& listing,
                               const git::CommitId& commit,
                               const Repository& repository,
                               bool history_complete) {
  TRY_ASSIGN(const TrustStore store, session_.trust_file.load());
  const RepositoryTrust& trust = store.find(session_.repository);
  for (const auto& [ref, last] : trust.refs) {
    const auto verified = git::ObjectId::parse_hex(last.commit);
    if (!verified) continue;
    TRY_ASSIGN(const std::optional<bool> descends,
               repository.git.is_ancestor(commit, git::CommitId{*verified}));
    if (descends == true) return {};
  }
  const CommitQuestion question{
      session_.repository, commit.id.to_hex(), commit,
      history_complete,    current_time(),     branch_tips(listing)};
  Trace trace;
  TRY_ASSIGN(
      const CommitVerdict verdict,
      check_commit(repository, question, session_.settings, trust, trace));
  session_.terminal.say(verdict.line(question));
  return {};
}

bool Gate::is_cached(const ListedRef& ref, const RepositoryTrust& trust) {
  const CommitQuestion question{session_.repository, ref.name,
                                git::CommitId{ref.id}, true, current_time()};
  return session_.verdicts.find(question, session_.settings, trust).has_value();
}

void Gate::mention_others(const RefListing& listing,
                          const std::set<git::ObjectId>& wanted) {
  constexpr std::string_view kHeads = "refs/heads/";
  constexpr std::size_t kShown = 3;
  const Result<std::set<std::string>> names = protected_refs(listing);
  if (!names.ok()) return;
  std::vector<std::string> others;
  for (const ListedRef& ref : listing.refs)
    if (ref.name.starts_with(kHeads) && !names->contains(ref.name) &&
        wanted.contains(ref.id))
      others.push_back(ref.name.substr(kHeads.size()));
  if (others.empty()) return;
  std::string line = "not verified, because not protected (sigstore.refs): ";
  for (std::size_t i = 0; i < std::min(others.size(), kShown); ++i)
    line += (i == 0 ? "" : ", ") + others[i];
  if (others.size() > kShown)
    line += concat(" (+", others.size() - kShown, " more)");
  session_.terminal.say(line);
}

}  // namespace sigstore
