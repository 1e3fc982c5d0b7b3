// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/block_plan.h"

#include <set>
#include <vector>

#include "tests/support/catch.h"

using sigstore::hub::Block;
using sigstore::hub::BlockPlan;
using sigstore::hub::ByteRange;
using sigstore::hub::ByteRanges;
using sigstore::hub::PlanRoom;
using sigstore::hub::PlanRules;

namespace {

constexpr PlanRules kRules{10, 10, 2};  // small file, block, files at once

PlanRoom room(std::size_t large, std::size_t most = 16) {
  PlanRoom room;
  room.large = large;
  room.most = most;
  return room;
}

// Opens what may be open, all of it located.
void open_all(BlockPlan& plan) {
  while (const auto file = plan.next_file()) {
    plan.open(*file, {});
    plan.located(*file);
  }
}

std::vector<Block> take_all(BlockPlan& plan, const PlanRoom& room) {
  std::vector<Block> blocks;
  while (const auto block = plan.next(room)) blocks.push_back(*block);
  return blocks;
}

void finish(BlockPlan& plan, const Block& block) {
  plan.received(block.file, block.range);
  plan.ended(block);
}

}  // namespace

TEST_CASE("the lowest bytes are asked for first", "[download]") {
  const std::vector<std::uint64_t> sizes{35};
  BlockPlan plan(sizes, kRules);
  open_all(plan);
  const auto first = take_all(plan, room(2));
  REQUIRE(first.size() == 2);
  CHECK(first[0].range == ByteRange{0, 10});
  CHECK(first[1].range == ByteRange{10, 20});
  // The first block broke after four bytes; the second came.
  plan.received(0, {0, 4});
  plan.ended(first[0]);
  finish(plan, first[1]);
  const auto next = take_all(plan, room(3));
  REQUIRE(next.size() == 3);
  CHECK(next[0].range == ByteRange{4, 10});
  CHECK(next[1].range == ByteRange{20, 30});
  CHECK(next[2].range == ByteRange{30, 35});
  CHECK_FALSE(next[2].whole);
  for (const Block& block : next) finish(plan, block);
  CHECK(plan.is_complete(0));
  CHECK(take_all(plan, room(4)).empty());
}

TEST_CASE("blocks become smaller towards the end", "[download]") {
  const std::vector<std::uint64_t> sizes{1000, 600};
  BlockPlan plan(sizes, {10, 100, 1, 20});
  const auto block_of = [&](std::size_t file, std::uint64_t size) {
    const auto block = plan.next(room(4));
    REQUIRE(block);
    CHECK(block->file == file);
    CHECK(block->range.size() == size);
    finish(plan, *block);
  };
  open_all(plan);
  // The second file, which nobody was asked for, is work for all as well.
  for (int i = 0; i < 10; ++i) block_of(0, 100);
  open_all(plan);
  for (const std::uint64_t size : {100U, 100U, 100U, 75U, 56U, 42U, 31U, 24U})
    block_of(1, size);
  for (int i = 0; i < 3; ++i) block_of(1, 20);
  block_of(1, 12);
  CHECK(plan.is_complete(1));
}

TEST_CASE("what is on its way is nobody's share", "[download]") {
  const std::vector<std::uint64_t> sizes{400};
  BlockPlan plan(sizes, {10, 100, 1, 20});
  open_all(plan);
  std::vector<std::uint64_t> blocks;
  for (const Block& block : take_all(plan, room(4)))
    blocks.push_back(block.range.size());
  CHECK(blocks == std::vector<std::uint64_t>{100, 75, 56, 42});
}

TEST_CASE("what is here already is not asked for", "[download]") {
  const std::vector<std::uint64_t> sizes{40};
  BlockPlan plan(sizes, kRules);
  ByteRanges have;
  have.add({0, 12});
  have.add({15, 30});
  REQUIRE(plan.next_file() == 0U);
  plan.open(0, have);
  plan.located(0);
  const auto blocks = take_all(plan, room(4));
  REQUIRE(blocks.size() == 2);
  CHECK(blocks[0].range == ByteRange{12, 15});
  CHECK(blocks[1].range == ByteRange{30, 40});
}

TEST_CASE("large files share the connections, the largest begins",
          "[download]") {
  const std::vector<std::uint64_t> sizes{30, 100, 60};
  BlockPlan plan(sizes, kRules);
  open_all(plan);
  const auto blocks = take_all(plan, room(4));
  REQUIRE(blocks.size() == 4);
  CHECK(blocks[0].file == 1);
  CHECK(blocks[1].file == 2);
  CHECK(blocks[2].file == 1);
  CHECK(blocks[3].file == 2);
  CHECK(blocks[3].range == ByteRange{10, 20});
  // The third is opened when one of them is complete.
  CHECK_FALSE(plan.next_file());
  for (std::uint64_t at = 0; at < 60; at += 10) plan.received(2, {at, at + 10});
  CHECK(plan.next_file() == 0U);
}

TEST_CASE("a file that has not been located is asked for once", "[download]") {
  const std::vector<std::uint64_t> sizes{100, 50};
  BlockPlan plan(sizes, kRules);
  plan.open(*plan.next_file(), {});
  plan.open(*plan.next_file(), {});
  CHECK(take_all(plan, room(8)).size() == 2);
  plan.located(0);
  const auto more = take_all(plan, room(8));
  REQUIRE(more.size() == 6);
  for (const Block& block : more) CHECK(block.file == 0);
  // One place says no: what is on its way ends, one asks again.
  plan.unlocate(0);
  for (const Block& block : more) plan.ended(block);
  CHECK(take_all(plan, room(8)).empty());
}

