// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "core/base/result.h"
#include "core/git/ids.h"
#include "hub-client/judged_listing.h"
#include "hub-client/proxy/errands.h"
#include "hub-client/proxy/proxy_tools.h"

namespace sigstore::hub {

// A file that may be given out once its bytes have these digests.
struct Release {
  std::string state;  // names the judged state, for check_off() and records
  RepoName repo;
  std::string revision;  // the name under which the commit was judged
  git::CommitId commit;
  std::optional<ListedFile> file;  // nothing: the commit has no such file
  Expected expected;
};

// The commits that clients ask about, each judged once by policy and memory,
// for each caller: a private repository is none for others. From any thread.
class States {
 public:
  explicit States(ProxyTools& tools) : tools_(tools) {}

  // The no, or why it cannot be told; only then, which file it is. A yes
  // counts for ten minutes, a no for ten seconds (the user may do something
  // about it), what a branch is for ten seconds.
  Result<Release> find(const Caller& caller, const RepoName& repo,
                       const std::string& revision, const std::string& path,
                       const StillWaiting& still_waiting);

  // The Hub said to a client that this revision is that commit. Asked for by
  // its hash, it is judged as that revision: an old state cannot come in by
  // saying its hash first.
  void note(const Caller& caller, const RepoName& repo,
            const std::string& revision, const git::CommitId& commit);

  // Every byte of this file was verified and is in the cache. The listing when
  // it was the last one of its commit.
  std::optional<Listing> check_off(const Release& release);

  std::size_t busy() const { return errands_.count(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct State {
    std::unique_ptr<JudgedListing> judged;  // or:
    Error refusal;
    std::set<std::string> verified = {};  // paths
    Time good_until;
  };
  struct Name {
    git::CommitId commit;
    Time good_until;
  };
  // A revision, and the commit that it is where that is known.
  struct Asked {
    std::string revision;
    std::optional<git::CommitId> commit;
  };

  Asked look_up(const std::string& caller_repo, const std::string& revision);
  std::optional<Result<Release>> answer(const std::string& caller_repo,
                                        const RepoName& repo,
                                        const std::string& revision,
                                        const std::string& path);
  Result<void> refresh(const Caller& caller, const RepoName& repo, Asked asked);
  Result<std::unique_ptr<JudgedListing>> judge(Hub& hub, const RepoName& repo,
                                               const Asked& asked,
                                               const git::CommitId& commit);
  void keep(const std::string& key, State state);
  void tell(const std::string& key, const RepoName& repo, const Asked& asked,
            const git::CommitId& commit, const State& state);

  ProxyTools& tools_;
  std::mutex mutex_;
  std::map<std::string, State> states_;
  std::map<std::string, Name> names_;         // by caller, repository, revision
  std::map<std::string, std::string> given_;  // revision, by ..., commit
  Errands errands_{4};
};

}  // namespace sigstore::hub
