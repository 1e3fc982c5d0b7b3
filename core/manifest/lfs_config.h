// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// .lfsconfig, which git-lfs obeys and which comes with the commit
// (git-lfs-config(5)). unsafe_tree for keys with which a checkout succeeds
// and leaves pointers in the place of files.
Result<void> check_lfs_config(ByteView blob);

// The servers that it names and that are none of `hosts`, one URL an entry.
// The bytes from there are held against the signed digests all the same, but
// they see who downloads what.
Result<std::vector<std::string>> foreign_lfs_urls(
    const git::Git& git, ByteView blob, const std::vector<std::string>& hosts);
// The same of what `git config -z --list` printed. Pure.
std::vector<std::string> foreign_urls_in(std::string_view listed,
                                         const std::vector<std::string>& hosts);

}  // namespace sigstore