TEST_CASE("one stream means one, until the end", "[download]") {
  const std::vector<std::uint64_t> sizes{100};
  BlockPlan plan(sizes, kRules);
  open_all(plan);
  plan.one_stream(0);
  for (std::uint64_t at = 0; at < 100; at += 10) {
    const auto blocks = take_all(plan, room(8));
    REQUIRE(blocks.size() == 1);
    CHECK(blocks[0].range == ByteRange{at, at + 10});
    finish(plan, blocks[0]);
  }
  CHECK(plan.is_complete(0));
}

TEST_CASE("a server without ranges is asked for the whole file", "[download]") {
  const std::vector<std::uint64_t> sizes{100};
  BlockPlan plan(sizes, kRules);
  open_all(plan);
  const auto ranged = take_all(plan, room(3));
  plan.whole(0);
  // Not before the others have ended.
  CHECK(take_all(plan, room(8)).empty());
  for (const Block& block : ranged) plan.ended(block);
  plan.received(0, {0, 5});
  const auto blocks = take_all(plan, room(8));
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].whole);
  CHECK(blocks[0].range == ByteRange{0, 100});
}

TEST_CASE("small files are whole, and have connections of their own",
          "[download]") {
  std::vector<std::uint64_t> sizes(40, 10);
  sizes.push_back(1000);
  BlockPlan plan(sizes, kRules);
  open_all(plan);
  const auto blocks = take_all(plan, room(16));
  std::size_t small = 0;
  for (const Block& block : blocks) small += block.whole ? 1 : 0;
  CHECK(blocks.size() == 16);
  CHECK(small == 4);
  CHECK(blocks[0].file == 0);
  CHECK(blocks[0].range == ByteRange{0, 10});
  // However few there may be, one is for small files.
  BlockPlan narrow(sizes, kRules);
  open_all(narrow);
  const auto two = take_all(narrow, room(2, 2));
  REQUIRE(two.size() == 2);
  CHECK(two[0].whole);
  CHECK_FALSE(two[1].whole);
}

TEST_CASE("small files alone have four connections for each of large ones",
          "[download]") {
  const std::vector<std::uint64_t> sizes(40, 10);
  const auto at_once = [&](std::size_t large) {
    BlockPlan plan(sizes, kRules);
    return take_all(plan, room(large)).size();
  };
  CHECK(at_once(4) == 16);
  CHECK(at_once(8) == 16);
  CHECK(at_once(2) == 8);
  CHECK(at_once(1) == 4);
}

TEST_CASE("a small file that broke comes again, and each comes once",
          "[download]") {
  const std::vector<std::uint64_t> sizes(20, 10);
  BlockPlan plan(sizes, kRules);
  const auto broken = plan.next(room(1));
  REQUIRE(broken);
  plan.received(broken->file, {0, 5});
  plan.ended(*broken);
  std::set<std::size_t> seen;
  while (const auto block = plan.next(room(1))) {
    CHECK(seen.insert(block->file).second);
    finish(plan, *block);
  }
  CHECK(seen.size() == 20);
}

TEST_CASE("what is held waits, and the rest goes on", "[download]") {
  const std::vector<std::uint64_t> sizes{100, 10, 10};
  BlockPlan plan(sizes, kRules);
  open_all(plan);
  plan.hold(0);
  plan.hold(1);
  const auto blocks = take_all(plan, room(4));
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].file == 2);
  plan.release(0);
  plan.release(1);
  CHECK(take_all(plan, room(4)).size() == 5);
}

TEST_CASE("pauses are for places or for content", "[download]") {
  const std::vector<std::uint64_t> sizes{100, 50, 10};
  const auto started = [&](const PlanRoom& allowed) {
    BlockPlan plan(sizes, kRules);
    plan.open(*plan.next_file(), {});
    plan.open(*plan.next_file(), {});
    plan.located(0);
    std::multiset<std::size_t> files;
    for (const Block& block : take_all(plan, allowed)) files.insert(block.file);
    return files;
  };
  PlanRoom no_locating = room(4);
  no_locating.may_locate = false;
  CHECK(started(no_locating) == std::multiset<std::size_t>{0, 0, 0, 0});
  PlanRoom no_content = room(4);
  no_content.may_fetch = false;
  CHECK(started(no_content) == std::multiset<std::size_t>{1, 2});
  PlanRoom no_files = room(2);
  no_files.may_open = false;
  CHECK(started(no_files) == std::multiset<std::size_t>{0, 1});
}

TEST_CASE("a file that was complete can come once more", "[download]") {
  const std::vector<std::uint64_t> sizes{20, 10};
  BlockPlan plan(sizes, kRules);
  open_all(plan);
  for (const Block& block : take_all(plan, room(8))) finish(plan, block);
  CHECK(take_all(plan, room(8)).empty());
  plan.restart(0);
  plan.restart(1);
  CHECK_FALSE(plan.is_complete(0));
  CHECK(take_all(plan, room(8)).size() == 3);
}
