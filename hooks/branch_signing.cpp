// SPDX-License-Identifier: Apache-2.0
#include "hooks/branch_signing.h"

#include <utility>

#include "core/app/merge_rule.h"
#include "core/app/repository.h"
#include "core/app/trust_file.h"
#include "core/git/commit_file.h"

namespace sigstore {

Result<CommitSigner> choose_signer(const SigningOptions& options,
                                   const Settings& settings) {
  Settings chosen = settings;
  if (!options.key.empty()) {
    chosen.sign_with = SignWith::key;
    chosen.key = options.key;
  }
  const bool given = !options.key.empty() || !options.password.file.empty() ||
                     !options.password.environment.empty();
  if (given) chosen.password = options.password;
  return CommitSigner::by_settings(chosen);
}

Result<SignedCommit> sign_branch(const SigningOptions& options,
                                 const LocalRepository& local) {
  if (local.branch.empty())
    return fail(ErrorKind::invalid_input,
                "HEAD is detached; check out a branch to sign it");
  TRY_ASSIGN(CommitSigner signer, choose_signer(options, local.settings));
  TRY_ASSIGN(const Repository repository, open_repository(local.git, ""));
  TRY_ASSIGN(const git::CommitId head, local.git.resolve_commit("HEAD"));
  TRY_ASSIGN(const TrustFile trust_file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, trust_file.load());
  TRY_ASSIGN(SignedCommit signed_commit,
             sign_commit(repository,
                         {local.id, local.server_ref(), head, current_time()},
                         local.settings, store.find(local.id), signer));
  if (!signed_commit.created) return signed_commit;
  TRY(git::advance_branch(local.git, local.branch, head, signed_commit.commit));
  TRY(keep_ours_on_merge(local.git));
  return signed_commit;
}

}  // namespace sigstore
