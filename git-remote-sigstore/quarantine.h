// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "core/base/process.h"
#include "core/base/result.h"
#include "core/git/git_command.h"
#include "git-remote-sigstore/quarantine_folder.h"

namespace sigstore {

// Packs on their way in. Their objects go into a folder of their own, and are
// indexed and checked there by `git index-pack --fsck-objects`. The pack that
// git asked for never enters the store through us: what is accepted is
// replayed to git byte by byte. Packs that we asked for ourselves, since a
// partial clone left them out, are moved into the store by keep_injected().
// The folder is deleted either way.
class Quarantine {
 public:
  static Result<Quarantine> create(const git::Git& git);

  enum class PackKind : std::uint8_t {
    whole,     // git's; every object it names has to be somewhere
    filtered,  // git's, of a partial clone: objects may be missing
    injected,  // ours; objects may be missing
  };
  // Before the data of each pack.
  Result<void> start_pack(PackKind kind);
  // Pack data in order: indexes it, and keeps git's pack for replay().
  Result<void> add(ByteView pack_bytes);
  // No more data. invalid_input when the pack is damaged or an object unsafe.
  Result<void> finish();
  // The object folder.
  std::string objects() const { return folder_.path(); }

  // The data of git's pack again, from the start, in pieces of at most `size`
  // bytes; empty at the end.
  Result<Bytes> replay(std::size_t size);

  bool has_injected() const { return !injected_.empty(); }
  // Into the object store, marked as what a promisor remote gave, so that
  // git does not fetch these objects again.
  Result<void> keep_injected();

 private:
  Quarantine(QuarantineFolder folder, FileDescriptor spool, git::Git git)
      : folder_(std::move(folder)),
        spool_(std::move(spool)),
        git_(std::move(git)) {}

  QuarantineFolder folder_;
  FileDescriptor spool_;
  git::Git git_;  // in the quarantine
  PackKind kind_ = PackKind::whole;
  std::optional<ChildProcess> indexer_;
  std::int64_t replayed_ = 0;
  std::vector<std::string> injected_;  // "pack-<hash>"
};

}  // namespace sigstore
