// SPDX-License-Identifier: Apache-2.0
#include "core/hash/stream_pool.h"

#include "tests/core/refuses.h"

using sigstore::StreamPool;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::size_t kWidths[]{1, 2, 8, 16};

std::size_t first_width(std::vector<std::uint64_t> sizes,
                        std::size_t threads = 2, std::uint64_t other = 0) {
  StreamPool pool(sizes, kWidths, threads, other);
  return pool.claim().size();
}

}  // namespace

TEST_CASE("streams go side by side as far as there are enough", "[hash]") {
  CHECK(first_width({100 * kMiB}) == 1);
  CHECK(first_width(std::vector<std::uint64_t>(32, 256 * kMiB)) == 16);
  CHECK(first_width(std::vector<std::uint64_t>(16, 256 * kMiB)) == 8);
  CHECK(first_width(std::vector<std::uint64_t>(4, 256 * kMiB)) == 2);
  CHECK(first_width(std::vector<std::uint64_t>(16, 256 * kMiB), 1) == 16);
  // Every thread gets one before any gets two.
  CHECK(first_width(std::vector<std::uint64_t>(2, 256 * kMiB)) == 1);
}

TEST_CASE("a stream that is longer than the rest goes alone", "[hash]") {
  std::vector<std::uint64_t> sizes(32, 10 * kMiB);
  sizes[7] = 4096 * kMiB;
  StreamPool pool(sizes, kWidths, 2, 0);
  CHECK(pool.claim() == std::vector<std::size_t>{7});
  CHECK(pool.claim().size() == 16);
  // With enough to do beside it, it may have company.
  CHECK(first_width(sizes, 2, 32 * 1024 * kMiB) == 2);
  CHECK(first_width(sizes, 2, 64 * 1024 * kMiB) == 8);
}

TEST_CASE("the pool ends when every byte was hashed", "[hash]") {
  StreamPool pool(std::vector<std::uint64_t>{5, 7}, kWidths, 1, 0);
  CHECK(pool.has_work());
  CHECK(pool.claim().size() == 2);
  CHECK(pool.claim().empty());
  CHECK(pool.has_work());  // others may come back
  pool.give_back(0, 5);
  pool.give_back(1, 3);
  CHECK(pool.left(1) == 4);
  CHECK(pool.claim() == std::vector<std::size_t>{1});
  pool.give_back(1, 4);
  CHECK_FALSE(pool.has_work());
  CHECK(pool.claim().empty());
}

TEST_CASE("what was begun goes before what is as long", "[hash]") {
  StreamPool pool(std::vector<std::uint64_t>(40, 10 * kMiB), kWidths, 1, 0);
  const auto first = pool.claim();
  CHECK(first.size() == 16);
  for (const std::size_t stream : first) pool.give_back(stream, kMiB);
  CHECK(pool.claim() == first);
}
