// SPDX-License-Identifier: Apache-2.0
#include "core/hash/blake3.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "core/hash/blake_kernels.h"
#include "core/hash/blake_lanes.h"

namespace sigstore {
namespace {

// One node: the same code with plain words for vectors.
struct One {
  using Register = std::uint32_t;

  static Register add(Register x, Register y) { return x + y; }
  static Register exclusive_or(Register x, Register y) { return x ^ y; }
  template <int N>
  static Register rotate(Register x) {
    return std::rotr(x, N);
  }
};

constexpr Blake3Value start_value() { return std::to_array(kBlake3Start); }

// Specification, 2.2. `block` has kBlake3Block bytes, `size` of them count.
Blake3Value compress(const Blake3Value& value, const std::uint8_t* block,
                     std::size_t size, std::uint64_t counter,
                     std::uint32_t flags) {
  std::uint32_t message[16];
  for (std::size_t i = 0; i < 16; ++i)
    message[i] = static_cast<std::uint32_t>(block[4 * i]) |
                 static_cast<std::uint32_t>(block[4 * i + 1]) << 8U |
                 static_cast<std::uint32_t>(block[4 * i + 2]) << 16U |
                 static_cast<std::uint32_t>(block[4 * i + 3]) << 24U;
  std::uint32_t v[16];
  std::copy(value.begin(), value.end(), v);
  std::copy(kBlake3Start, kBlake3Start + 4, v + 8);
  v[12] = static_cast<std::uint32_t>(counter);
  v[13] = static_cast<std::uint32_t>(counter >> 32U);
  v[14] = static_cast<std::uint32_t>(size);
  v[15] = flags;
  for (const auto& order : kBlake3Order)
    blake_round<One, 16, 12, 8, 7>(v, message, order);
  Blake3Value out;
  for (std::size_t i = 0; i < 8; ++i) out[i] = v[i] ^ v[i + 8];
  return out;
}

// Specification, 2.4: a chunk of any length, root_flag if it is all there is.
Blake3Value one_chunk(ByteView bytes, std::uint64_t number,
                      std::uint32_t root_flag) {
  Blake3Value value = start_value();
  std::uint32_t flags = kBlake3ChunkStart;
  while (bytes.size() > kBlake3Block) {
    value = compress(value, bytes.data(), kBlake3Block, number, flags);
    bytes = bytes.subspan(kBlake3Block);
    flags = 0;
  }
  std::uint8_t block[kBlake3Block] = {};
  if (!bytes.empty()) std::memcpy(block, bytes.data(), bytes.size());
  return compress(value, block, bytes.size(), number,
                  flags | kBlake3ChunkEnd | root_flag);
}

// Specification, 2.5. In memory a value is its bytes: words little-endian.
void put(const Blake3Value& value, std::uint8_t* to) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, value.data(), sizeof value);
    return;
  }
  for (std::size_t i = 0; i < 32; ++i)
    to[i] = static_cast<std::uint8_t>(value[i / 4] >> (8 * (i % 4)));
}

Blake3Value parent(const Blake3Value& left, const Blake3Value& right,
                   std::uint32_t root_flag) {
  std::uint8_t block[kBlake3Block];
  put(left, block);
  put(right, block + 32);
  return compress(start_value(), block, kBlake3Block, 0,
                  kBlake3Parent | root_flag);
}

Blake3Value one_node(const Blake3Nodes& nodes, std::size_t node) {
  Blake3Value value = start_value();
  const std::uint64_t counter = nodes.counter + node * nodes.counter_step;
  for (std::size_t block = 0; block < nodes.blocks; ++block) {
    std::uint32_t flags = nodes.flags;
    if (block == 0) flags |= nodes.first_flag;
    if (block + 1 == nodes.blocks) flags |= nodes.last_flag;
    value = compress(value, nodes.data[node] + block * kBlake3Block,
                     kBlake3Block, counter, flags);
  }
  return value;
}

}  // namespace

ContentDigest to_digest(const Blake3Value& root) {
  std::uint8_t bytes[32];
  put(root, bytes);
  return ContentDigest(bytes);
}

Blake3Lanes::Blake3Lanes(HashEngine engine) {
#if defined(__x86_64__)
  const auto uses = [&](HashEngine one) {
    return (engine == one || engine == HashEngine::best) && is_supported(one);
  };
  if (uses(HashEngine::avx512)) {
    kernel_ = blake3_avx512_x16;
    width_ = 16;
  } else if (uses(HashEngine::avx2)) {
    kernel_ = blake3_avx2_x8;
    width_ = 8;
  }
#else
  static_cast<void>(engine);
#endif
}

