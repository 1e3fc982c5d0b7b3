// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/app/session.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/policy/trust_store.h"
#include "hooks/ref_updates.h"

namespace sigstore {

// A note in the git folder, from the moment pre-push signed until git has
// stored what the server took.
struct SignedPush {
  RepoId repository;
  std::string ref;       // on the server
  std::string tracking;  // refs/remotes/..., "" when nothing follows it
  git::ObjectId before;  // what the user pushed
  LastVerified record;   // of the signature on top of it
  TrustedSigner signer;  // by key or identity alone
};

Result<void> note_signed_pushes(const git::Git& git,
                                const std::vector<SignedPush>& pushes);

// The refs that git has just changed: one that a note speaks of gets the
// signature commit, and the state is remembered.
Result<void> finish_signed_push(const git::Git& git,
                                const std::vector<RefUpdate>& updates);

// Pure.
std::string encode_signed_pushes(const std::vector<SignedPush>& pushes);
Result<std::vector<SignedPush>> parse_signed_pushes(ByteView json);

}  // namespace sigstore
