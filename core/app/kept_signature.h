// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// The last signature that an identity made for a ref, from then until a push
// took it: what was logged for ever and then declined need not be logged
// twice. A file in the git folder; whoever finds one verifies it.

// Nothing when there is none that can be read.
std::optional<Bytes> find_kept_signature(const git::Git& git,
                                         const RepoId& repository,
                                         const std::string& ref);
Result<void> keep_signature(const git::Git& git, const RepoId& repository,
                            const std::string& ref, ByteView signature);
Result<void> drop_kept_signature(const git::Git& git, const RepoId& repository,
                                 const std::string& ref);

}  // namespace sigstore
