// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/http/stream_client.h"
#include "hub-client/publish.h"

namespace sigstore::hub {

struct AttachRequest {
  RepoName repo;
  std::string revision;              // what the bundles are about
  std::string branch;                // where they go
  std::vector<std::string> lines;    // for claims.jsonl, one bundle each
  std::vector<PublishedFile> files;  // of their own
  std::string summary;
  bool create_pr = false;
};

struct Attached {
  // Nothing: all of it was there already.
  std::optional<Published> published;
  std::string branch;     // that it went to, or is proposed for
  std::size_t added = 0;  // bundles
};

struct AttachTools {
  Hub& hub;
  http::StreamClient& network;
  std::function<void(const std::string&)> warn;
};

// Adds bundles to a branch, which is made when it is the side branch. Nothing
// that is there is lost: lines are added to claims.jsonl as it is at the head
// that the commit is made for, and that is done again when the branch moved
// meanwhile. Files that are there with other bytes are refused, and so is a
// branch with a model.sig, which a file more would make wrong. Where the token
// may not write, a pull request is opened.
Result<Attached> attach(const AttachTools& tools, const AttachRequest& request);

}  // namespace sigstore::hub
