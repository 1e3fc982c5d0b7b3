// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/app/repository.h"
#include "core/app/settings.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/private_key.h"
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
};

// Signs the state of a commit: a follow-up commit that adds model.sig, on top
// of `commit`, in no branch yet. A commit that already carries a signature by
// this key, for this repository, ref and tree, at least as new as the last one
// known, is left as it is. The index, the work tree and all refs stay as they
// are.
Result<SignedCommit> sign_commit(const Repository& repository,
                                 const SigningTask& task,
                                 const Settings& settings,
                                 const RepositoryTrust& trust,
                                 const PrivateKey& key);

}  // namespace sigstore
