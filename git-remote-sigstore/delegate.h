// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"

namespace sigstore {

// A repository with one protected remote may have its `origin` elsewhere, and
// the helper is called for that one as well. What is not http or https is
// handed to `git remote-ext` (git-remote-ext(1)) with the command that git
// itself would run: nothing is verified or signed on this way.
//
// `ssh` is how to start ssh, already split into arguments. `unsupported` for
// unknown schemes; git:// and bundles are not for this function.
Result<std::string> ext_command(const std::string& url,
                                const std::vector<std::string>& ssh);

// True for what delegation is for: all but http:// and https://.
bool is_delegated(const std::string& url);

}  // namespace sigstore
