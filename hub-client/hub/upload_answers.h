// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/http/message.h"

namespace sigstore::hub {

// What the Hub answers to an upload (hub.md 1.11), read strictly: invalid_input
// for what is malformed, and for an answer that is not about what was asked.
// Pure.

// How a file is to be sent.
struct UploadMode {
  std::string path;
  bool is_lfs = false;   // else inside of the commit
  bool ignored = false;  // by the repository's .gitignore
  std::string oid = {};  // of what is there now; "" when nothing is
};
Result<std::vector<UploadMode>> parse_preupload(ByteView json);

// A request that git-lfs was told to make: exactly these headers.
struct LfsAction {
  std::string url;
  std::vector<http::Header> headers;
};
struct LfsPart {
  std::uint32_t number = 0;  // from 1 on
  std::string url;
};
// Where an object goes; no upload: it is there already.
struct LfsUpload {
  Sha256Digest oid;
  std::uint64_t size = 0;
  // Whole by PUT here; in parts: what the list of parts is sent to.
  std::optional<LfsAction> upload = std::nullopt;
  std::vector<LfsPart> parts = {};  // in order, without a gap
  std::uint64_t part_size = 0;
  std::optional<LfsAction> verify = std::nullopt;
};
struct LfsObject {
  Sha256Digest oid;
  std::uint64_t size = 0;
  bool operator==(const LfsObject&) const = default;
};
// For the objects that were asked for, in their order. An object that the
// server refuses is an error that names it.
Result<std::vector<LfsUpload>> parse_lfs_batch(
    ByteView json, const std::vector<LfsObject>& asked);

struct CommitAnswer {
  git::CommitId commit;
  std::string url;
  std::string pull_request_url;  // "" when there is none

  // What the user looks at next.
  const std::string& page() const {
    return pull_request_url.empty() ? url : pull_request_url;
  }
};
Result<CommitAnswer> parse_commit_answer(ByteView json);

}  // namespace sigstore::hub
