// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/push_signing.h"

#include <algorithm>
#include <utility>

#include "core/app/commit_check.h"
#include "core/app/merge_rule.h"
#include "core/app/push_rules.h"
#include "core/app/repository.h"
#include "core/git/commit_file.h"
#include "core/manifest/signature_file.h"
#include "core/manifest/tree_content.h"

namespace sigstore {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

std::string short_name(const std::string& ref) {
  return ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref;
}

// The branch that a source names, "" for anything else (an id, a tag).
Result<std::string> source_branch(const git::Git& git,
                                  const std::string& source) {
  if (source.starts_with(kHeads)) return source;
  if (source != "HEAD") return std::string();
  TRY_ASSIGN(std::optional<std::string> branch, git.head_branch());
  return std::move(branch).value_or(std::string());
}

}  // namespace

Result<PushLine> PushLine::parse(std::string_view line) {
  PushLine push;
  if (line.starts_with('+')) {
    push.force = true;
    line.remove_prefix(1);
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon + 1 == line.size())
    return fail(ErrorKind::invalid_input, "malformed push line");
  push.source = line.substr(0, colon);
  push.destination = line.substr(colon + 1);
  return push;
}

std::string PushLine::encode() const {
  return concat("push ", force ? "+" : "", source, ":", destination, "\n");
}

Result<CommitSigner*> PushSigning::signer() {
  if (signer_) return &*signer_;
  TRY_ASSIGN(signer_, CommitSigner::by_settings(session_.settings));
  return &*signer_;
}

Result<void> PushSigning::check_ready(
    const std::map<std::string, git::ObjectId>& remote) {
  if (session_.settings.sign_with != SignWith::identity) return {};
  TRY_ASSIGN(const TrustStore store, session_.trust_file.load());
  const RepositoryTrust& trust = store.find(session_.repository);
  if (!must_sign(session_.settings, trust)) return {};
  TRY_ASSIGN(CommitSigner * by, signer());
  Result<void> ready = by->look_at_token();
  if (ready.ok()) return {};
  TRY_ASSIGN(const std::optional<std::string> head, session_.git.head_branch());
  const Result<git::CommitId> commit = session_.git.resolve_commit("HEAD");
  if (!head || !commit.ok()) return {};
  const bool is_there =
      std::any_of(remote.begin(), remote.end(),
                  [&](const auto& ref) { return ref.second == commit->id; });
  if (is_there) return {};
  TRY_ASSIGN(const Repository repository,
             open_repository(session_.git, "", session_.remote));
  TRY_ASSIGN(const bool needed, needs_signature(repository,
                                                {session_.repository, *head,
                                                 *commit, current_time()},
                                                session_.settings, trust, *by));
  return needed ? ready : Result<void>();
}

Result<PreparedPush> PushSigning::prepare_one(const PushLine& line) {
  PreparedPush push{line, std::nullopt, {}, ""};
  if (line.source.empty() || !line.destination.starts_with(kHeads)) return push;
  TRY_ASSIGN(push.original, session_.git.resolve_commit(line.source));
  TRY_ASSIGN(const Repository repository,
             open_repository(session_.git, "", session_.remote));
  if (dry_run_) {
    TreeContent content(*repository.objects, repository.git, push.original,
                        tree_policy(session_.settings));
    Selection selection;
    Parameters parameters;
    parameters.allow_symlinks = session_.settings.allow_symlinks;
    TRY(selection.exclusions.add(kSignatureName));
    TRY_ASSIGN(const Manifest manifest,
               content.manifest(parameters, selection));
    session_.terminal.say(
        concat("would sign ", manifest.resources.size(), " files"));
    return push;
  }
  TRY_ASSIGN(CommitSigner * by, signer());
  TRY_ASSIGN(push.branch, source_branch(session_.git, line.source));
  if (!push.branch.empty())
    TRY(check_branch_can_advance(session_.git, push.branch));
  TRY_ASSIGN(const TrustStore store, session_.trust_file.load());
  const SigningTask task{session_.repository, line.destination, push.original,
                         current_time()};
  TRY_ASSIGN(push.signed_commit,
             sign_commit(repository, task, session_.settings,
                         store.find(session_.repository), *by));
  if (!push.signed_commit->created) return push;
  session_.terminal.say(
      concat("signing ", push.signed_commit->files,
             push.signed_commit->files == 1 ? " file " : " files ",
             push.signed_commit->by()));
  if (!push.signed_commit->note.empty())
    session_.terminal.say(push.signed_commit->note);
  push.line.source = push.signed_commit->commit.id.to_hex();
  return push;
}

