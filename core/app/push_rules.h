// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/settings.h"
#include "core/app/terminal.h"
#include "core/app/trust_file.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/policy/trust_store.h"

namespace sigstore {

// What a push that signs does before and after, whoever sends it.

// Is this repository's state signed when it is pushed?
bool must_sign(const Settings& settings, const RepositoryTrust& trust);

// invalid_input when something is in the way of a commit on top of `branch`
// that adds model.sig: changes of that file, or another work tree.
Result<void> check_branch_can_advance(const git::Git& git,
                                      const std::string& branch);

// The server has it: who signed it counts from now on, and `record` is what was
// verified last at `ref`.
Result<void> remember_push(const git::Git& git, const TrustFile& trust_file,
                           const RepoId& repository,
                           const TrustedSigner& signer, const std::string& ref,
                           const LastVerified& record,
                           const Terminal& terminal);

}  // namespace sigstore
