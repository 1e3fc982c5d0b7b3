// SPDX-License-Identifier: Apache-2.0
#include "core/hash/stream_pool.h"

#include <algorithm>
#include <tuple>

namespace sigstore {
namespace {

// Streams are as long as each other when they differ by less: the order of
// their bytes alone would begin all of a thousand files at once.
constexpr std::uint64_t kClass = 64ULL << 20U;

}  // namespace

bool StreamPool::Rank::operator<(const Rank& other) const {
  return std::tuple(other.size_class, is_new, stream) <
         std::tuple(size_class, other.is_new, other.stream);
}

StreamPool::StreamPool(std::span<const std::uint64_t> sizes,
                       std::span<const std::size_t> widths, std::size_t threads,
                       std::uint64_t other)
    : left_(sizes.begin(), sizes.end()),
      begun_(sizes.size()),
      widths_(widths.begin(), widths.end()),
      threads_(threads),
      all_left_(other),
      unfinished_(sizes.size()) {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    all_left_ += sizes[i];
    unclaimed_.insert(rank(i));
  }
}

StreamPool::Rank StreamPool::rank(std::size_t stream) const {
  return {left_[stream] / kClass, !begun_[stream], stream};
}

// The widest at which the longest stream is done before everything else is:
// k streams at once take about as long as k times one of them.
std::size_t StreamPool::choose_width() const {
  const std::uint64_t longest = left_[unclaimed_.begin()->stream];
  const std::uint64_t share = all_left_ / threads_;
  const std::size_t fair = (unfinished_ + threads_ - 1) / threads_;
  for (std::size_t i = widths_.size() - 1; i > 0; --i) {
    const std::size_t width = widths_[i];
    const bool has_enough = 4 * unclaimed_.size() >= 3 * width;
    if (has_enough && 4 * fair >= 3 * width &&
        width * longest <= share + share / 7)
      return width;
  }
  return 1;
}

std::vector<std::size_t> StreamPool::claim() {
  std::vector<std::size_t> taken;
  if (unclaimed_.empty()) return taken;
  const std::size_t width = choose_width();
  while (taken.size() < width && !unclaimed_.empty()) {
    taken.push_back(unclaimed_.begin()->stream);
    unclaimed_.erase(unclaimed_.begin());
  }
  return taken;
}

void StreamPool::give_back(std::size_t stream, std::uint64_t done) {
  left_[stream] -= done;
  all_left_ -= done;
  begun_[stream] = true;
  if (left_[stream] > 0) {
    unclaimed_.insert(rank(stream));
  } else {
    --unfinished_;
  }
}

}  // namespace sigstore
