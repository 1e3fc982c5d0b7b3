// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "core/base/process.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// How long a server may send nothing. A transfer may take days, so that only
// standing still can be held against it: git waits for ever by default, and
// git-lfs goes on asking a server that answers 401 for ever (3.3.0).
class Patience {
 public:
  // Twelve times lfs.activitytimeout (git-lfs-config(5)), so that git-lfs has
  // tried again eight times before; without limit where that is 0.
  static Result<Patience> configured(const git::Git& git);
  explicit Patience(std::chrono::seconds limit) : limit_(limit) {}

  // For a git command that fetches over http, where the user has set no such
  // limit (http.lowSpeedTime, git-config(1)).
  Result<void> limit_http(const git::Git& git, const std::string& url,
                          Command& command) const;

  // Runs a git-lfs command with our stdout, or nobody's, until it ends or its
  // progress stands still, which is a `network` error. Its exit code.
  Result<int> run_lfs(Command command, bool quiet) const;

 private:
  std::chrono::seconds limit_;
};

}  // namespace sigstore
