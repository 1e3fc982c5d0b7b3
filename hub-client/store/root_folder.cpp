// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/root_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/handle.h"
#include "core/crypto/random.h"

namespace sigstore::hub {
namespace {

using DirectoryHandle = Handle<DIR, closedir>;

Error os_error(std::string_view action, const std::filesystem::path& path) {
  const int reason = errno;
  if (reason == ELOOP || reason == ENOTDIR)
    return fail(ErrorKind::io, "cannot ", action, " ", path.string(),
                ": a file or a symbolic link stands where a folder has to be");
  const ErrorKind kind =
      reason == ENOENT ? ErrorKind::not_found : ErrorKind::io;
  return fail(kind, "cannot ", action, " ", path.string(), ": ",
              errno_text(reason));
}

// "a/b/c" into "a/b" and "c"; "c" into "" and "c".
std::pair<std::string, std::string> split(const std::string& relative) {
  const std::size_t slash = relative.rfind('/');
  if (slash == relative.npos) return {"", relative};
  return {relative.substr(0, slash), relative.substr(slash + 1)};
}

bool is_part(std::string_view part) {
  return !part.empty() && part != "." && part != ".." &&
         part.find('\0') == part.npos;
}

// Every part of it.
bool is_safe(std::string_view relative) {
  while (true) {
    const std::size_t slash = relative.find('/');
    if (!is_part(relative.substr(0, slash))) return false;
    if (slash == relative.npos) return true;
    relative.remove_prefix(slash + 1);
  }
}

Error unsafe(std::string_view relative) {
  return fail(ErrorKind::invalid_input, "unsafe path ", relative);
}

struct Descent {
  FileDescriptor folder;
  int reason = 0;  // errno, when there is none
};

// A folder beneath the root, part by part; "" is the root itself.
Descent descend(const RootFolder& root, const std::string& relative,
                bool make) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  if (!relative.empty() && !is_safe(relative)) return {{}, EINVAL};
  Descent way{FileDescriptor(openat(root.fd(), ".", kFlags)), 0};
  if (!way.folder.valid()) way.reason = errno;
  for (std::size_t start = 0; way.reason == 0 && start < relative.size();) {
    const std::size_t end =
        std::min(relative.find('/', start), relative.size());
    const std::string part = relative.substr(start, end - start);
    const int folder = way.folder.get();
    if (make && mkdirat(folder, part.c_str(), 0777) != 0 && errno != EEXIST &&
        faccessat(folder, part.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0)
      return {FileDescriptor(), errno};
    FileDescriptor next(openat(folder, part.c_str(), kFlags));
    if (!next.valid()) way.reason = errno;
    way.folder = std::move(next);
    start = end + 1;
  }
  return way;
}

Result<FileDescriptor> open_folder(const RootFolder& root,
                                   const std::string& relative,
                                   bool make = false) {
  Descent way = descend(root, relative, make);
  if (way.reason == 0) return std::move(way.folder);
  errno = way.reason;
  return os_error(make ? "create" : "open", root.at(relative));
}

Result<std::string> temporary_name(const std::string& name) {
  TRY_ASSIGN(const std::string random, random_hex(8));
  return concat(name, ".", random, ".tmp");
}

FoundEntry::Type type_of(mode_t mode) {
  if (S_ISREG(mode)) return FoundEntry::Type::file;
  if (S_ISDIR(mode)) return FoundEntry::Type::folder;
  if (S_ISLNK(mode)) return FoundEntry::Type::link;
  return FoundEntry::Type::other;
}

// All of one file to the end of another.
Result<void> copy_bytes(int from, int to) {
  Bytes block(1U << 20U);
  while (true) {
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::io, "cannot read: ", errno_text(errno));
    if (got == 0) return {};
    TRY(write_all(to, ByteView(block).first(static_cast<std::size_t>(got))));
  }
}

// What a new file gets from `fill`, beside its place and then in it.
template <class Fill>
Result<void> write_beside(const RootFolder& root, const std::string& relative,
                          Sync when, const Fill& fill) {
  const auto [parent, name] = split(relative);
  if (!is_safe(relative)) return unsafe(relative);
  TRY_ASSIGN(const FileDescriptor folder, open_folder(root, parent, true));
  TRY_ASSIGN(const std::string temporary, temporary_name(name));
  const FileDescriptor file(
      openat(folder.get(), temporary.c_str(),
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file.valid()) return os_error("create", root.at(relative));
  Result<void> written = fill(file.get()).context(root.at(relative).string());
  if (written.ok() && when == Sync::now && fsync(file.get()) != 0)
    written = os_error("write", root.at(relative));
  if (written.ok() && renameat(folder.get(), temporary.c_str(), folder.get(),
                               name.c_str()) != 0)
    written = os_error("write", root.at(relative));
  if (!written.ok()) unlinkat(folder.get(), temporary.c_str(), 0);
  return written;
}

}  // namespace

Result<std::string> random_hex(std::size_t count) {
  TRY_ASSIGN(const Bytes bytes, random_bytes(count / 2));
  return to_hex(bytes);
}

Result<RootFolder> RootFolder::open(const std::filesystem::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return os_error("open", path);
  return RootFolder(path, std::move(fd));
}

Result<RootFolder> RootFolder::make(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error)
    return fail(ErrorKind::io, "cannot create ", path.string(), ": ",
                error.message());
  return open(path);
}

