// SPDX-License-Identifier: Apache-2.0
#include "core/hash/freeze_files.h"

#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "core/hash/file_state.h"
#include "core/hash/fs_verity.h"
#include "core/hash/open_job.h"

namespace sigstore {
namespace {

Error cannot_freeze(const std::string& path, int reason) {
  if (reason == ENOTTY || reason == EOPNOTSUPP)
    return fail(ErrorKind::unsupported, "nothing can keep ", path,
                " from changing: fs-verity takes a kernel that has it, and "
                "ext4, F2FS (with the feature \"verity\") or btrfs");
  if (reason == ETXTBSY)
    return fail(ErrorKind::io, "cannot protect ", path,
                ": a program has it open for writing");
  return fail(ErrorKind::io, "cannot protect ", path, ": ", errno_text(reason));
}

}  // namespace

Result<void> freeze_files(int root_fd, std::span<const std::string> paths,
                          bool follow_symlinks, KnownDigests* known) {
  FileStates states;
  std::vector<KnownDigests::Move> moves;
  for (const std::string& path : paths) {
    TRY_ASSIGN(const FileDescriptor file,
               open_to_hash(root_fd, path, follow_symlinks));
    const std::optional<FileState> before = states.look(file.get());
    const int reason = enable_verity(file.get());
    if (reason != 0) return cannot_freeze(path, reason);
    const std::optional<FileState> after = states.look(file.get());
    // From the hashing until it could not change any more.
    if (before && after && *before != *after &&
        states.look_at_times(file.get()) == before)
      moves.push_back({*before, *after});
  }
  if (known != nullptr) known->carry(std::move(moves));
  return {};
}

}  // namespace sigstore
