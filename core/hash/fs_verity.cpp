// SPDX-License-Identifier: Apache-2.0
#include "core/hash/fs_verity.h"

#include <linux/fsverity.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/base/bytes.h"
#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

constexpr std::size_t kLongestDigest = 64;

// FUSE hands the question on to a program, which may say anything.
bool is_kernels_own(int fd) {
  struct statfs system {};
  if (fstatfs(fd, &system) != 0) return false;
  const auto type = static_cast<std::uint32_t>(system.f_type);
  return type == EXT4_SUPER_MAGIC || type == BTRFS_SUPER_MAGIC ||
         type == F2FS_SUPER_MAGIC;
}

}  // namespace

std::optional<Sha256Digest> measure_verity(int fd) {
  alignas(fsverity_digest)
      std::array<std::uint8_t, sizeof(fsverity_digest) + kLongestDigest>
          answer{};
  fsverity_digest head{};
  head.digest_size = kLongestDigest;
  std::memcpy(answer.data(), &head, sizeof head);
  if (ioctl(fd, FS_IOC_MEASURE_VERITY, answer.data()) != 0 ||
      !is_kernels_own(fd))
    return std::nullopt;
  std::memcpy(&head, answer.data(), sizeof head);
  if (head.digest_size == 0 || head.digest_size > kLongestDigest)
    return std::nullopt;
  Bytes text = to_bytes(concat("fs-verity ", head.digest_algorithm, ":"));
  const auto digest = answer.begin() + sizeof head;
  text.insert(text.end(), digest, digest + head.digest_size);
  return sha256(text);
}

int enable_verity(int fd) {
  fsverity_enable_arg wish{};
  wish.version = 1;
  wish.hash_algorithm = FS_VERITY_HASH_ALG_SHA256;
  // Before Linux 6.3 a block is a page.
  wish.block_size = static_cast<std::uint32_t>(sysconf(_SC_PAGESIZE));
  if (ioctl(fd, FS_IOC_ENABLE_VERITY, &wish) == 0 || errno == EEXIST) return 0;
  return errno;
}

}  // namespace sigstore
