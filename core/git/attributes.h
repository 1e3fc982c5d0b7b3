// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"

namespace sigstore::git {

// The attributes that decide which bytes a checkout writes, as git prints
// them: a value, "set", "unset", or "" where unspecified.
struct PathAttributes {
  std::string filter;
  std::string text;
  std::string crlf;  // the old spelling of text
  std::string eol;
  std::string ident;
  std::string working_tree_encoding;

  bool is_lfs() const { return filter == "lfs"; }
  bool operator==(const PathAttributes&) const = default;
};

// A .gitattributes file of a commit.
struct AttributesFile {
  std::string path;  // "sub/.gitattributes"
  BlobId blob;
};

// The attributes of each path, in order, as git itself sees them: from the
// given files of the commit, and the user's, system's and repository's own
// attribute files.
Result<std::vector<PathAttributes>> read_attributes(
    const Git& git, const std::vector<AttributesFile>& files,
    const std::vector<std::string>& paths);

}  // namespace sigstore::git
