// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/app/commit_check.h"
#include "core/app/repository.h"
#include "core/base/result.h"
#include "core/git/ids.h"

namespace sigstore {

// A commit that is not signed itself, and the signed ones around it. Signing
// adds a commit on top: a tag that was set before stands on its parent, and a
// web edit leaves a tip whose last signed state is an ancestor.

// A direct child of `commit` whose files are the same but for model.sig,
// reachable from one of `tips`, or where there are none from any ref. It has
// one parent; that its signature is good is not said.
Result<std::optional<git::CommitId>> find_signing_child(
    const Repository& repository, const git::CommitId& commit,
    const std::vector<git::CommitId>& tips);

// Verifies one commit in the place of the question's.
using CheckOne = std::function<Result<CommitVerdict>(const CommitQuestion&)>;

// The nearest ancestor, by first parents, of the question's commit that
// `check` verifies: with the rules of the ref, so none that is older than
// what was verified last. Nothing when there is none among the last
// 32 states that were ever signed.
Result<std::optional<CommitVerdict>> find_signed_ancestor(
    const Repository& repository, const CommitQuestion& question,
    const CheckOne& check);

// "2 commits since the signed 3f2a91c are not signed (change README.md)"
Result<std::string> describe_unsigned(const Repository& repository,
                                      const std::string& ancestor,
                                      const git::CommitId& tip);

}  // namespace sigstore
