// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/file.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// A folder within the object store for objects that nobody has judged yet,
// named so that git's own clean-up knows it ("tmp_objdir-"). It is locked
// while in use, and deleted with this object or on SIGINT, SIGTERM and SIGHUP;
// folders of runs that were killed are deleted by the next run.
class QuarantineFolder {
 public:
  static Result<QuarantineFolder> create(const git::Git& git);
  QuarantineFolder(QuarantineFolder&&) = default;
  QuarantineFolder& operator=(QuarantineFolder&&) = delete;
  ~QuarantineFolder();

  std::string path() const { return folder_.path().string(); }
  // The object folder of the repository.
  const std::string& store() const { return store_; }
  // For a git child that writes objects here, and reads those of the store.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment()
      const;

  // Moves all objects and packs into the store, each pack's index last, so
  // that nobody sees half of one. False when the store has a file `keep`
  // already: it is somebody else's.
  Result<bool> migrate(const std::string& keep) const;

 private:
  QuarantineFolder(std::string store, TemporaryDirectory folder,
                   FileDescriptor lock);

  std::string store_;
  TemporaryDirectory folder_;
  FileDescriptor lock_;  // of the folder, held while it is in use
};

// `text` as one entry of GIT_ALTERNATE_OBJECT_DIRECTORIES (git(1)), quoted: a
// path may contain the ":" that separates entries.
std::string alternate_entry(std::string_view text);

}  // namespace sigstore
