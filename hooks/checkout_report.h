// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// git's hooks post-checkout and post-merge: every byte is on disk by then, so
// this reports, and enforces only afterwards. It warns of a commit from a
// protected remote that does not verify, and of git-lfs pointers in the place
// of files. In mode `require` such a commit's files are taken away again (an
// error), and the reason is remembered. Own commits, which no remote has, are
// nobody's to verify.
Result<void> on_new_head(const std::string& event);

// Why the work tree is empty.
struct HeldBack {
  std::string commit;  // hexadecimal
  std::string reason;
};
Result<std::optional<HeldBack>> find_held_back(const git::Git& git);

// The user looked at the commit and wants it: its files come back, and it is
// not held back again. Needs HEAD to be this commit still.
Result<void> release(const git::Git& git, const HeldBack& held);

}  // namespace sigstore
