// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/app/settings.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/trace.h"
#include "core/git/ids.h"
#include "core/policy/accepted_signers.h"
#include "core/policy/history.h"
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
std::optional<Timestamp> signing_time(const ModelSignature& model);

// "org/model@main"
std::string describe(const RepoId& repository, const std::string& ref);

// What only those can check who see a state: in a repository, or as a server
// lists it.
class StateFacts {
 public:
  virtual ~StateFacts() = default;

  // What a signature may be bound to; asked first. Nothing where it cannot be
  // seen.
  virtual Result<std::optional<Binding>> actual_state() = 0;
  // Are the files and the state what was signed? `request` has actual_state().
  virtual Result<CheckedContent> check_content(const ModelSignature& model,
                                               const VerifyRequest& request,
                                               Trace& trace) = 0;
  virtual Result<Ancestry> ancestry(const LastVerified& last) = 0;
};

// The answer to the question by this signature, by what is remembered of the
// repository and by the user's settings.
Result<CommitVerdict> check_signed_state(ByteView signature, StateFacts& facts,
                                         const CommitQuestion& question,
                                         const Settings& settings,
                                         const RepositoryTrust& trust,
                                         Trace& trace);

// The answer where there is no signature.
Result<CommitVerdict> check_unsigned_state(const Settings& settings,
                                           const RepositoryTrust& trust,
                                           Trace& trace);

// How the question's commit stands to one that was verified before.
using FindAncestry = std::function<Result<Ancestry>(const LastVerified&)>;

// Is the state at least as new as what was verified last at this ref?
Result<void> check_state_history(const FindAncestry& find_ancestry,
                                 const CommitQuestion& question,
                                 const RepositoryTrust& trust,
                                 const std::optional<Timestamp>& signed_at,
                                 Trace& trace);

// "org/model@main is not signed", but "org/model@main: media type ...".
Error with_state_name(Error error, const CommitQuestion& question);

// Whose signatures count, by what is remembered and by the configuration.
Result<AcceptedSigners> find_accepted_signers(const Settings& settings,
                                              const RepositoryTrust& trust);

// Records what was verified, and on first use by whom. wrong_signer when
// somebody else was recorded since the verdict.
Result<void> remember(const CommitQuestion& question,
                      const CommitVerdict& verdict, RepositoryTrust& trust);

}  // namespace sigstore
