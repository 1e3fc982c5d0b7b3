// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/app/commit_check.h"
#include "core/app/settings.h"
#include "core/base/result.h"
#include "core/policy/trust_store.h"

namespace sigstore {

// Commits that verified, so that a second question about one costs a read of
// a small file: ($XDG_DATA_HOME or ~/.local/share)/hf-sigstore/verdicts/NAME.
//
// NAME is a digest of the question (repository, ref, commit) and of all that
// the answer came from: the user's configuration, the keys that count, our
// version. Whatever changes of these, the old answer is not found any more.
// The folder is the user's and not the repository's, because a repository may
// come from somebody else, with its .git; and so that a second clone profits.
//
// Only "yes" is kept, never how it stands to the state that was verified last:
// that depends on more than the commit.
class VerdictCache {
 public:
  // not_found when there is neither XDG_DATA_HOME nor HOME.
  static Result<VerdictCache> locate();
  explicit VerdictCache(std::filesystem::path folder)
      : folder_(std::move(folder)) {}

  // Nothing when it is not known, damaged, or may have expired (sigstore.
  // maxAge).
  std::optional<CommitVerdict> find(const CommitQuestion& question,
                                    const Settings& settings,
                                    const RepositoryTrust& trust) const;

  // Keeps a verdict about exactly this commit; others are ignored. The oldest
  // half goes when there are more than limits::kVerdicts.
  Result<void> store(const CommitQuestion& question, const Settings& settings,
                     const RepositoryTrust& trust,
                     const CommitVerdict& verdict) const;

 private:
  std::filesystem::path path_of(const CommitQuestion& question,
                                const Settings& settings,
                                const RepositoryTrust& trust) const;

  std::filesystem::path folder_;
};

// The file's content. Pure.
std::string encode_verdict(const CommitQuestion& question,
                           const CommitVerdict& verdict);
Result<CommitVerdict> parse_verdict(ByteView json,
                                    const CommitQuestion& question);

// check_commit, asking the cache first, and telling it the answer. What was
// verified last is compared in any case.
Result<CommitVerdict> check_commit_cached(const VerdictCache& cache,
                                          const Repository& repository,
                                          const CommitQuestion& question,
                                          const Settings& settings,
                                          const RepositoryTrust& trust,
                                          Trace& trace);

}  // namespace sigstore
