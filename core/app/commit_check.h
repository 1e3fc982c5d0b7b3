// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/app/repository.h"
#include "core/app/settings.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/trace.h"
#include "core/git/ids.h"
#include "core/policy/accepted_signers.h"
#include "core/policy/trust_store.h"
#include "core/verify_model.h"

namespace sigstore {

// May this commit be this ref of this repository?
struct CommitQuestion {
  RepoId repository;
  std::string ref;  // "refs/heads/main"
  git::CommitId commit;
  // False when history was cut off (shallow): absence then proves nothing.
  bool history_complete = true;
  Timestamp now;
  // When given, a direct child that only adds model.sig may speak for the
  // commit, as for a tag that was set before signing: a child that is
  // reachable from these, or from any ref where there are none.
  std::optional<std::vector<git::CommitId>> child_tips = std::nullopt;
};

struct CommitVerdict {
  // Nothing: the commit is not signed, and nothing demands that it is.
  std::optional<LastVerified> verified;
  std::string signer;  // as people know them
  // The key of the keyring that signs this repository from now on.
  std::optional<TrustedSigner> first_use;
  // The child that carries the signature, abbreviated; "" for the commit.
  std::string through = {};
  std::size_t files = 0;
  std::uint64_t total_size = 0;  // bytes
  std::vector<std::string> notes;

  // "org/model@main 3f2a91c verified: signed by alice (key ...), 214 files,
  // 812.4 GB, 2026-03-04", or "org/model@main is not signed".
  std::string line(const CommitQuestion& question) const;
  // "trusting alice (key ...) for huggingface.co/org/model from now on ...";
  // needs first_use.
  std::string first_use_line(const CommitQuestion& question) const;
};

// By the log's or an authority's clock where there is one, the earliest of
// them; else by the signer's.
std::optional<Timestamp> signing_time(const VerifiedModel& model);

// "org/model@main"
std::string describe(const RepoId& repository, const std::string& ref);

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

// Whose signatures count, by what is remembered and by the configuration.
Result<AcceptedSigners> find_accepted_signers(const Settings& settings,
                                              const RepositoryTrust& trust);

// Records what was verified, and on first use by whom. wrong_signer when
// somebody else was recorded since the verdict.
Result<void> remember(const CommitQuestion& question,
                      const CommitVerdict& verdict, RepositoryTrust& trust);

}  // namespace sigstore
