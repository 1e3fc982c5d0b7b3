// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "core/base/result.h"
#include "hub-client/hub/hub.h"
#include "hub-client/upload/commit_body.h"

namespace sigstore::hub {

struct CommitPlace {
  RepoName repo;
  std::string branch;
  bool create_pr = false;
  std::function<void(std::chrono::milliseconds)> wait;
};

// Makes a commit on top of its parent, once. A commit is nothing that may be
// sent twice (hub.md 1.4): when its answer is lost, the branch is looked at.
// Still the parent: it is sent again, and the parent makes sure that only one
// of them counts. Another head that has all we wanted: that is our commit, or
// as good. Else `network`, and the message says what to do.
Result<CommitAnswer> commit_once(Hub& hub, const CommitPlace& place,
                                 const CommitBody& body);

}  // namespace sigstore::hub
