// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/digest.h"
#include "core/base/result.h"
#include "core/git/ids.h"

namespace sigstore::hub {

// A file of a commit, by the word of the Hub.
struct ListedFile {
  std::string path;        // as it came: see check_path() before it is written
  std::uint64_t size = 0;  // of the content
  std::string blob_id;     // git SHA-1 of the blob (the pointer), 40 hex digits
  // Of the content, for files in LFS or Xet.
  std::optional<Sha256Digest> sha256 = std::nullopt;
  std::string xet_hash = {};  // 64 hex digits; "" when there is none

  // The name of its content in the cache: the SHA-256 in hex, else blob_id.
  std::string etag() const { return sha256 ? sha256->to_hex() : blob_id; }
};

// Every file of one commit, sorted by path as bytes, each once.
struct Listing {
  git::CommitId commit;
  std::vector<ListedFile> files;

  // Nothing when the commit has no such file.
  const ListedFile* find(std::string_view path) const;
};

// May a file of this name be written below a folder? Refuses the empty path,
// absolute ones, empty, "." and ".." parts, backslashes, NUL and other control
// characters, a drive ("C:"), and more than limits::kPathLength: unsafe_tree.
Result<void> check_path(std::string_view path);

}  // namespace sigstore::hub
