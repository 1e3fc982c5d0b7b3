// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

// Owner of a file descriptor.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~FileDescriptor() { reset(); }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// The whole file, or an error that names it: not_found, io, or invalid_input
// when it is longer than `limit` bytes. FIFOs and devices are refused without
// waiting for them.
Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit);
// The rest of an open descriptor; `what` names it in errors.
Result<Bytes> read_all(int fd, std::size_t limit, std::string_view what);

// Writes every byte; a pipe whose reader is gone is an error, not a signal
// (callers ignore SIGPIPE).
Result<void> write_all(int fd, ByteView bytes);

// Writes beside `path`, syncs, then renames: readers see the old file or the
// new one. Follows a symbolic link at `path` to its target; keeps the mode of
// a file that exists, else uses `mode`.
Result<void> write_file_atomic(const std::filesystem::path& path,
                               ByteView bytes, mode_t mode = 0644);

// Like write_file_atomic, but refuses when `path` exists.
Result<void> write_new_file(const std::filesystem::path& path, ByteView bytes,
                            mode_t mode);

// An exclusive advisory lock on `path`, created if absent, held until the
// descriptor is closed. Waits up to `seconds`.
Result<FileDescriptor> lock_file(const std::filesystem::path& path,
                                 int seconds);

// Opens `relative` below the directory `root_fd`. No component may be a
// symbolic link (openat2(2), RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH; by
// component on kernels without it), so nothing outside can be read.
Result<FileDescriptor> open_beneath(int root_fd, const std::string& relative,
                                    int flags);

// When there are more than `most` files in a folder, those go that were
// written longest ago, down to half of that.
void drop_oldest_files(const std::filesystem::path& folder, std::size_t most);

// Removes a file or folder tree when it goes out of scope.
class TemporaryDirectory {
 public:
  // `pattern` is a path whose last six characters are XXXXXX.
  static Result<TemporaryDirectory> create(const std::string& pattern);
  TemporaryDirectory(TemporaryDirectory&&) = default;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return *path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path)
      : path_(std::make_unique<std::filesystem::path>(std::move(path))) {}
  // Moved-from directories own nothing.
  std::unique_ptr<std::filesystem::path> path_;
};

}  // namespace sigstore
