// SPDX-License-Identifier: Apache-2.0
#include "core/hash/open_job.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace sigstore {
namespace {

constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY;

bool is_same_time(const timespec& left, const timespec& right) {
  return left.tv_sec == right.tv_sec && left.tv_nsec == right.tv_nsec;
}

}  // namespace

Error changed_while_read(const std::string& path) {
  return fail(ErrorKind::content_differs, path, " changed while it was read");
}

Result<FileDescriptor> open_to_hash(int root_fd, const std::string& path,
                                    bool follow_symlinks) {
  if (!follow_symlinks) return open_beneath(root_fd, path, kFlags);
  FileDescriptor fd(openat(root_fd, path.c_str(), kFlags | O_CLOEXEC));
  if (!fd.valid())
    return fail(ErrorKind::io, "cannot open ", path, ": ", errno_text(errno));
  return fd;
}

Result<OpenedFile> open_job(int root_fd, const std::string& path,
                            std::uint64_t length, bool follow_symlinks) {
  OpenedFile opened{};
  TRY_ASSIGN(opened.fd, open_to_hash(root_fd, path, follow_symlinks));
  if (fstat(opened.fd.get(), &opened.status) != 0 ||
      !S_ISREG(opened.status.st_mode))
    return fail(ErrorKind::io, path, " is not a regular file");
  if (static_cast<std::uint64_t>(opened.status.st_size) != length)
    return changed_while_read(path);
  return opened;
}

Result<void> read_job(int fd, const HashJob& job, std::uint64_t offset,
                      std::span<std::uint8_t> to) {
  std::size_t have = 0;
  while (have < to.size()) {
    const ssize_t got = pread(fd, to.data() + have, to.size() - have,
                              static_cast<off_t>(job.start + offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorKind::io, "cannot read ", job.path, ": ",
                  errno_text(errno));
    if (got == 0) return changed_while_read(job.path);
    have += static_cast<std::size_t>(got);
  }
  return {};
}

Result<void> check_unchanged(int root_fd, const std::string& path,
                             const struct stat& before, bool follow_symlinks) {
  struct stat now {};
  const int flags = follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW;
  if (fstatat(root_fd, path.c_str(), &now, flags) == 0 &&
      now.st_dev == before.st_dev && now.st_ino == before.st_ino &&
      now.st_size == before.st_size &&
      is_same_time(now.st_mtim, before.st_mtim) &&
      is_same_time(now.st_ctim, before.st_ctim))
    return {};
  return changed_while_read(path);
}

}  // namespace sigstore