Result<FoundEntry> RootFolder::look(const std::string& relative) const {
  const auto [parent, name] = split(relative);
  if (!is_safe(relative)) return unsafe(relative);
  const Descent way = descend(*this, parent, false);
  struct stat status {};
  int reason = way.reason;
  if (reason == 0 && fstatat(way.folder.get(), name.c_str(), &status,
                             AT_SYMLINK_NOFOLLOW) != 0)
    reason = errno;
  if (reason == ENOENT || reason == ELOOP || reason == ENOTDIR)
    return FoundEntry{};
  errno = reason;
  if (reason != 0) return os_error("look at", at(relative));
  return FoundEntry{type_of(status.st_mode),
                    static_cast<std::uint64_t>(status.st_size),
                    std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                        status.st_mtim.tv_nsec,
                    status.st_mode & 07777U};
}

Result<Bytes> RootFolder::read(const std::string& relative,
                               std::size_t limit) const {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  TRY_ASSIGN(const FileDescriptor fd,
             open_beneath(fd_.get(), relative, O_RDONLY | O_NONBLOCK));
  struct stat status {};
  if (fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode))
    return fail(ErrorKind::invalid_input, at(relative).string(),
                " is not a regular file");
  return read_all(fd.get(), limit, at(relative).string());
}

Result<std::string> RootFolder::read_link(const std::string& relative) const {
  const auto [parent, name] = split(relative);
  if (!is_safe(relative)) return unsafe(relative);
  TRY_ASSIGN(const FileDescriptor folder, open_folder(*this, parent));
  std::string target(4096, '\0');
  const ssize_t length =
      readlinkat(folder.get(), name.c_str(), target.data(), target.size());
  if (length < 0) return os_error("read the link", at(relative));
  target.resize(static_cast<std::size_t>(length));
  return target;
}

