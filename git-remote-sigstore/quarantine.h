// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "core/base/file.h"
#include "core/base/process.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// A pack on its way in. Its objects go into a folder of their own inside the
// object store (named so that git's own clean-up knows it), are indexed and
// checked there by `git index-pack --fsck-objects`, and never enter the store
// through us: what is accepted is replayed to git byte by byte, the folder is
// deleted either way. Folders of runs that were killed are removed by the
// next run.
class Quarantine {
 public:
  static Result<Quarantine> create(const git::Git& git);

  // Pack data in order: indexes it, and keeps it for replay().
  Result<void> add(ByteView pack_bytes);
  // No more data. invalid_input when the pack is damaged or an object unsafe.
  Result<void> finish();
  // The object folder.
  std::string objects() const { return folder_.path().string(); }

  // The pack data again, from the start, in pieces of at most `size` bytes;
  // empty at the end.
  Result<Bytes> replay(std::size_t size);

 private:
  Quarantine(TemporaryDirectory folder, FileDescriptor lock,
             FileDescriptor spool, ChildProcess indexer)
      : folder_(std::move(folder)),
        lock_(std::move(lock)),
        spool_(std::move(spool)),
        indexer_(std::move(indexer)) {}

  TemporaryDirectory folder_;
  FileDescriptor lock_;  // held while the folder is in use
  FileDescriptor spool_;
  std::optional<ChildProcess> indexer_;
  std::int64_t replayed_ = 0;
};

}  // namespace sigstore
