// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace test_hub {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void FileDescriptor::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

std::optional<TemporaryFile> make_temporary_file(
    const std::filesystem::path& folder) {
  std::string name = (folder / "XXXXXX").string();
  FileDescriptor descriptor(mkostemp(name.data(), O_CLOEXEC));
  if (!descriptor) return std::nullopt;
  return TemporaryFile{std::move(descriptor), name};
}

FileDescriptor make_anonymous_file(const std::filesystem::path& folder) {
  auto file = make_temporary_file(folder);
  if (!file) return {};
  std::error_code ignored;
  std::filesystem::remove(file->path, ignored);
  return std::move(file->descriptor);
}

FileDescriptor open_for_reading(const std::filesystem::path& path) {
  return FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

std::string read_back(const FileDescriptor& file) {
  std::string text;
  std::array<char, 64 * 1024> buffer;
  off_t at = 0;
  while (true) {
    const ssize_t count = pread(file.get(), buffer.data(), buffer.size(), at);
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<size_t>(count));
    at += count;
  }
}

bool write_file_atomic(const std::filesystem::path& path,
                       std::string_view bytes) {
  const auto folder = path.has_parent_path() ? path.parent_path() : ".";
  const auto file = make_temporary_file(folder);
  if (!file) return false;
  std::error_code error;
  if (write_all(file->descriptor.get(), bytes)) {
    std::filesystem::rename(file->path, path, error);
    if (!error) return true;
  }
  std::filesystem::remove(file->path, error);
  return false;
}

}  // namespace test_hub
