// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace test_hub {

/// What an LFS pointer names.
struct LfsPointer {
  std::string oid;
  std::uint64_t size = 0;
  std::uint64_t pointer_size = 0;
};

/// A file or a folder of a commit.
struct TreeEntry {
  std::string path;
  bool is_folder = false;
  std::string oid;         // of the blob or tree; for LFS of the pointer
  std::uint64_t size = 0;  // of the content
  std::optional<LfsPointer> lfs = {};
};

/// All of a commit, folders before what is in them, in git's order.
using Tree = std::vector<TreeEntry>;

/// Listings of commits, which never change: what is asked for page by page
/// is read once. Keeps the latest few.
class ListingCache {
 public:
  using Pointer = std::shared_ptr<const Tree>;

  Pointer find(const std::string& key) const;
  void add(const std::string& key, Pointer tree);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Pointer> trees_;
};

}  // namespace test_hub
