// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "core/app/terminal.h"
#include "core/base/result.h"
#include "core/hash/known_digests.h"
#include "core/http/stream_client.h"
#include "core/sign_model.h"
#include "hub-client/hub/hub.h"

namespace sigstore::hub {

struct PushRequest {
  RepoName repo;
  std::string branch;  // "refs/pr/N" is one, too
  std::filesystem::path folder;
  std::string summary;
  std::string description = {};
  bool create_pr = false;
  bool is_private = false;        // when it is made now
  bool delete_extra = false;      // what is there and not in the folder
  KnownDigests* known = nullptr;  // what need not be read for the signature
  SignRequest sign;
};

// What a push works with. All live longer.
struct PushTools {
  Hub& hub;
  http::StreamClient& network;
  StatementSigner& signer;
  const Terminal& terminal;
  // Told of waits that a server asks for.
  std::function<void(std::chrono::milliseconds)> asked = {};
};

struct Pushed {
  CommitAnswer commit;
  Manifest manifest;
  bool made_repo = false;
  std::size_t changed = 0;  // files in the commit, without the signature
  std::size_t deleted = 0;
  std::uint64_t sent_bytes = 0;  // of large files
};

// A folder becomes a branch, signed, in one commit:
//
//  1 the repository and the branch are made if need be, and the head pinned,
//  2 the folder is hashed; files of the head that it does not have would make
//    the signature wrong, so nothing is signed unless they may be deleted,
//  3 it is signed, and model.sig written into it,
//  4 what the head does not have yet is sent, with model.sig in one commit on
//    top of that head,
//  5 the listing of the new commit is compared with what was signed.
Result<Pushed> push(const PushTools& tools, const PushRequest& request);

// Are these the files that were signed, no more and no less? As far as a
// listing tells: names, and the digests of what is in LFS. content_differs.
Result<void> check_listing(const Listing& listing, const Manifest& manifest,
                           const Exclusions& exclusions);

}  // namespace sigstore::hub
