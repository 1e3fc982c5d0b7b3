// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"
#include "tests/support/temp_folder.h"

// An empty git repository on branch main in a private folder. Its git knows
// no configuration but the repository's own. Whatever fails in here fails the
// test.
class TempRepository {
 public:
  TempRepository() : TempRepository("sha1") {}
  explicit TempRepository(std::string_view object_format);
  // A shallow copy of `source`, `depth` commits deep.
  TempRepository(const TempRepository& source, int depth);

  const TempFolder& folder() const { return folder_; }
  const sigstore::git::Git& git() const { return git_; }
  // The same git, started in another folder.
  sigstore::git::Git git_in(const std::filesystem::path& path) const;

  std::string run(std::vector<std::string> arguments,
                  std::string_view input = {}) const;
  void write(std::string_view path, std::string_view content) const {
    folder_.write(path, content);
  }
  // Everything in the work tree, as a commit on the current branch.
  sigstore::git::CommitId commit_all(std::string_view message = "c") const;
  sigstore::git::ObjectId write_blob(std::string_view content) const;
  sigstore::git::CommitId head() const;
  std::unique_ptr<sigstore::git::ObjectReader> objects() const;

 private:
  TempFolder folder_;
  sigstore::git::Git git_;
};
