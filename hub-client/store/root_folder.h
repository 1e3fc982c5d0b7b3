// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/result.h"

namespace sigstore::hub {

// What stands at a path, not followed.
struct FoundEntry {
  enum class Type : std::uint8_t { none, file, folder, link, other };
  Type type = Type::none;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;  // since 1970
  unsigned mode = 0;             // permissions
};

// Is what was written on the disk when the call returns?
enum class Sync : std::uint8_t { now, later };

// A folder, and everything below it by relative path. The folder itself may
// be reached through symbolic links; below it none is followed, so that a
// link that somebody planted leads nowhere. Paths are written with "/"; parts
// that are empty, "." or ".." are refused.
class RootFolder {
 public:
  // not_found when there is none.
  static Result<RootFolder> open(const std::filesystem::path& path);
  // With the folders above it.
  static Result<RootFolder> make(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path at(std::string_view relative) const {
    return path_ / relative;
  }
  int fd() const { return fd_.get(); }

  // none too where a file or a link stands in the place of a folder above.
  Result<FoundEntry> look(const std::string& relative) const;
  Result<Bytes> read(const std::string& relative, std::size_t limit) const;
  // The target of a link, as it is written.
  Result<std::string> read_link(const std::string& relative) const;
  // The names in a folder ("" is the root), sorted; none when it is not there.
  Result<std::vector<std::string>> list(const std::string& relative) const;

  Result<void> make_folder(const std::string& relative) const;

  // These make the folders above. Readers see the old or the new; a folder
  // in the place is an error.
  Result<void> write(const std::string& relative, ByteView bytes,
                     Sync when = Sync::now) const;
  Result<void> make_link(const std::string& relative,
                         const std::string& target) const;
  Result<void> move(const std::string& from, const std::string& to) const;
  Result<void> copy(const std::string& from, const std::string& to) const;

  // By its permissions and those of the file system; it may be full.
  bool is_writable() const;

  Result<void> set_mode(const std::string& relative, unsigned mode) const;
  // Nothing there is fine.
  Result<void> remove(const std::string& relative) const;

  // An exclusive flock(2) on a file that is made if need be and stays; held
  // until the descriptor closes. Nothing where the file system has no locks;
  // io when it is held for longer than `seconds`.
  Result<std::optional<FileDescriptor>> lock(const std::string& relative,
                                             int seconds) const;

 private:
  RootFolder(std::filesystem::path path, FileDescriptor fd)
      : path_(std::move(path)), fd_(std::move(fd)) {}

  std::filesystem::path path_;
  FileDescriptor fd_;
};

// `count` random hexadecimal digits (even).
Result<std::string> random_hex(std::size_t count);

}  // namespace sigstore::hub
