// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/byte_ranges.h"

#include <algorithm>

namespace sigstore::hub {

void ByteRanges::add(ByteRange range) {
  if (range.start >= range.end) return;
  // Those that it touches or overlaps become one with it.
  const auto first = std::lower_bound(
      list_.begin(), list_.end(), range.start,
      [](const ByteRange& one, std::uint64_t at) { return one.end < at; });
  auto last = first;
  for (; last != list_.end() && last->start <= range.end; ++last) {
    range.start = std::min(range.start, last->start);
    range.end = std::max(range.end, last->end);
    total_ -= last->size();
  }
  total_ += range.size();
  if (first == last) {
    list_.insert(first, range);
    return;
  }
  *first = range;
  list_.erase(first + 1, last);
}

std::uint64_t ByteRanges::prefix() const {
  return list_.empty() || list_.front().start > 0 ? 0 : list_.front().end;
}

ByteRange ByteRanges::first_gap(ByteRange within) const {
  for (const ByteRange& here : list_) {
    if (here.end <= within.start) continue;
    if (here.start > within.start)
      return {within.start, std::min(within.end, here.start)};
    within.start = std::min(here.end, within.end);
  }
  return within;
}

}  // namespace sigstore::hub
