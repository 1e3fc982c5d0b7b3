// SPDX-License-Identifier: Apache-2.0
#include "hooks/pre_push.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/app/commit_signer.h"
#include "core/app/commit_signing.h"
#include "core/app/push_rules.h"
#include "core/app/repository.h"
#include "core/base/process.h"
#include "core/git/commit_file.h"
#include "hooks/protected_remotes.h"
#include "hooks/ref_updates.h"
#include "hooks/signed_push.h"

namespace sigstore {
namespace {

constexpr std::string_view kHeads = "refs/heads/";

struct Push {
  Session session;
  Remote remote;
  RepositoryTrust trust;
  bool same_push = false;  // git sends what the hook adds
  std::optional<CommitSigner> signer = std::nullopt;
};

bool helper_is_there() {
  const Result<CommandOutput> found =
      run_command({{"git-remote-sigstore", "--version"}, {}, {}});
  return found.ok() && found->status == 0;
}

Result<std::optional<Push>> open_push(const std::string& name,
                                      const std::string& url) {
  const git::Git git;
  TRY_ASSIGN(const std::vector<Remote> remotes, read_remotes(git));
  Remote remote{name, url, false, {}};
  for (const Remote& known : remotes)
    if (known.name == name) remote = {name, url, known.has_helper, known.fetch};
  if (remote.has_helper && helper_is_there()) return std::optional<Push>();
  TRY_ASSIGN(std::optional<Session> session, open_session(git, remote));
  if (!session) return std::optional<Push>();
  TRY_ASSIGN(const TrustStore store, session->trust_file.load());
  RepositoryTrust trust = store.find(session->repository);
  if (!must_sign(session->settings, trust)) return std::optional<Push>();
  const bool same_push =
      url.starts_with("http://") || url.starts_with("https://");
  return std::optional<Push>(Push{std::move(*session), std::move(remote),
                                  std::move(trust), same_push});
}

// The branch that `pushed` comes from: only that of HEAD can have a commit
// added that git will look at again.
Result<std::string> branch_of(const Push& push, const PushedRef& pushed) {
  TRY_ASSIGN(const std::optional<std::string> head,
             push.session.git.head_branch());
  if (head && (pushed.local_ref == "HEAD" || pushed.local_ref == *head))
    return *head;
  return fail(ErrorKind::unsupported, pushed.remote_ref,
              " is not signed, and only the branch that is checked out can be "
              "signed while it is pushed; check it out first, or run 'git "
              "sigstore sign' there");
}

Result<CommitSigner*> open_signer(Push& push) {
  if (!push.signer) {
    TRY_ASSIGN(push.signer, CommitSigner::by_settings(push.session.settings));
  }
  return &*push.signer;
}

// Where git will note what the server has.
std::string tracking_ref(const Push& push, const std::string& ref) {
  for (const Refspec& refspec : push.remote.fetch)
    if (const auto local = refspec.destination_of(ref)) return *local;
  return {};
}

// Nothing when it was signed already.
Result<std::optional<SignedPush>> sign(Push& push, const PushedRef& pushed) {
  const Session& session = push.session;
  // git-lfs has uploaded by now: a signature that it keeps goes by itself.
  TRY_ASSIGN(const Repository repository,
             open_repository(session.git, "", session.remote));
  const git::CommitId commit{pushed.local_id};
  TRY_ASSIGN(CommitSigner * signer, open_signer(push));
  // The branch first: an unsigned commit of another one is left as it is.
  const Result<std::string> branch = branch_of(push, pushed);
  if (branch.ok()) TRY(check_branch_can_advance(session.git, *branch));
  TRY_ASSIGN(const SignedCommit made,
             sign_commit(repository,
                         {session.repository, pushed.remote_ref, commit,
                          current_time()},
                         session.settings, push.trust, *signer));
  if (made.created) {
    if (!branch.ok()) return branch.error();
    TRY(git::advance_branch(session.git, *branch, commit, made.commit));
    session.terminal.say(
        concat("signed ", made.files, made.files == 1 ? " file" : " files",
               ", ", commit.id.to_short(), " -> ", made.commit.id.to_short(),
               " ", made.by(), made.in_log()));
    if (!made.note.empty()) session.terminal.say(made.note);
    if (!push.same_push)
      return fail(ErrorKind::incomplete, "signature commit ",
                  made.commit.id.to_short(), " created; run 'git push' again");
  }
  return std::optional<SignedPush>(
      SignedPush{session.repository, pushed.remote_ref,
                 tracking_ref(push, pushed.remote_ref), pushed.local_id,
                 made.record, *made.signer});
}

}  // namespace

Result<void> on_pre_push(const std::string& remote, const std::string& url,
                         const std::string& input) {
  TRY_ASSIGN(const std::vector<PushedRef> refs, parse_pushed_refs(input));
  TRY_ASSIGN(std::optional<Push> push, open_push(remote, url));
  if (!push) return {};
  std::vector<SignedPush> made;
  for (const PushedRef& pushed : refs) {
    // Deletions, tags.
    if (pushed.local_id.is_zero() || !pushed.remote_ref.starts_with(kHeads))
      continue;
    Result<std::optional<SignedPush>> one = sign(*push, pushed);
    if (!one.ok() && one.error().kind == ErrorKind::incomplete)
      return std::move(one).error();
    TRY_ASSIGN(std::optional<SignedPush> done,
               std::move(one).context("cannot sign, nothing was pushed"));
    if (done) made.push_back(std::move(*done));
  }
  if (made.empty()) return {};
  return note_signed_pushes(push->session.git, made);
}

}  // namespace sigstore
