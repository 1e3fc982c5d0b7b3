// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "hub-client/download/byte_ranges.h"

namespace sigstore::hub {

struct PlanRules {
  // Up to here a file is one request.
  std::uint64_t small_file = std::uint64_t{8} << 20U;
  // Of a large file; twice as much where there are many of them.
  std::uint64_t block = std::uint64_t{8} << 20U;
  // Large files that are fetched side by side.
  std::size_t files_at_once = 4;
  // Towards the end blocks become smaller, down to this, so that no connection
  // has a full one to go when the others have nothing left.
  std::uint64_t least = std::uint64_t{4} << 20U;
};

// A stretch of a file that one request asks for.
struct Block {
  std::size_t file = 0;
  ByteRange range;
  bool whole = false;  // the file in one answer, without a Range header
};

// What may be started now.
struct PlanRoom {
  std::size_t large = 4;   // connections for blocks of large files
  std::size_t most = 16;   // connections in all
  bool may_locate = true;  // ask where files are
  bool may_fetch = true;   // ask the places that are known
  bool may_open = true;    // begin with a small file
};

// Which bytes are asked for next: of the largest files first, each from its
// start on, so that the part without gaps, which can be hashed, grows. Several
// files share the connections; small files have some of their own, so that
// they need not wait for the large ones. Pure.
class BlockPlan {
 public:
  BlockPlan(std::span<const std::uint64_t> sizes, PlanRules rules = {});

  // The large file whose turn it is, if one more may be open: open() it.
  std::optional<std::size_t> next_file() const;
  // What is here already of a large file.
  void open(std::size_t file, ByteRanges have);

  // The next block, which is on its way from now on.
  std::optional<Block> next(const PlanRoom& room);
  // Bytes of it came.
  void received(std::size_t file, ByteRange range);
  // It is on its way no more; what did not come will be asked for again.
  void ended(const Block& block);

  // Before a large file has been located, one request at a time asks for it.
  void located(std::size_t file) { files_[file].located = true; }
  void unlocate(std::size_t file) { files_[file].located = false; }
  // Its server allows no requests side by side.
  void one_stream(std::size_t file) { files_[file].one_stream = true; }
  // Its server ignores ranges: all of it in one answer.
  void whole(std::size_t file) { files_[file].whole = true; }
  // Nothing of it is here after all. Needs that it was complete.
  void restart(std::size_t file);
  // Nothing is asked of it until release().
  void hold(std::size_t file) { files_[file].held = true; }
  void release(std::size_t file) { files_[file].held = false; }

  bool is_small(std::size_t file) const { return files_[file].small; }
  bool is_complete(std::size_t file) const;
  std::size_t on_the_way(std::size_t file) const {
    return files_[file].on_the_way.size();
  }
  const ByteRanges& have(std::size_t file) const { return files_[file].have; }
  // Blocks of large files that are on their way.
  std::size_t large_streams() const { return large_streams_; }

 private:
  struct File {
    std::uint64_t size = 0;
    ByteRanges have;
    std::vector<ByteRange> on_the_way;
    bool small = false;
    bool whole = false;
    bool located = false;
    bool one_stream = false;
    bool held = false;
  };

  static std::uint64_t unasked(const File& file);
  std::uint64_t block_size(const File& file, std::size_t connections) const;
  ByteRange next_gap(const File& file) const;
  bool may_start(const File& file, const PlanRoom& room) const;
  std::optional<Block> next_small();
  std::optional<Block> next_large(const PlanRoom& room);

  PlanRules rules_;
  std::vector<File> files_;
  std::deque<std::size_t> small_;   // not here, not on their way
  std::vector<std::size_t> large_;  // the largest first
  std::size_t opened_ = 0;          // so many of them
  std::vector<std::size_t> open_;   // and are not complete
  std::size_t small_streams_ = 0;
  std::size_t large_streams_ = 0;
};

}  // namespace sigstore::hub
