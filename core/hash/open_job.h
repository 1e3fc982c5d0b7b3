// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: files that must stay as they are while they are read.

#include <sys/stat.h>

#include <cstdint>
#include <span>
#include <string>

#include "core/base/file.h"
#include "core/hash/hash_files.h"

namespace sigstore {

// "... changed while it was read".
Error changed_while_read(const std::string& path);

// Without waiting for whoever is at the other end, if it is no file.
Result<FileDescriptor> open_to_hash(int root_fd, const std::string& path,
                                    bool follow_symlinks);

struct OpenedFile {
  FileDescriptor fd;
  struct stat status;
};

// A regular file of `length` bytes, opened for reading.
Result<OpenedFile> open_job(int root_fd, const std::string& path,
                            std::uint64_t length, bool follow_symlinks);

// All of `to` from a job's file, `offset` bytes after the job's start.
Result<void> read_job(int fd, const HashJob& job, std::uint64_t offset,
                      std::span<std::uint8_t> to);

// Is it the same file still, of the same size and times?
Result<void> check_unchanged(int root_fd, const std::string& path,
                             const struct stat& before, bool follow_symlinks);

}  // namespace sigstore
