// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace sigstore::hub {

struct ByteRange {
  std::uint64_t start = 0;
  std::uint64_t end = 0;  // the first byte that is not in it

  std::uint64_t size() const { return end - start; }
  auto operator<=>(const ByteRange&) const = default;
};

// Which bytes of a file are here: sorted, none empty, none touching the next.
// Pure.
class ByteRanges {
 public:
  void add(ByteRange range);
  // From the start of the file to the first byte that is missing.
  std::uint64_t prefix() const;
  std::uint64_t total() const { return total_; }
  // The first stretch of `within` that is not here; empty when all of it is.
  ByteRange first_gap(ByteRange within) const;
  const std::vector<ByteRange>& list() const { return list_; }

 private:
  std::vector<ByteRange> list_;
  std::uint64_t total_ = 0;
};

}  // namespace sigstore::hub
