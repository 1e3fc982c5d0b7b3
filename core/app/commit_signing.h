// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/app/commit_signer.h"
#include "core/app/repository.h"
#include "core/app/settings.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/git/ids.h"
#include "core/policy/trust_store.h"

namespace sigstore {

struct SigningTask {
  RepoId repository;
  std::string ref;  // the ref on the server
  git::CommitId commit;
  Timestamp now;
};

struct SignedCommit {
  git::CommitId commit;  // carries model.sig
  bool created = false;  // false: the commit was signed for this already
  std::size_t files = 0;
  LastVerified record;    // what a reader will remember
  std::string note = {};  // what the signer should know about it, or ""
  // Who signed it; nothing where that was not asked.
  std::optional<TrustedSigner> signer = std::nullopt;
  std::optional<std::int64_t> log_index = std::nullopt;  // of an identity

  // "with key 3f2a91c0...", "as alice@example.com"; needs signer.
  std::string by() const;
  // " (log index 123)", or "".
  std::string in_log() const;
};

// Signs the state of a commit: a follow-up commit that adds model.sig, on top
// of `commit`, in no branch yet. A commit that already carries a signature by
// this signer, for this repository, ref and tree, at least as new as the last
// one known, is left as it is; one that an identity made for this state before,
// and no push took, serves again. The index, the work tree and all refs stay as
// they are.
Result<SignedCommit> sign_commit(const Repository& repository,
                                 const SigningTask& task,
                                 const Settings& settings,
                                 const RepositoryTrust& trust,
                                 CommitSigner& signer);

// Would sign_commit() make a new signature?
Result<bool> needs_signature(const Repository& repository,
                             const SigningTask& task, const Settings& settings,
                             const RepositoryTrust& trust,
                             CommitSigner& signer);

}  // namespace sigstore
