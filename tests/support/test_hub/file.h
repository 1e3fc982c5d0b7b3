// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace test_hub {

/// Owns a file descriptor; empty when made from a failed call.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor() { reset(); }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  void reset();

 private:
  int fd_ = -1;
};

/// A new empty file, opened for reading and writing.
struct TemporaryFile {
  FileDescriptor descriptor;
  std::filesystem::path path;
};

std::optional<TemporaryFile> make_temporary_file(
    const std::filesystem::path& folder);

/// An open file that no path leads to, for bytes too many for memory.
FileDescriptor make_anonymous_file(const std::filesystem::path& folder);

FileDescriptor open_for_reading(const std::filesystem::path& path);

bool write_all(int fd, std::string_view bytes);

/// All of an open file, wherever it was read or written last.
std::string read_back(const FileDescriptor& file);

/// Readers see the old content or the new, never half of it.
bool write_file_atomic(const std::filesystem::path& path,
                       std::string_view bytes);

}  // namespace test_hub