void Blake3Lanes::run(Blake3Nodes nodes, std::span<Blake3Value> out) const {
  while (!out.empty()) {
    std::size_t taken = std::min(out.size(), width_);
    if (kernel_ == nullptr || 4 * taken < width_) {
      taken = 1;
      out[0] = one_node(nodes, 0);
    } else if (taken == width_) {
      static_assert(sizeof(Blake3Value) == sizeof(std::uint32_t[8]));
      kernel_(nodes, reinterpret_cast<std::uint32_t(*)[8]>(out.data()));
    } else {
      // Lanes without a node hash the first one again, for nothing.
      const std::uint8_t* data[kMost];
      for (std::size_t i = 0; i < width_; ++i)
        data[i] = nodes.data[i < taken ? i : 0];
      std::uint32_t values[kMost][8];
      Blake3Nodes lanes = nodes;
      lanes.data = data;
      kernel_(lanes, values);
      for (std::size_t i = 0; i < taken; ++i) out[i] = std::to_array(values[i]);
    }
    nodes.data += taken;
    nodes.counter += taken * nodes.counter_step;
    out = out.subspan(taken);
  }
}

std::vector<Blake3Value> Blake3Lanes::chunks(ByteView bytes,
                                             std::uint64_t first_chunk) const {
  const std::size_t whole = bytes.size() / kBlake3Chunk;
  std::vector<const std::uint8_t*> data(whole);
  for (std::size_t i = 0; i < whole; ++i)
    data[i] = bytes.data() + i * kBlake3Chunk;
  std::vector<Blake3Value> values(whole);
  run({.data = data.data(),
       .blocks = kBlake3Chunk / kBlake3Block,
       .counter = first_chunk,
       .counter_step = 1,
       .first_flag = kBlake3ChunkStart,
       .last_flag = kBlake3ChunkEnd},
      values);
  const ByteView rest = bytes.subspan(whole * kBlake3Chunk);
  if (!rest.empty()) values.push_back(one_chunk(rest, first_chunk + whole, 0));
  return values;
}

void Blake3Lanes::merge(std::vector<Blake3Value>& values,
                        std::size_t most) const {
  std::vector<std::uint8_t> blocks;
  std::vector<const std::uint8_t*> data;
  while (values.size() > most) {
    const std::size_t pairs = values.size() / 2;
    blocks.resize(pairs * kBlake3Block);
    data.resize(pairs);
    for (std::size_t i = 0; i < pairs; ++i) {
      data[i] = blocks.data() + i * kBlake3Block;
      put(values[2 * i], blocks.data() + i * kBlake3Block);
      put(values[2 * i + 1], blocks.data() + i * kBlake3Block + 32);
    }
    const bool odd = values.size() % 2 != 0;
    if (odd) values[pairs] = values.back();
    values.resize(pairs + (odd ? 1 : 0));
    run({.data = data.data(), .blocks = 1, .flags = kBlake3Parent},
        std::span(values).first(pairs));
  }
}

Blake3Value Blake3Lanes::subtree(ByteView bytes,
                                 std::uint64_t first_chunk) const {
  assert(!bytes.empty());
  std::vector<Blake3Value> values = chunks(bytes, first_chunk);
  merge(values, 1);
  return values.front();
}

Blake3Value Blake3Lanes::root(ByteView bytes) const {
  if (bytes.size() <= kBlake3Chunk) return one_chunk(bytes, 0, kBlake3Root);
  return root(chunks(bytes, 0));
}

Blake3Value Blake3Lanes::root(std::vector<Blake3Value> subtrees) const {
  assert(subtrees.size() > 1);
  merge(subtrees, 2);
  return parent(subtrees[0], subtrees[1], kBlake3Root);
}

// More follows the run, so that none of these can be the root.
void Blake3::take_run(ByteView run) {
  Subtree tree{lanes_.subtree(run, chunks_), kRun / kBlake3Chunk};
  chunks_ += tree.chunks;
  while (!stack_.empty() && stack_.back().chunks == tree.chunks) {
    tree.value = parent(stack_.back().value, tree.value, 0);
    tree.chunks *= 2;
    stack_.pop_back();
  }
  stack_.push_back(tree);
}

void Blake3::update(ByteView bytes) {
  while (!bytes.empty()) {
    if (rest_.empty() && bytes.size() > kRun) {
      take_run(bytes.first(kRun));
      bytes = bytes.subspan(kRun);
      continue;
    }
    if (rest_.size() == kRun) {
      take_run(rest_);
      rest_.clear();
      continue;
    }
    const ByteView next =
        bytes.first(std::min(bytes.size(), kRun - rest_.size()));
    rest_.insert(rest_.end(), next.begin(), next.end());
    bytes = bytes.subspan(next.size());
  }
}

ContentDigest Blake3::finish() {
  Blake3Value value;
  if (stack_.empty()) {
    value = lanes_.root(rest_);
  } else {
    value = lanes_.subtree(rest_, chunks_);
    while (!stack_.empty()) {
      const Blake3Value left = stack_.back().value;
      stack_.pop_back();
      value = parent(left, value, stack_.empty() ? kBlake3Root : 0);
    }
  }
  rest_.clear();
  chunks_ = 0;
  return to_digest(value);
}

}  // namespace sigstore
