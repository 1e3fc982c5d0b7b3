// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/verified_copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "hub-client/download/file_digests.h"
#include "hub-client/download/partial_file.h"

namespace sigstore::hub {
namespace {

// Nothing when it cannot be read, or has another size.
FileDescriptor open_source(const std::filesystem::path& from,
                           std::uint64_t size) {
  FileDescriptor source(
      ::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  const bool fits = source.valid() && ::fstat(source.get(), &status) == 0 &&
                    S_ISREG(status.st_mode) &&
                    static_cast<std::uint64_t>(status.st_size) == size;
  return fits ? std::move(source) : FileDescriptor();
}

// In this process, for two file systems between which the kernel does not
// copy. False when the source ends early or cannot be read.
Result<bool> copy_by_hand(int source, std::uint64_t at, std::uint64_t size,
                          PartialFile& partial) {
  Bytes part(limits::kMiB);
  while (at < size) {
    const ssize_t got =
        ::pread(source, part.data(), part.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    TRY(partial.write_at(at,
                         ByteView(part).first(static_cast<std::size_t>(got))));
    at += static_cast<std::uint64_t>(got);
  }
  return true;
}

Result<bool> copy_bytes(int source, std::uint64_t size, PartialFile& partial) {
  if (::ioctl(partial.fd(), FICLONE, source) == 0) return true;
  std::uint64_t at = 0;
  while (at < size) {
    auto from = static_cast<loff_t>(at);
    auto to = static_cast<loff_t>(at);
    const ssize_t got =
        ::copy_file_range(source, &from, partial.fd(), &to, size - at, 0);
    if (got < 0 && errno == EINTR) continue;
    // Also for a full disk, which writing then says in words.
    if (got <= 0) return copy_by_hand(source, at, size, partial);
    at += static_cast<std::uint64_t>(got);
  }
  return true;
}

}  // namespace

Result<bool> copy_verified(const std::filesystem::path& from,
                           const WantedFile& wanted) {
  const FileDescriptor source = open_source(from, wanted.size);
  if (!source.valid()) return false;
  TRY_ASSIGN(const std::unique_ptr<PartialFile> partial,
             PartialFile::open(wanted.partial, wanted.etag, wanted.size));
  TRY(partial->restart());
  TRY_ASSIGN(bool same, copy_bytes(source.get(), wanted.size, *partial));
  if (same) {
    // Of the copy: what is vouched for is what lies there.
    TRY_ASSIGN(same, has_digests(partial->fd(), wanted.path, wanted.size,
                                 wanted.expected));
  }
  if (same)
    partial->finish();
  else
    partial->discard();
  return same;
}

bool same_content(const WantedFile& one, const WantedFile& other) {
  const Expected& a = one.expected;
  const Expected& b = other.expected;
  if (one.etag != other.etag || one.size != other.size ||
      a.sha256 != b.sha256 || a.git_blob != b.git_blob ||
      a.resources.size() != b.resources.size())
    return false;
  if (!a.sha256 && a.git_blob.empty()) return false;
  if (a.resources.empty()) return true;
  return a.resources.size() == 1 && a.parameters.method == Method::files &&
         b.parameters.method == Method::files &&
         a.parameters.hash_type == b.parameters.hash_type &&
         a.resources.front().digest == b.resources.front().digest;
}

}  // namespace sigstore::hub
