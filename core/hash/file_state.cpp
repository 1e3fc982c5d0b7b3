// SPDX-License-Identifier: Apache-2.0
#include "core/hash/file_state.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/hash/fs_verity.h"

namespace sigstore {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSettledSeconds = 2;
constexpr std::uint32_t kXfsMagic = 0x58465342;  // "XFSB"; in no header
// linux/stat.h from 6.8 on.
constexpr unsigned kUniqueMountId = 0x4000;

// A short file of the kernel's; "" when it has none. Those of sysfs say that
// they are a page long.
std::string read_text(const std::string& path) {
  const Result<Bytes> bytes = read_file(path, 64 * limits::kKiB);
  return bytes.ok() ? std::string(as_text(*bytes)) : std::string();
}

bool has_true_times(int fd) {
  struct statfs system {};
  if (fstatfs(fd, &system) != 0) return false;
  const auto type = static_cast<std::uint32_t>(system.f_type);
  return type == EXT4_SUPER_MAGIC || type == kXfsMagic ||
         type == BTRFS_SUPER_MAGIC;
}

// Since when is this device what it is? "" where that is unknown.
std::string attachment(int fd, dev_t device) {
  if (major(device) != 0) {
    const std::string folder =
        concat("/sys/dev/block/", major(device), ":", minor(device));
    const std::string of_disk = read_text(folder + "/diskseq");
    // A partition is attached with its disk.
    return of_disk.empty() ? read_text(folder + "/../diskseq") : of_disk;
  }
  struct statx status {};
  if (statx(fd, "", AT_EMPTY_PATH, kUniqueMountId, &status) != 0 ||
      (status.stx_mask & kUniqueMountId) == 0)
    return {};
  return concat("mount ", status.stx_mnt_id);
}

std::optional<Sha256Digest> find_volume(int fd, dev_t device,
                                        const std::string& boot) {
  if (boot.empty() || !has_true_times(fd)) return std::nullopt;
  const std::string since = attachment(fd, device);
  if (since.empty()) return std::nullopt;
  return sha256(as_bytes(concat("boot ", boot, "device ", major(device), ":",
                                minor(device), "\nsince ", since)));
}

// Times beyond the year 2200 are nobody's.
std::optional<std::int64_t> nanoseconds(const timespec& time) {
  constexpr std::int64_t kMost = 7'258'118'400;
  if (time.tv_sec < 0 || time.tv_sec > kMost) return std::nullopt;
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace

FileStates::FileStates()
    : boot_(read_text("/proc/sys/kernel/random/boot_id")) {}

std::optional<FileState> FileStates::look(int fd) {
  struct stat status {};
  if (const auto measured = measure_verity(fd);
      measured && fstat(fd, &status) == 0)
    return FileState{
        *measured, 0, 0, static_cast<std::uint64_t>(status.st_size), 0, 0};
  return look_at_times(fd);
}

std::optional<FileState> FileStates::look_at_times(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const auto [volume, is_new] = volumes_.try_emplace(status.st_dev);
  if (is_new) volume->second = find_volume(fd, status.st_dev, boot_);
  const auto modified = nanoseconds(status.st_mtim);
  const auto changed = nanoseconds(status.st_ctim);
  if (!volume->second || !modified || !changed) return std::nullopt;
  // The kernel writes an int, whatever the request's number says.
  int generation = 0;
  if (ioctl(fd, FS_IOC_GETVERSION, &generation) != 0) return std::nullopt;
  return FileState{*volume->second,
                   status.st_ino,
                   static_cast<std::uint32_t>(generation),
                   static_cast<std::uint64_t>(status.st_size),
                   *modified,
                   *changed};
}

bool is_settled(const FileState& state, Timestamp now) {
  const std::int64_t latest = (now.seconds - kSettledSeconds) * kSecond;
  return state.changed_ns <= latest && state.modified_ns <= latest;
}

bool sync_pages(int fd) {
  return sync_file_range(fd, 0, 0,
                         SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
                             SYNC_FILE_RANGE_WAIT_AFTER) == 0;
}

}  // namespace sigstore
