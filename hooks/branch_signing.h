// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/commit_signer.h"
#include "core/app/commit_signing.h"
#include "core/app/password.h"
#include "core/base/result.h"
#include "hooks/local_repository.h"

namespace sigstore {

struct SigningOptions {
  std::string key;  // "": sigstore.key
  std::string remote;
  PasswordOptions password;
};

// Who signs: the key that the options name, else by the settings.
Result<CommitSigner> choose_signer(const SigningOptions& options,
                                   const Settings& settings);

// Signs the branch that is checked out, with a commit on top of it.
// invalid_input when HEAD is detached.
Result<SignedCommit> sign_branch(const SigningOptions& options,
                                 const LocalRepository& local);

}  // namespace sigstore
