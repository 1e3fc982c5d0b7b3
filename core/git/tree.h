// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"

namespace sigstore::git {

// One entry of a tree object:
//
//   mode SP name NUL id      mode in octal without leading zero
//   100644 config.json\0<20 or 32 bytes>
struct TreeEntry {
  std::uint32_t mode = 0;
  std::string name;
  ObjectId id;
};

inline constexpr std::uint32_t kModeFile = 0100644;
inline constexpr std::uint32_t kModeExecutable = 0100755;
inline constexpr std::uint32_t kModeSymlink = 0120000;
inline constexpr std::uint32_t kModeSubmodule = 0160000;
inline constexpr std::uint32_t kModeTree = 0040000;

// The entries of a tree object's content. Syntax only; unsafe names and modes
// are judged where trees are walked. invalid_input for truncated entries,
// modes with other than 5 or 6 octal digits, empty names and names that hold
// "/", and for entries that are not sorted and unique by git's order.
Result<std::vector<TreeEntry>> parse_tree(ByteView content,
                                          std::size_t id_size);

// The inverse; entries are sorted into git's order.
Bytes write_tree(std::vector<TreeEntry> entries);

// What a commit object says of itself.
struct Commit {
  TreeId tree;
  std::vector<CommitId> parents;
};
Result<Commit> parse_commit(ByteView content);

}  // namespace sigstore::git
