// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/http/stream_client.h"
#include "hub-client/hub/hub.h"
#include "hub-client/upload/send_objects.h"

namespace sigstore::hub {

struct UploadFile {
  std::string path;             // in the repository
  std::filesystem::path local;  // where its bytes are
  std::uint64_t size = 0;
  // Of its content, when that was hashed already, as for a signature: then
  // nothing else is uploaded under its name.
  std::optional<Sha256Digest> sha256 = std::nullopt;
};

// One commit on top of `parent`, and of nothing else.
struct UploadRequest {
  RepoName repo;
  std::string branch = "main";
  bool create_pr = false;  // a pull request for the branch, not a commit to it
  std::string summary;
  std::string description = {};
  git::CommitId parent;
  std::vector<UploadFile> files;
  std::vector<std::string> deleted = {};
};

struct UploadOptions {
  SendOptions send = {};
  // Bytes of large files: on their way or there, and in all.
  std::function<void(std::uint64_t, std::uint64_t)> progress = {};
  std::function<void(std::chrono::milliseconds)> wait =
      http::Pauses::real().wait;
};

struct UploadReport {
  CommitAnswer commit;
  std::size_t large = 0;         // files in LFS
  std::uint64_t sent_bytes = 0;  // of them, that were not there already
};

// Preupload, large files by LFS, then the commit. When the answer to the
// commit is lost, the branch is looked at before anything is sent again.
// Errors before the commit leave the repository as it was. `network`: the
// branch moved, or it cannot be known what happened; invalid_input also for
// files that the repository's .gitignore would leave out, since then the
// signature would not fit.
Result<UploadReport> upload(Hub& hub, http::StreamClient& client,
                            const UploadRequest& request,
                            const UploadOptions& options);

}  // namespace sigstore::hub
