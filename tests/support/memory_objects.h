// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string_view>
#include <vector>

#include "core/git/object_reader.h"
#include "core/git/tree.h"

// Git objects in memory, for trees that git itself would not write. An
// object's name is the front of a SHA-256 over its type and content.
class MemoryObjects final : public sigstore::git::ObjectReader {
 public:
  sigstore::git::ObjectId add(sigstore::git::ObjectType type,
                              sigstore::ByteView content);
  sigstore::git::BlobId add_blob(std::string_view content);
  sigstore::git::TreeId add_tree(std::vector<sigstore::git::TreeEntry> entries);
  sigstore::git::CommitId add_commit(const sigstore::git::TreeId& tree);

  // From then on, `count` reads succeed and the others are `internal`: a test
  // of an endless walk ends.
  void allow_reads(std::size_t count) { reads_left_ = count; }

  sigstore::Result<sigstore::git::ObjectHeader> header(
      const sigstore::git::ObjectId& id) override;
  sigstore::Result<sigstore::git::Object> read(
      const sigstore::git::ObjectId& id, std::size_t limit) override;
  sigstore::Result<sigstore::git::ObjectId> name_of(
      sigstore::git::ObjectType type, sigstore::ByteView content) override;

 private:
  std::map<sigstore::git::ObjectId, sigstore::git::Object> objects_;
  std::size_t reads_left_ = std::numeric_limits<std::size_t>::max();
};
