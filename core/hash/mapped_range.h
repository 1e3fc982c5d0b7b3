// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: bytes of a file without copying them.

#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"
#include "core/base/file.h"

namespace sigstore {

// While one is alive a file that is cut off under its mapping is not the end
// of the program: what is missing reads as zeros, and the thread that read it
// knows (MappedRange::lost_bytes). The signal's handler is the process's; what
// is not about a mapping of ours goes to the one before.
class MappingGuard {
 public:
  MappingGuard();
  ~MappingGuard();
  MappingGuard(const MappingGuard&) = delete;
  MappingGuard& operator=(const MappingGuard&) = delete;
};

// A stretch of a file in memory, read-only. Needs a MappingGuard.
class MappedRange {
 public:
  MappedRange() = default;
  // Invalid where the file system has no mappings.
  MappedRange(int fd, std::uint64_t start, std::uint64_t size);
  MappedRange(MappedRange&& other) noexcept { swap(other); }
  MappedRange& operator=(MappedRange&& other) noexcept {
    swap(other);
    return *this;
  }
  ~MappedRange();

  bool valid() const { return base_ != nullptr; }
  const std::uint8_t* data() const { return base_ + lead_; }
  // A part that is wanted soon: the disk may begin.
  void announce(std::uint64_t offset, std::size_t size) const;
  // A part that is read next: the processor asks for nothing ahead of its use
  // where no page is mapped.
  void touch(std::uint64_t offset, std::size_t size) const;
  // A part that is done with takes no memory any more.
  void drop(std::uint64_t offset, std::size_t size) const;
  // Brings in what another thread may be about to read; no harm when it is
  // gone by now.
  static void populate(const std::uint8_t* from, std::size_t size);
  // Was something read that was not there? Asked by the thread that read.
  static bool lost_bytes();
  static void forget_lost();

 private:
  void swap(MappedRange& other) noexcept;

  std::uint8_t* base_ = nullptr;
  std::size_t lead_ = 0;  // from the start of a page to the start of the range
  std::size_t length_ = 0;
};

// Is this byte of a file in memory? Where the system does not tell: no.
bool is_in_memory(int fd, std::uint64_t offset);

}  // namespace sigstore