// A tag that goes to a commit without a signature that fits: it is pushed as
// it is, and readers hear how to make it better.
void PushSigning::mention_tag(const PushLine& line) const {
  constexpr std::string_view kTags = "refs/tags/";
  if (line.source.empty() || !line.destination.starts_with(kTags)) return;
  const Result<git::CommitId> commit = session_.git.resolve_commit(line.source);
  const Result<Repository> repository = open_repository(session_.git, "");
  const Result<TrustStore> store = session_.trust_file.load();
  if (!commit.ok() || !repository.ok() || !store.ok()) return;
  RepositoryTrust trust = store->find(session_.repository);
  trust.refs.clear();
  Trace trace;
  const Result<CommitVerdict> verdict = check_commit(
      *repository,
      {session_.repository, line.destination, *commit, true, current_time()},
      session_.settings, trust, trace);
  if (verdict.ok() && verdict->verified) return;
  const std::string name = line.destination.substr(kTags.size());
  session_.terminal.say(concat(
      "tag ", name, " is on a commit that is not signed; 'git sigstore tag ",
      name, " --force' on it signs first, then push the tag again"));
}

// The one refusal that git knows of and leaves to the transport
// (transport-helper.c, push_refs_with_push): the server's commit is not here.
Result<bool> PushSigning::must_fetch_first(const PushLine& line,
                                           const Known& known) const {
  const auto there = known.remote.find(line.destination);
  if (line.force || line.source.empty() || there == known.remote.end() ||
      !line.destination.starts_with(kHeads))
    return false;
  TRY_ASSIGN(const Repository repository, open_repository(session_.git, ""));
  const Result<git::ObjectHeader> here =
      repository.objects->header(there->second);
  return !here.ok() && here.error().kind == ErrorKind::incomplete;
}

Result<std::vector<PreparedPush>> PushSigning::prepare(
    const std::vector<PushLine>& lines, const Known& known) {
  std::vector<PreparedPush> prepared;
  TRY_ASSIGN(const TrustStore store, session_.trust_file.load());
  bool sign = must_sign(session_.settings, store.find(session_.repository));
  std::vector<bool> refused(lines.size());
  for (std::size_t i = 0; sign && i < lines.size(); ++i) {
    TRY_ASSIGN(refused[i], must_fetch_first(lines[i], known));
  }
  if (known.atomic && std::count(refused.begin(), refused.end(), true) > 0)
    sign = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const PushLine& line = lines[i];
    if (sign) mention_tag(line);
    if (!sign || refused[i]) {
      prepared.push_back({line, std::nullopt, {}, ""});
      continue;
    }
    TRY_ASSIGN(PreparedPush push, prepare_one(line));
    prepared.push_back(std::move(push));
  }
  return prepared;
}

void PushSigning::advance(const PreparedPush& push) {
  const std::string change = concat(
      "signed ", push.original.id.to_short(), " -> ",
      push.signed_commit->commit.id.to_short(), push.signed_commit->in_log());
  if (!push.branch.empty()) {
    const Result<void> moved = git::advance_branch(
        session_.git, push.branch, push.original, push.signed_commit->commit);
    if (moved.ok()) {
      if (const Result<void> rule = keep_ours_on_merge(session_.git);
          !rule.ok())
        session_.terminal.warn(rule.error().message);
      session_.terminal.say(concat(change, "; local branch '",
                                   short_name(push.branch),
                                   "' fast-forwarded"));
      return;
    }
  }
  session_.terminal.say(
      change + "; remote is now one commit ahead (signature); run 'git pull'");
}

std::string PushSigning::accepted(const PreparedPush& push,
                                  const std::optional<git::ObjectId>& before) {
  if (!push.signed_commit) return {};
  const Result<void> remembered =
      remember_push(session_.git, session_.trust_file, session_.repository,
                    *push.signed_commit->signer, push.line.destination,
                    push.signed_commit->record, session_.terminal);
  if (!remembered.ok())
    session_.terminal.warn("pushed, but not remembered: " +
                           remembered.error().message);
  if (!push.signed_commit->created) return {};
  advance(push);
  const git::ObjectId& after = push.signed_commit->commit.id;
  std::string options = "option refname " + push.line.destination + "\n";
  if (before) options += "option old-oid " + before->to_hex() + "\n";
  options += "option new-oid " + after.to_hex() + "\n";
  if (push.line.force && before) {
    const Result<std::optional<bool>> descends = session_.git.is_ancestor(
        git::CommitId{*before}, push.signed_commit->commit);
    if (descends.ok() && *descends != true) options += "option forced-update\n";
  }
  return options;
}

}  // namespace sigstore
