// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "hub-client/hub/upload_answers.h"

namespace sigstore::hub {

// One commit, as the Hub takes it (hub.md 1.11).
struct CommitBody {
  struct SmallFile {
    std::string path;
    Bytes content;
  };
  struct LargeFile {  // whose content was sent before
    std::string path;
    LfsObject object;
  };

  std::string summary;
  std::string description = {};
  // The head that the branch must still have: nothing is changed otherwise.
  std::optional<git::CommitId> parent = std::nullopt;
  std::vector<SmallFile> small = {};
  std::vector<LargeFile> large = {};
  std::vector<std::string> deleted = {};
};

// NDJSON, the header first. invalid_input for a path that check_path() refuses
// or that git or the Hub keep for themselves, and for more than
// limits::kHubCommit. Pure.
Result<Bytes> write_commit(const CommitBody& commit);

// What git calls a file of this content, as ListedFile::blob_id. Pure.
Result<std::string> blob_id(ByteView content);

}  // namespace sigstore::hub
