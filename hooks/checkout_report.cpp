// SPDX-License-Identifier: Apache-2.0
#include "hooks/checkout_report.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/app/commit_check.h"
#include "core/app/hook_limits.h"
#include "core/app/verdict_cache.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "hooks/leftover_pointers.h"
#include "hooks/protected_remotes.h"
#include "hooks/ref_updates.h"

namespace sigstore {
namespace {

constexpr std::string_view kHeads = "refs/heads/";
// Both in the folder of the work tree.
constexpr std::string_view kHeldBack = "sigstore-held-back";
constexpr std::string_view kReleased = "sigstore-released";

// HEAD, and where it comes from.
struct Head {
  git::CommitId commit;
  std::string branch;  // "refs/heads/main"; "" when detached
  std::string ref;     // on the server
  std::filesystem::path git_dir;
};

Result<std::filesystem::path> git_folder(const git::Git& git) {
  TRY_ASSIGN(const std::string folder,
             git.read({"rev-parse", "--absolute-git-dir"}));
  return std::filesystem::path(folder);
}

std::string config_value(const git::Git& git, const std::string& key) {
  const Result<std::string> value = git.read({"config", "--get", key});
  return value.ok() ? *value : std::string();
}

// The remote that the branch follows, else origin, else the only one.
const Remote* choose_remote(const git::Git& git,
                            const std::vector<Remote>& remotes,
                            const std::string& branch) {
  std::string name = "origin";
  if (!branch.empty()) {
    const std::string configured =
        config_value(git, "branch." + branch.substr(kHeads.size()) + ".remote");
    if (!configured.empty()) name = configured;
  }
  for (const Remote& remote : remotes)
    if (remote.name == name) return &remote;
  return remotes.size() == 1 ? &remotes.front() : nullptr;
}

// The server's name for a commit that no branch names.
Result<std::string> detached_ref(const git::Git& git, const Remote& remote,
                                 const git::CommitId& commit) {
  TRY_ASSIGN(const std::string refs,
             git.read({"for-each-ref", "--format=%(refname)", "--points-at",
                       commit.id.to_hex(), "refs/remotes/" + remote.name}));
  std::string_view rest = refs;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    for (const Refspec& refspec : remote.fetch)
      if (const auto source = refspec.source_of(rest.substr(0, end));
          source && !rest.substr(0, end).ends_with("/HEAD"))
        return *source;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::string("HEAD");
}

Result<Head> read_head(const git::Git& git, const Remote& remote,
                       const std::string& branch) {
  Head head;
  head.branch = branch;
  TRY_ASSIGN(head.git_dir, git_folder(git));
  TRY_ASSIGN(head.commit, git.resolve_commit("HEAD"));
  if (branch.empty()) {
    TRY_ASSIGN(head.ref, detached_ref(git, remote, head.commit));
    return head;
  }
  head.ref =
      config_value(git, "branch." + branch.substr(kHeads.size()) + ".merge");
  if (head.ref.empty()) head.ref = branch;
  return head;
}

// Did anybody else have it before?
Result<bool> is_from_elsewhere(const git::Git& git, const Head& head) {
  const Result<Bytes> text =
      read_file(head.git_dir / "FETCH_HEAD", limits::kFetchHead);
  if (text.ok())
    for (const FetchedRef& fetched : parse_fetch_head(as_text(*text)))
      if (fetched.id == head.commit.id) return true;
  TRY_ASSIGN(const std::string refs,
             git.read({"for-each-ref", "--count=1", "--contains",
                       head.commit.id.to_hex(), "refs/remotes"}));
  return !refs.empty();
}

// Why the commit is not what its signer published; nothing when it is, or when
// nothing demands that.
Result<std::optional<Error>> find_reason(const Session& session,
                                         const Head& head) {
  TRY_ASSIGN(const TrustStore store, session.trust_file.load());
  RepositoryTrust trust = store.find(session.repository);
  const bool demanded =
      trust.was_signed() || session.settings.mode == Mode::require;
  // Going back to an older state is the user's wish here, and no rollback.
  trust.refs.erase(head.ref);
  TRY_ASSIGN(const Repository repository, open_repository(session.git, ""));
  const CommitQuestion question{session.repository, head.ref, head.commit,
                                false, current_time()};
  Trace trace;
  Result<CommitVerdict> verdict = check_commit_cached(
      session.verdicts, repository, question, session.settings, trust, trace);
  if (!verdict.ok()) return std::optional<Error>(std::move(verdict).error());
  if (verdict->verified || !demanded) return std::optional<Error>();
  return std::optional<Error>(fail(ErrorKind::unsigned_content,
                                   describe(session.repository, head.ref),
                                   " is not signed"));
}

bool was_released(const Head& head) {
  const Result<Bytes> list =
      read_file(head.git_dir / kReleased, limits::kConfigFile);
  return list.ok() && as_text(*list).find(head.commit.id.to_hex() + "\n") !=
                          std::string::npos;
}

Result<void> hold_back(const git::Git& git, const Head& head,
                       const Error& reason) {
  TRY_ASSIGN(const std::string changes,
             git.read({"status", "--porcelain", "--untracked-files=no"}));
  if (!changes.empty())
    return fail(reason.kind, "checked out unverified commit ",
                head.commit.id.to_short(), ": ", reason.message,
                "; the files stay, because some have local changes");
  const Json note = {{"commit", head.commit.id.to_hex()},
                     {"reason", reason.message}};
  TRY(write_file_atomic(head.git_dir / kHeldBack, as_bytes(dump_json(note))));
  TRY_ASSIGN(const std::string empty,
             git.read({"hash-object", "-w", "-t", "tree", "/dev/null"}));
  TRY(git.read({"read-tree", "-u", "--reset", empty}));
  return fail(reason.kind, "took the files of unverified commit ",
              head.commit.id.to_short(), " away: ", reason.message,
              "; run 'git sigstore release' after review");
}

// Files that were held back come back with a commit that verifies; what the
// user wrote in their place meanwhile is git's to name, and stays.
Result<void> restore(const git::Git& git, const Head& head) {
  std::error_code error;
  if (!std::filesystem::exists(head.git_dir / kHeldBack, error)) return {};
  TRY(git.with("GIT_NO_LAZY_FETCH", "0").read({"read-tree", "-mu", "HEAD"}));
  std::filesystem::remove(head.git_dir / kHeldBack, error);
  return {};
}

Result<void> judge(const Session& session, const Head& head) {
  TRY_ASSIGN(const std::optional<Error> reason, find_reason(session, head));
  if (!reason) return restore(session.git, head);
  TRY_ASSIGN(const bool foreign, is_from_elsewhere(session.git, head));
  const bool strict = session.settings.mode == Mode::require;
  if (!foreign && !strict) return {};
  if (strict && foreign && !was_released(head))
    return hold_back(session.git, head, *reason);
  session.terminal.warn(concat("checked out unverified commit ",
                               head.commit.id.to_short(), ": ",
                               reason->message));
  return {};
}

}  // namespace

Result<void> on_new_head(const std::string&) {
  const git::Git git;
  TRY_ASSIGN(const std::vector<Remote> remotes, read_remotes(git));
  TRY_ASSIGN(const std::optional<std::string> branch, git.head_branch());
  const Remote* remote = choose_remote(git, remotes, branch.value_or(""));
  if (remote == nullptr) return {};
  TRY_ASSIGN(const std::optional<Session> session, open_session(git, *remote));
  if (!session) return {};
  Result<Head> head = read_head(git, *remote, branch.value_or(""));
  if (!head.ok() && head.error().kind == ErrorKind::not_found) return {};
  if (!head.ok()) return std::move(head).error();
  TRY(judge(*session, *head));
  return warn_of_pointers(git, session->terminal);
}

Result<std::optional<HeldBack>> find_held_back(const git::Git& git) {
  TRY_ASSIGN(const std::filesystem::path folder, git_folder(git));
  Result<Bytes> bytes = read_file(folder / kHeldBack, limits::kConfigFile);
  if (!bytes.ok() && bytes.error().kind == ErrorKind::not_found)
    return std::optional<HeldBack>();
  if (!bytes.ok()) return std::move(bytes).error();
  TRY_ASSIGN(const Json root, parse_json(as_text(*bytes)));
  TRY_ASSIGN(const std::string_view commit, string_member(root, "commit"));
  TRY_ASSIGN(const std::string_view reason, string_member(root, "reason"));
  return std::optional<HeldBack>(
      HeldBack{std::string(commit), std::string(reason)});
}

Result<void> release(const git::Git& git, const HeldBack& held) {
  TRY_ASSIGN(const std::filesystem::path folder, git_folder(git));
  TRY_ASSIGN(const git::CommitId now, git.resolve_commit("HEAD"));
  if (now.id.to_hex() != held.commit)
    return fail(ErrorKind::invalid_input, "HEAD is at ", now.id.to_short(),
                " and not at ", held.commit.substr(0, 7),
                " any more; check that commit out again");
  const std::filesystem::path path = folder / kReleased;
  const Result<Bytes> before = read_file(path, limits::kConfigFile);
  if (!before.ok() && before.error().kind != ErrorKind::not_found)
    return before.error();
  const std::string list =
      (before.ok() ? std::string(as_text(*before)) : std::string()) +
      held.commit + "\n";
  TRY(write_file_atomic(path, as_bytes(list)));
  return restore(git, Head{now, "", "", folder});
}

}  // namespace sigstore
