// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/block_plan.h"

#include <algorithm>

namespace sigstore::hub {
namespace {

// A file of more than so many blocks is asked for in larger ones.
constexpr std::uint64_t kManyBlocks = 32;

}  // namespace

BlockPlan::BlockPlan(std::span<const std::uint64_t> sizes, PlanRules rules)
    : rules_(rules), files_(sizes.size()) {
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    files_[i].size = sizes[i];
    files_[i].small = sizes[i] <= rules_.small_file;
    files_[i].whole = files_[i].small;
    if (files_[i].small)
      small_.push_back(i);
    else
      large_.push_back(i);
  }
  std::stable_sort(large_.begin(), large_.end(),
                   [&](std::size_t a, std::size_t b) {
                     return files_[a].size > files_[b].size;
                   });
}

std::optional<std::size_t> BlockPlan::next_file() const {
  if (opened_ == large_.size() || open_.size() >= rules_.files_at_once)
    return std::nullopt;
  return large_[opened_];
}

void BlockPlan::open(std::size_t file, ByteRanges have) {
  files_[file].have = std::move(have);
  ++opened_;
  if (!is_complete(file)) open_.push_back(file);
}

bool BlockPlan::is_complete(std::size_t file) const {
  return files_[file].have.total() == files_[file].size;
}

// Bytes that are neither here nor on their way.
std::uint64_t BlockPlan::unasked(const File& file) {
  if (file.whole) return file.on_the_way.empty() ? file.size : 0;
  ByteRanges taken = file.have;
  for (const ByteRange& range : file.on_the_way) taken.add(range);
  return file.size - taken.total();
}

// No more than each connection's share of what nobody was asked for yet.
std::uint64_t BlockPlan::block_size(const File& file,
                                    std::size_t connections) const {
  const std::uint64_t full =
      file.size > kManyBlocks * rules_.block ? 2 * rules_.block : rules_.block;
  std::uint64_t left = 0;
  for (const std::size_t one : open_) left += unasked(files_[one]);
  for (std::size_t i = opened_; i < large_.size(); ++i)
    left += files_[large_[i]].size;
  return std::clamp(left / std::max<std::size_t>(connections, 1),
                    std::min(rules_.least, full), full);
}

// The lowest bytes that are neither here nor on their way.
ByteRange BlockPlan::next_gap(const File& file) const {
  if (file.whole) return {0, file.on_the_way.empty() ? file.size : 0};
  ByteRanges taken = file.have;
  for (const ByteRange& range : file.on_the_way) taken.add(range);
  return taken.first_gap({0, file.size});
}

bool BlockPlan::may_start(const File& file, const PlanRoom& room) const {
  if (file.held || !(file.located ? room.may_fetch : room.may_locate))
    return false;
  const bool alone = !file.located || file.one_stream || file.whole;
  return !alone || file.on_the_way.empty();
}

std::optional<Block> BlockPlan::next_small() {
  const auto found =
      std::find_if(small_.begin(), small_.end(),
                   [&](std::size_t file) { return !files_[file].held; });
  if (found == small_.end()) return std::nullopt;
  const std::size_t file = *found;
  small_.erase(found);
  ++small_streams_;
  files_[file].on_the_way = {{0, files_[file].size}};
  return Block{file, {0, files_[file].size}, true};
}

std::optional<Block> BlockPlan::next_large(const PlanRoom& room) {
  std::optional<std::size_t> best;
  for (const std::size_t file : open_) {
    if (!may_start(files_[file], room) || next_gap(files_[file]).size() == 0)
      continue;
    if (!best || on_the_way(file) < on_the_way(*best)) best = file;
  }
  if (!best) return std::nullopt;
  File& file = files_[*best];
  ByteRange range = next_gap(file);
  if (!file.whole)
    range.end = std::min(range.end, range.start + block_size(file, room.large));
  file.on_the_way.push_back(range);
  ++large_streams_;
  return Block{*best, range, file.whole};
}

std::optional<Block> BlockPlan::next(const PlanRoom& room) {
  if (large_streams_ + small_streams_ >= room.most) return std::nullopt;
  const bool has_large = !open_.empty() || opened_ < large_.size();
  const bool has_small = !small_.empty() || small_streams_ > 0;
  // Small files spend their time waiting for answers, and take little of what
  // large ones need: a quarter beside these, four for each of theirs alone.
  const std::size_t small_most = has_large
                                     ? std::max<std::size_t>(room.most / 4, 1)
                                     : std::min(room.most, 4 * room.large);
  if (room.may_locate && room.may_open && small_streams_ < small_most)
    if (std::optional<Block> block = next_small()) return block;
  const std::size_t kept = has_small ? std::min(small_most, room.most - 1) : 0;
  if (large_streams_ >= std::min(room.large, room.most - kept))
    return std::nullopt;
  return next_large(room);
}

void BlockPlan::received(std::size_t file, ByteRange range) {
  files_[file].have.add(range);
  if (is_complete(file)) std::erase(open_, file);
}

void BlockPlan::ended(const Block& block) {
  File& file = files_[block.file];
  // What began later in the file may be on its way still.
  const auto found =
      std::find(file.on_the_way.begin(), file.on_the_way.end(), block.range);
  if (found != file.on_the_way.end()) file.on_the_way.erase(found);
  if (file.small)
    --small_streams_;
  else
    --large_streams_;
  if (file.small && !is_complete(block.file)) small_.push_front(block.file);
}

void BlockPlan::restart(std::size_t file) {
  files_[file].have = {};
  if (files_[file].small)
    small_.push_front(file);
  else
    open_.push_back(file);
}

}  // namespace sigstore::hub
