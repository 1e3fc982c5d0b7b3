// SPDX-License-Identifier: Apache-2.0
#include "core/hash/small_files.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/hash/lane_methods.h"
#include "core/hash/open_job.h"

namespace sigstore {
namespace {

Result<void> read_whole(int fd, const HashJob& job, bool to_the_end,
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
    have += static_cast<std::size_t>(got);
    // Less than was asked for: that was the end.
    if (got == 0 || have == size) break;
  }
  if (have != size) return changed_while_read(job.path);
  return {};
}

}  // namespace

Result<void> read_small(int root_fd, const SmallItem& item,
                        bool follow_symlinks, std::uint8_t* to) {
  const HashJob& job = *item.job;
  TRY_ASSIGN(const OpenedFile file,
             open_job(root_fd, job.path, item.length, follow_symlinks));
  const bool to_the_end = job.start + job.size == item.length;
  return read_whole(file.fd.get(), job, to_the_end, to);
}

template <class Method>
SmallFiles<Method>::SmallFiles(int root_fd, bool follow_symlinks,
                               const typename Method::Lanes& lanes)
    : root_fd_(root_fd), follow_symlinks_(follow_symlinks), hasher_(lanes) {}

template <class Method>
Result<void> SmallFiles<Method>::load(Lane& lane, const Item& item) {
  if (!lane.buffer)
    lane.buffer = std::make_unique_for_overwrite<std::uint8_t[]>(kMostSmall +
                                                                 Method::kTail);
  TRY(read_small(root_fd_, item, follow_symlinks_, lane.buffer.get()));
  const auto size = static_cast<std::size_t>(item.job->size);
  const auto body = static_cast<std::size_t>(Method::body(size));
  lane.state = typename Method::State();
  lane.next = 0;
  lane.rest = size - body;
  lane.blocks = body / Method::kBlock +
                Method::pad(lane.buffer.get() + body, lane.rest, size);
  lane.item = &item;
  return {};
}

template <class Method>
void SmallFiles<Method>::advance(std::span<Lane> used) {
  typename Method::Lane rows[Method::Lanes::kMost];
  std::size_t blocks = used[0].blocks - used[0].next;
  for (std::size_t i = 0; i < used.size(); ++i) {
    rows[i] = {&used[i].state,
               used[i].buffer.get() + used[i].next * Method::kBlock};
    blocks = std::min(blocks, used[i].blocks - used[i].next);
  }
  hasher_.advance({rows, used.size()}, blocks);
  for (Lane& lane : used) lane.next += blocks;
}

template <class Method>
Result<void> SmallFiles<Method>::hash(
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
      const std::size_t body = lane.item->job->size - lane.rest;
      *lane.item->digest =
          Method::end(lane.state, {lane.buffer.get() + body, lane.rest});
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

template class SmallFiles<Sha256Method>;
template class SmallFiles<Blake2bMethod>;

}  // namespace sigstore
