// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/process.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"

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

// The attributes of many paths. Few combinations are common to all of them.
class AttributeTable {
 public:
  std::size_t size() const { return kind_of_path_.size(); }
  const PathAttributes& operator[](std::size_t path) const {
    return kinds_[kind_of_path_[path]];
  }

 private:
  friend class AttributeQuery;
  std::vector<PathAttributes> kinds_;
  std::vector<std::uint32_t> kind_of_path_;
};

// Asks git for the attributes of each path, in order, as it sees them itself:
// from the given files of the commit, and the user's, system's and
// repository's own attribute files. git works while the caller reads blobs.
class AttributeQuery {
 public:
  // `paths` outlives this object. incomplete when one of `files` is not here.
  static Result<AttributeQuery> start(const Git& git, ObjectReader& objects,
                                      const std::vector<AttributesFile>& files,
                                      const std::vector<std::string>& paths);
  // Takes what git answered so far, without waiting; see RunningCommand.
  Result<void> step();
  Result<AttributeTable> finish();

 private:
  AttributeQuery(TemporaryDirectory folder, Bytes input, RunningCommand running,
                 const std::vector<std::string>& paths)
      : folder_(std::move(folder)),
        input_(std::move(input)),
        running_(std::move(running)),
        paths_(paths) {}

  void take_answers(std::string& output);

  TemporaryDirectory folder_;
  Bytes input_;
  RunningCommand running_;
  const std::vector<std::string>& paths_;
  std::size_t path_ = 0;    // the one that answers are for
  PathAttributes current_;  // what they said of it
  AttributeTable table_;
};

// The whole question at once.
Result<AttributeTable> read_attributes(const Git& git, ObjectReader& objects,
                                       const std::vector<AttributesFile>& files,
                                       const std::vector<std::string>& paths);

}  // namespace sigstore::git
