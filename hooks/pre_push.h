// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"

namespace sigstore {

// git's hook `pre-push` (githooks(5)) where no helper looks after the remote:
// signs the branch that is checked out with a commit on top of it.
//
// Over http and https git sends what the branch is after the hook, so the
// signature goes with this very push. Over ssh and to folders it sends what
// the branch was before: then the push ends here (an error), and the next one
// takes the signature along.
Result<void> on_pre_push(const std::string& remote, const std::string& url,
                         const std::string& input);

}  // namespace sigstore
