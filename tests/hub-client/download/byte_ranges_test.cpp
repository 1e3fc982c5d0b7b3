// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/byte_ranges.h"

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/catch.h"

using sigstore::hub::ByteRange;
using sigstore::hub::ByteRanges;

TEST_CASE("ranges that touch or overlap become one", "[download]") {
  ByteRanges ranges;
  CHECK(ranges.prefix() == 0);
  CHECK(ranges.first_gap({0, 10}) == ByteRange{0, 10});
  ranges.add({10, 20});
  ranges.add({30, 40});
  ranges.add({50, 50});
  CHECK(ranges.list().size() == 2);
  CHECK(ranges.prefix() == 0);
  CHECK(ranges.first_gap({0, 40}) == ByteRange{0, 10});
  CHECK(ranges.first_gap({15, 40}) == ByteRange{20, 30});
  ranges.add({20, 30});
  CHECK(ranges.list() == std::vector<ByteRange>{{10, 40}});
  ranges.add({0, 12});
  CHECK(ranges.prefix() == 40);
  CHECK(ranges.total() == 40);
  CHECK(ranges.first_gap({0, 40}).size() == 0);
  CHECK(ranges.first_gap({0, 45}) == ByteRange{40, 45});
}

TEST_CASE("ranges say what a map of every byte says", "[download]") {
  std::mt19937 random(7);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  for (int round = 0; round < 300; ++round) {
    ByteRanges ranges;
    std::vector<bool> bytes(64);
    for (int i = 0; i < 12; ++i) {
      const std::uint64_t start = below(64);
      const std::uint64_t end = start + below(65 - start);
      ranges.add({start, end});
      for (std::uint64_t at = start; at < end; ++at) bytes[at] = true;
      const auto total = std::count(bytes.begin(), bytes.end(), true);
      REQUIRE(ranges.total() == static_cast<std::uint64_t>(total));
      for (const ByteRange& range : ranges.list()) {
        REQUIRE(range.size() > 0);
        REQUIRE((range.start == 0 || !bytes[range.start - 1]));
        REQUIRE((range.end == 64 || !bytes[range.end]));
      }
      const std::uint64_t from = below(64);
      const ByteRange gap = ranges.first_gap({from, 64});
      std::uint64_t at = from;
      while (at < 64 && bytes[at]) ++at;
      REQUIRE(gap.start == at);
      while (at < 64 && !bytes[at]) ++at;
      REQUIRE(gap.end == at);
    }
  }
}