Result<std::vector<std::string>> RootFolder::list(
    const std::string& relative) const {
  std::vector<std::string> names;
  Result<FileDescriptor> folder = open_folder(*this, relative);
  if (!folder.ok() && folder.error().kind == ErrorKind::not_found) return names;
  if (!folder.ok()) return std::move(folder).error();
  const DirectoryHandle directory(fdopendir(folder->release()));
  if (!directory) return os_error("list", at(relative));
  errno = 0;
  while (const dirent* entry = readdir(directory.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
    errno = 0;
  }
  if (errno != 0) return os_error("list", at(relative));
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> RootFolder::make_folder(const std::string& relative) const {
  TRY(open_folder(*this, relative, true));
  return {};
}

Result<void> RootFolder::write(const std::string& relative, ByteView bytes,
                               Sync when) const {
  return write_beside(*this, relative, when,
                      [&](int fd) { return write_all(fd, bytes); });
}

Result<void> RootFolder::copy(const std::string& from,
                              const std::string& to) const {
  TRY_ASSIGN(const FileDescriptor source,
             open_beneath(fd_.get(), from, O_RDONLY | O_NONBLOCK));
  return write_beside(*this, to, Sync::now,
                      [&](int fd) { return copy_bytes(source.get(), fd); });
}

Result<void> RootFolder::make_link(const std::string& relative,
                                   const std::string& target) const {
  const auto [parent, name] = split(relative);
  if (!is_safe(relative)) return unsafe(relative);
  TRY_ASSIGN(const FileDescriptor folder, open_folder(*this, parent, true));
  TRY_ASSIGN(const std::string temporary, temporary_name(name));
  if (symlinkat(target.c_str(), folder.get(), temporary.c_str()) != 0)
    return os_error("link", at(relative));
  if (renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) !=
      0) {
    const Error error = os_error("link", at(relative));
    unlinkat(folder.get(), temporary.c_str(), 0);
    return error;
  }
  return {};
}

Result<void> RootFolder::move(const std::string& from,
                              const std::string& to) const {
  const auto [from_parent, from_name] = split(from);
  const auto [to_parent, to_name] = split(to);
  if (!is_safe(from)) return unsafe(from);
  if (!is_safe(to)) return unsafe(to);
  TRY_ASSIGN(const FileDescriptor source, open_folder(*this, from_parent));
  TRY_ASSIGN(const FileDescriptor target, open_folder(*this, to_parent, true));
  if (renameat(source.get(), from_name.c_str(), target.get(),
               to_name.c_str()) != 0)
    return os_error("write", at(to));
  return {};
}

bool RootFolder::is_writable() const {
  return faccessat(fd_.get(), ".", W_OK, 0) == 0;
}

Result<void> RootFolder::set_mode(const std::string& relative,
                                  unsigned mode) const {
  TRY_ASSIGN(const FileDescriptor fd,
             open_beneath(fd_.get(), relative, O_RDONLY | O_NONBLOCK));
  if (fchmod(fd.get(), static_cast<mode_t>(mode)) != 0)
    return os_error("set the mode of", at(relative));
  return {};
}

Result<void> RootFolder::remove(const std::string& relative) const {
  const auto [parent, name] = split(relative);
  if (!is_safe(relative)) return unsafe(relative);
  const Result<FileDescriptor> folder = open_folder(*this, parent);
  if (!folder.ok() && folder.error().kind == ErrorKind::not_found) return {};
  if (!folder.ok()) return folder.error();
  if (unlinkat(folder->get(), name.c_str(), 0) != 0 && errno != ENOENT)
    return os_error("remove", at(relative));
  return {};
}

Result<std::optional<FileDescriptor>> RootFolder::lock(
    const std::string& relative, int seconds) const {
  const auto [parent, name] = split(relative);
  if (!is_safe(relative)) return unsafe(relative);
  TRY_ASSIGN(const FileDescriptor folder, open_folder(*this, parent, true));
  // 0664 is what huggingface_hub's locks have.
  FileDescriptor file(openat(folder.get(), name.c_str(),
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0664));
  if (!file.valid()) return os_error("open", at(relative));
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP)
      return std::optional<FileDescriptor>();
    if (errno != EWOULDBLOCK && errno != EINTR)
      return os_error("lock", at(relative));
    if (std::chrono::steady_clock::now() >= deadline)
      return fail(ErrorKind::io, "another process holds ",
                  at(relative).string(), "; try again when it has ended");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return std::optional<FileDescriptor>(std::move(file));
}

}  // namespace sigstore::hub
