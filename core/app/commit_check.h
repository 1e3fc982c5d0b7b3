// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/app/repository.h"
#include "core/app/settings.h"
#include "core/app/state_check.h"
#include "core/base/result.h"
#include "core/base/trace.h"
#include "core/policy/trust_store.h"

namespace sigstore {

// The answer, or the error that refuses, both by the signatures in the commit
// and by what is remembered of the repository. Nothing is written: the caller
// calls remember() once the commit is in. Needs a mode other than off. What
// is not signed is compared with the last state that is, to say what to do.
Result<CommitVerdict> check_commit(const Repository& repository,
                                   const CommitQuestion& question,
                                   const Settings& settings,
                                   const RepositoryTrust& trust, Trace& trace);

// The question's commit, or the last state before it, that verifies and is not
// older than what was verified last: its id is in the verdict, and `trace` is
// about it. Nothing when there is none (signed_relatives.h).
Result<std::optional<CommitVerdict>> find_last_signed(
    const Repository& repository, const CommitQuestion& question,
    const Settings& settings, const RepositoryTrust& trust, Trace& trace);

// The part of check_commit that depends on more than the commit: is it at
// least as new as what was verified last at this ref?
Result<void> check_commit_history(const Repository& repository,
                                  const CommitQuestion& question,
                                  const RepositoryTrust& trust,
                                  const std::optional<Timestamp>& signed_at,
                                  Trace& trace);

}  // namespace sigstore
