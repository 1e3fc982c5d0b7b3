// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/file.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"

namespace sigstore {

// The newest state of a ref on a server, in a repository of its own that goes
// away with this: trees and pointers, no history and no weights.
struct RemoteTip {
  TemporaryDirectory folder;
  git::Git git;  // works there
  std::string ref;
  git::CommitId commit;
};

// `ref` is a branch, a full name, or "" for the one that HEAD names.
Result<RemoteTip> fetch_remote_tip(const std::string& url,
                                   const std::string& ref);

}  // namespace sigstore
