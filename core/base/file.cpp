// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace sigstore {
namespace {

Error os_error(std::string_view action, std::string_view path) {
  const int reason = errno;
  const ErrorKind kind = reason == ENOENT || reason == ENOTDIR
                             ? ErrorKind::not_found
                             : ErrorKind::io;
  return fail(kind, "cannot ", action, " ", path, ": ", errno_text(reason));
}

// The file that `path` finally names, whether it exists or not.
std::filesystem::path link_target(std::filesystem::path path) {
  constexpr int kLongestChain = 40;  // as in the kernel
  std::error_code error;
  for (int i = 0; i < kLongestChain; ++i) {
    const auto target = std::filesystem::read_symlink(path, error);
    if (error) return path;
    path = target.is_absolute() ? target : path.parent_path() / target;
  }
  return path;
}

void sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor fd(open(directory.empty() ? "." : directory.c_str(),
                               O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Best effort: some file systems cannot sync a directory.
  if (fd.valid()) fsync(fd.get());
}

Result<void> write_beside(const std::filesystem::path& path, ByteView bytes,
                          mode_t mode, bool replace) {
  std::string temporary = path.string() + ".tmp-XXXXXX";
  const FileDescriptor fd(mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return os_error("create a file beside", path.string());
  Result<void> written = write_all(fd.get(), bytes).context(path.string());
  if (written.ok() && (fchmod(fd.get(), mode) != 0 || fsync(fd.get()) != 0))
    written = os_error("write", path.string());
  const char* final_name = path.c_str();
  // link(2) refuses an existing name, rename(2) replaces it.
  if (written.ok() && (replace ? rename(temporary.c_str(), final_name)
                               : link(temporary.c_str(), final_name)) != 0)
    written = os_error("write", path.string());
  if (!replace || !written.ok()) unlink(temporary.c_str());
  if (!written.ok()) return written;
  sync_directory(path.parent_path());
  return {};
}

}  // namespace

void FileDescriptor::reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

Result<Bytes> read_all(int fd, std::size_t limit, std::string_view what) {
  constexpr std::size_t kStep = 64 * 1024;
  Bytes bytes;
  struct stat status {};
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_size > 0) {
    if (static_cast<std::uint64_t>(status.st_size) > limit)
      return fail(ErrorKind::invalid_input, what, " is larger than ", limit,
                  " bytes");
    bytes.reserve(static_cast<std::size_t>(status.st_size) + 1);
  }
  while (true) {
    const std::size_t have = bytes.size();
    const std::size_t room =
        std::max(kStep, bytes.capacity() > have ? bytes.capacity() - have : 0);
    bytes.resize(have + room);
    const ssize_t got = read(fd, bytes.data() + have, room);
    bytes.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_error("read", what);
    if (got == 0) return bytes;
    if (bytes.size() > limit)
      return fail(ErrorKind::invalid_input, what, " is larger than ", limit,
                  " bytes");
  }
}

Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const FileDescriptor fd(
      open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return os_error("open", path.string());
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) return os_error("read", path.string());
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::invalid_input, path.string(),
                " is not a regular file");
  return read_all(fd.get(), limit, path.string());
}

Result<void> write_all(int fd, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return fail(ErrorKind::io, "cannot write: ", errno_text(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> write_file_atomic(const std::filesystem::path& path,
                               ByteView bytes, mode_t mode) {
  const std::filesystem::path target = link_target(path);
  struct stat status {};
  if (stat(target.c_str(), &status) == 0) {
    // A rename would put a file in the place of a device or pipe.
    if (!S_ISREG(status.st_mode))
      return fail(ErrorKind::invalid_input, path.string(),
                  " is not a regular file");
    mode = status.st_mode & 07777U;
  }
  return write_beside(target, bytes, mode, true);
}

Result<void> write_new_file(const std::filesystem::path& path, ByteView bytes,
                            mode_t mode) {
  return write_beside(path, bytes, mode, false);
}

Result<FileDescriptor> lock_file(const std::filesystem::path& path,
                                 int seconds) {
  FileDescriptor fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.valid()) return os_error("open", path.string());
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return os_error("lock", path.string());
    if (std::chrono::steady_clock::now() > deadline)
      return fail(ErrorKind::io, "another process holds ", path.string(),
                  "; try again when it has ended");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return fd;
}

namespace {

// For kernels before 5.6 and sandboxes without openat2.
Result<FileDescriptor> open_by_component(int root_fd,
                                         const std::string& relative,
                                         int flags) {
  FileDescriptor current(
      openat(root_fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::size_t start = 0;
  while (true) {
    const std::size_t slash = relative.find('/', start);
    const std::string name = relative.substr(start, slash - start);
    if (name.empty() || name == "." || name == "..")
      return fail(ErrorKind::invalid_input, "unsafe path ", relative);
    const bool last = slash == std::string::npos;
    FileDescriptor next(
        openat(current.get(), name.c_str(),
               O_CLOEXEC | O_NOFOLLOW | (last ? flags : O_PATH | O_DIRECTORY)));
    if (!next.valid()) return os_error("open", relative);
    if (last) return next;
    current = std::move(next);
    start = slash + 1;
  }
}

}  // namespace

Result<FileDescriptor> open_beneath(int root_fd, const std::string& relative,
                                    int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long fd =
      syscall(SYS_openat2, root_fd, relative.c_str(), &how, sizeof how);
  if (fd >= 0) return FileDescriptor(static_cast<int>(fd));
  if (errno == ENOSYS || errno == EPERM)
    return open_by_component(root_fd, relative, flags);
  return os_error("open", relative);
}

void drop_oldest_files(const std::filesystem::path& folder, std::size_t most) {
  using Entry =
      std::pair<std::filesystem::file_time_type, std::filesystem::path>;
  std::vector<Entry> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator item(folder, error), end;
       !error && item != end; item.increment(error)) {
    std::error_code ignored;
    entries.emplace_back(item->last_write_time(ignored), item->path());
  }
  if (entries.size() <= most) return;
  std::sort(entries.begin(), entries.end());
  entries.resize(entries.size() - most / 2);
  for (const Entry& entry : entries)
    std::filesystem::remove(entry.second, error);
}

Result<TemporaryDirectory> TemporaryDirectory::create(
    const std::string& pattern) {
  std::string path = pattern;
  if (mkdtemp(path.data()) == nullptr) return os_error("create", path);
  return TemporaryDirectory(path);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;  // nothing more can be done about it here
  if (path_) std::filesystem::remove_all(*path_, ignored);
}

}  // namespace sigstore
