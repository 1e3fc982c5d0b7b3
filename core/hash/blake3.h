// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to hash/: BLAKE3 (the function of its specification, 32 bytes out,
// neither key nor context). A file is a tree of chunks, so that its parts can
// be hashed side by side and by several threads.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/hash/hash_engine.h"

namespace sigstore {

// What a node of the tree hands on to its parent, or as words the digest.
using Blake3Value = std::array<std::uint32_t, 8>;

ContentDigest to_digest(const Blake3Value& root);

// Many nodes at once.
class Blake3Lanes {
 public:
  static constexpr std::size_t kMost = 16;

  // Needs an engine that is supported; one that has no code for BLAKE3 takes
  // one node at a time.
  explicit Blake3Lanes(HashEngine engine = HashEngine::best);

  // The value of the subtree of `bytes` (at least one), whose first chunk has
  // this number in its file: a multiple of the smallest power of two that is
  // not less than the chunks of `bytes`. Not for a whole file.
  Blake3Value subtree(ByteView bytes, std::uint64_t first_chunk) const;
  // Of a whole file.
  Blake3Value root(ByteView bytes) const;
  // Of a file, from the values of its subtrees in their order, two at least;
  // all of one size, a power of two chunks, the last may be smaller.
  Blake3Value root(std::vector<Blake3Value> subtrees) const;

 private:
  using Kernel = void (*)(const struct Blake3Nodes&, std::uint32_t (*)[8]);
  std::vector<Blake3Value> chunks(ByteView bytes,
                                  std::uint64_t first_chunk) const;
  // Level by level, until no more than `most` are left: the last one of an odd
  // number moves up as it is.
  void merge(std::vector<Blake3Value>& values, std::size_t most) const;
  // nodes.data is of as many as `out`.
  void run(struct Blake3Nodes nodes, std::span<Blake3Value> out) const;

  std::size_t width_ = 1;
  Kernel kernel_ = nullptr;
};

// A message that comes piece by piece.
class Blake3 {
 public:
  void update(ByteView bytes);
  // The digest of all updates; starts anew.
  ContentDigest finish();

 private:
  static constexpr std::size_t kRun = 16 * 1024;  // bytes, 16 chunks
  struct Subtree {
    Blake3Value value;
    std::uint64_t chunks = 0;
  };
  void take_run(ByteView run);

  Blake3Lanes lanes_;
  Bytes rest_;  // at most kRun
  std::uint64_t chunks_ = 0;
  std::vector<Subtree> stack_;  // ever smaller
};

}  // namespace sigstore
