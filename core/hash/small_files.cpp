// SPDX-License-Identifier: Apache-2.0
#include "core/hash/small_files.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/hash/open_job.h"
#include "core/hash/sha256_kernels.h"

namespace sigstore {
namespace {

// The job's bytes into `to`, which has room for one more: a file that is
// longer than it should be shows.
Result<void> read_job(int fd, const HashJob& job, bool to_the_end,
                      std::uint8_t* to) {
  const auto size = static_cast<std::size_t>(job.size);
  const std::size_t wanted = size + (to_the_end ? 1 : 0);
  std::size_t have = 0;
  while (have < wanted) {
    const ssize_t got = pread(fd, to + have, wanted - have,
                              static_cast<off_t>(job.start + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(ErrorKind::io, "cannot read ", job.path, ": ",
                  errno_text(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  if (have != size) return changed_while_read(job.path);
  return {};
}

}  // namespace

SmallFiles::SmallFiles(int root_fd, bool follow_symlinks,
                       const Sha256Lanes& lanes)
    : root_fd_(root_fd), follow_symlinks_(follow_symlinks), hasher_(lanes) {}

Result<void> SmallFiles::load(Lane& lane, const Item& item) {
  if (!lane.buffer)
    lane.buffer = std::make_unique_for_overwrite<std::uint8_t[]>(
        kMost + 2 * kSha256Block);
  const HashJob& job = *item.job;
  TRY_ASSIGN(const OpenedFile file,
             open_job(root_fd_, job.path, item.length, follow_symlinks_));
  const bool to_the_end = job.start + job.size == item.length;
  TRY(read_job(file.fd.get(), job, to_the_end, lane.buffer.get()));
  const auto size = static_cast<std::size_t>(job.size);
  const std::size_t whole = size / kSha256Block * kSha256Block;
  const Sha256Tail tail({lane.buffer.get() + whole, size - whole}, size);
  std::memcpy(lane.buffer.get() + whole, tail.bytes.data(),
              tail.blocks * kSha256Block);
  lane.state = Sha256State();
  lane.next = 0;
  lane.blocks = whole / kSha256Block + tail.blocks;
  lane.item = &item;
  return {};
}

void SmallFiles::advance(std::span<Lane> used) {
  Sha256Lane rows[Sha256Lanes::kMost];
  std::size_t blocks = used[0].blocks - used[0].next;
  for (std::size_t i = 0; i < used.size(); ++i) {
    rows[i] = {&used[i].state,
               used[i].buffer.get() + used[i].next * kSha256Block};
    blocks = std::min(blocks, used[i].blocks - used[i].next);
  }
  hasher_.advance({rows, used.size()}, blocks);
  for (Lane& lane : used) lane.next += blocks;
}

Result<void> SmallFiles::hash(
    std::span<const Item> items,
    const std::function<void(std::uint64_t)>& progress) {
  lanes_.resize(hasher_.widths().back());
  std::size_t used = 0;
  while (used < lanes_.size() && !items.empty()) {
    TRY(load(lanes_[used++], items.front()));
    items = items.subspan(1);
  }
  while (used > 0) {
    advance(std::span(lanes_).first(used));
    for (std::size_t i = 0; i < used;) {
      Lane& lane = lanes_[i];
      if (lane.next < lane.blocks) {
        ++i;
        continue;
      }
      *lane.item->digest = lane.state.digest();
      progress(lane.item->job->size);
      if (!items.empty()) {
        TRY(load(lane, items.front()));
        items = items.subspan(1);
      } else {
        std::swap(lane, lanes_[--used]);
      }
    }
  }
  return {};
}

}  // namespace sigstore
