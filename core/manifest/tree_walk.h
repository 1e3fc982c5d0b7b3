// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/git/attributes.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"

namespace sigstore {

// A regular file of a commit.
struct TreeFile {
  std::string path;
  git::BlobId blob;
};

// What the user accepts of a tree beyond regular files.
struct TreePolicy {
  bool allow_symlinks = false;
  bool allow_submodules = false;
  // Of the repository: another server for git-lfs is worth a note. None: no
  // notes.
  std::vector<std::string> hosts = {};
};

struct TreeFiles {
  std::vector<TreeFile> files;
  std::vector<TreeFile> links;          // where the policy allows them
  std::vector<std::string> submodules;  // likewise; their paths
  std::vector<git::AttributesFile> attributes;
};

// All files below a tree. unsafe_tree for what a checkout could turn into
// something else than it reads here: see check_tree_name, and links,
// submodules, odd modes, and names that some file system takes for one
// (tree_names.h).
Result<TreeFiles> walk_tree(git::ObjectReader& objects, git::TreeId tree,
                            const TreePolicy& policy = {});

// A name that every file system keeps as it is: no ".", "..", ".git" in any
// spelling that HFS+ or NTFS take for it, nor any other of git's own files in
// disguise, no control characters, valid UTF-8, no backslash or colon, no
// trailing dot or space.
Result<void> check_tree_name(std::string_view name);

// Attributes that would make the checkout differ from the blob: everything
// but filter=lfs on this path must be off. unsafe_tree naming the attribute.
Result<void> check_attributes(const git::PathAttributes& attributes,
                              std::string_view path);

}  // namespace sigstore
