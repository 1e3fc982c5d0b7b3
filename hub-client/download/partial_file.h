// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/result.h"
#include "hub-client/download/byte_ranges.h"

namespace sigstore::hub {

// A file that is not whole yet, and the sidecar that says which of its bytes
// are. The order is: bytes, their way to the disk, sidecar by rename; so
// whenever this program ends, by kill -9 or with the machine, the sidecar says
// no more than is there, or there is none and the file counts for nothing. What
// the bytes are worth it does not say: they are hashed again. The disk is
// waited for by nobody but checkpoint(): a whole file needs no sidecar.
//
// One process at a time has it, by flock.
class PartialFile {
 public:
  // Makes room for `size` bytes. io when another process has it, or there is
  // no room; unsafe_tree for what is no plain file of ours.
  static Result<std::unique_ptr<PartialFile>> open(
      const std::filesystem::path& path, std::string etag, std::uint64_t size);
  // The sidecar of `path`: "x.incomplete" -> "x.json.incomplete", so that
  // whoever cleans up a cache knows both for what they are.
  static std::filesystem::path sidecar_of(const std::filesystem::path& path);

  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  // What was here when it was opened.
  const ByteRanges& have() const { return have_; }
  int fd() const { return file_.get(); }
  const std::filesystem::path& path() const { return path_; }

  Result<void> write_at(std::uint64_t offset, ByteView bytes);
  // Writes down that these bytes are here, when they have reached the disk.
  // From any thread, one at a time; nothing after finish() or discard(), for
  // which it gives up half-way.
  Result<void> checkpoint(const ByteRanges& have);
  // It is whole and about to be renamed: there will be no other sidecar.
  void finish();
  // After that: it has its place.
  void remove_sidecar();
  // Or it has not, and stays what it was.
  void unfinish();
  // Both go.
  void discard();
  // Empty, as if it had just been made.
  Result<void> restart();

 private:
  PartialFile(std::filesystem::path path, std::string etag, std::uint64_t size)
      : path_(std::move(path)), etag_(std::move(etag)), size_(size) {}
  Result<void> open_file();
  Result<void> make_room();
  Result<void> reach_disk(const ByteRanges& have);
  Result<void> sync_range(ByteRange range);
  Result<void> write_sidecar(const ByteRanges& have);
  void read_sidecar();
  Error os_error(std::string_view action) const;

  std::filesystem::path path_;
  std::string etag_;
  std::uint64_t size_;
  ByteRanges have_;
  ByteRanges on_disk_;  // of checkpoint()
  std::mutex mutex_;    // of the sidecar's name
  std::atomic<bool> over_ = false;
  FileDescriptor file_;
};

}  // namespace sigstore::hub
