// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/merkle.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"

using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::merkle_leaf;
using sigstore::merkle_node;
using sigstore::merkle_root;
using sigstore::Result;
using sigstore::Sha256Digest;
using sigstore::to_bytes;

namespace {

constexpr std::uint64_t kMost = ~std::uint64_t{0};
constexpr std::uint64_t kHalf = std::uint64_t{1} << 63;

Bytes as_hash(const Sha256Digest& digest) {
  return Bytes(digest.bytes.begin(), digest.bytes.end());
}

Sha256Digest leaf_number(std::uint64_t number) {
  return merkle_leaf(to_bytes("entry " + std::to_string(number)));
}

// RFC 6962 2.1: "the largest power of two smaller than n".
std::uint64_t split_of(std::uint64_t size) {
  std::uint64_t split = 1;
  while (split < size - split) split *= 2;
  return split;
}

// The definitions of RFC 6962 2.1 and 2.1.1, word for word.
class NaiveTree {
 public:
  Sha256Digest root(std::uint64_t begin, std::uint64_t end) {
    if (end - begin == 1) return leaf_number(begin);
    const auto known = roots_.find({begin, end});
    if (known != roots_.end()) return known->second;
    const std::uint64_t split = begin + split_of(end - begin);
    const Sha256Digest hash = merkle_node(root(begin, split), root(split, end));
    roots_.emplace(std::pair(begin, end), hash);
    return hash;
  }

  std::vector<Bytes> path(std::uint64_t index, std::uint64_t begin,
                          std::uint64_t end) {
    if (end - begin == 1) return {};
    const std::uint64_t split = begin + split_of(end - begin);
    const bool left = index < split;
    std::vector<Bytes> hashes =
        left ? path(index, begin, split) : path(index, split, end);
    hashes.push_back(as_hash(left ? root(split, end) : root(begin, split)));
    return hashes;
  }

 private:
  std::map<std::pair<std::uint64_t, std::uint64_t>, Sha256Digest> roots_;
};

// On which side the sibling is, leaf to root, by the same recursion: true for
// the left.
std::vector<bool> sides(std::uint64_t index, std::uint64_t size) {
  if (size == 1) return {};
  const std::uint64_t split = split_of(size);
  std::vector<bool> all =
      index < split ? sides(index, split) : sides(index - split, size - split);
  all.push_back(index >= split);
  return all;
}

bool proves(const Sha256Digest& leaf, std::uint64_t index, std::uint64_t size,
            const std::vector<Bytes>& path, const Sha256Digest& root) {
  const Result<Sha256Digest> found = merkle_root(leaf, index, size, path);
  return found.ok() && *found == root;
}

}  // namespace

TEST_CASE("leaves and nodes are hashed as RFC 6962 says", "[tlog]") {
  CHECK(merkle_leaf({}).to_hex() ==
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  const Sha256Digest leaf = merkle_leaf(to_bytes("a"));
  CHECK(leaf == sigstore::sha256(Bytes{0, 'a'}));
  Bytes joined{1};
  for (int i = 0; i < 2; ++i)
    joined.insert(joined.end(), leaf.bytes.begin(), leaf.bytes.end());
  CHECK(merkle_node(leaf, leaf) == sigstore::sha256(joined));
}

TEST_CASE("every leaf of every tree up to 300 leaves is proven", "[tlog]") {
  NaiveTree tree;
  std::size_t wrong = 0;
  for (std::uint64_t size = 1; size <= 300; ++size)
    for (std::uint64_t index = 0; index < size; ++index)
      if (!proves(leaf_number(index), index, size, tree.path(index, 0, size),
                  tree.root(0, size)))
        ++wrong;
  CHECK(wrong == 0);
}

TEST_CASE("a leaf is proven at no other place", "[tlog]") {
  NaiveTree tree;
  std::size_t accepted = 0;
  for (std::uint64_t size = 1; size <= 48; ++size) {
    const Sha256Digest root = tree.root(0, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::vector<Bytes> path = tree.path(index, 0, size);
      const Sha256Digest leaf = leaf_number(index);
      for (std::uint64_t other = 0; other < size + 2; ++other)
        if (other != index && proves(leaf, other, size, path, root)) ++accepted;
      if (size > 1 &&
          proves(leaf_number((index + 1) % size), index, size, path, root))
        ++accepted;
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("a path with a hash missing, added or changed proves nothing",
          "[tlog]") {
  NaiveTree tree;
  std::size_t accepted = 0;
  std::size_t unsaid = 0;
  for (std::uint64_t size = 1; size <= 300; size += size < 70 ? 1 : 23) {
    const Sha256Digest root = tree.root(0, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::vector<Bytes> path = tree.path(index, 0, size);
      const Sha256Digest leaf = leaf_number(index);
      const auto try_length = [&](const std::vector<Bytes>& other) {
        const auto found = merkle_root(leaf, index, size, other);
        if (found.ok() || found.error().kind != ErrorKind::bad_evidence)
          ++unsaid;
      };
      std::vector<Bytes> longer = path;
      longer.push_back(as_hash(root));
      try_length(longer);
      for (std::size_t i = 0; i < path.size(); ++i) {
        std::vector<Bytes> shorter = path;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        try_length(shorter);
        std::vector<Bytes> flipped = path;
        flipped[i][i] ^= 1;
        if (proves(leaf, index, size, flipped, root)) ++accepted;
      }
    }
  }
  CHECK(accepted == 0);
  CHECK(unsaid == 0);
}

TEST_CASE("an index outside of the tree is refused", "[tlog]") {
  const Sha256Digest leaf = leaf_number(0);
  for (const auto& [index, size] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {0, 0}, {1, 1}, {7, 7}, {kMost, 5}, {kMost, kMost}, {kHalf, kHalf}})
    CHECK(refuses(merkle_root(leaf, index, size, {}), ErrorKind::bad_evidence,
                  "is outside of a tree of"));
}

TEST_CASE("a hash of another size is refused", "[tlog]") {
  const std::vector<Bytes> path{Bytes(31, 1)};
  CHECK(refuses(merkle_root(leaf_number(0), 0, 2, path),
                ErrorKind::bad_evidence, "a hash has no 32 bytes"));
}

TEST_CASE("paths in trees of up to 2^64 leaves are those of the definition",
          "[tlog]") {
  const std::vector<std::uint64_t> numbers{
      0,         1,         2,         3,         1023,      1024,
      kHalf - 2, kHalf - 1, kHalf,     kHalf + 1, kHalf + 2, kHalf + kHalf / 2,
      kMost - 2, kMost - 1, kMost / 3, kMost};
  std::size_t count = 0;
  for (const std::uint64_t index : numbers) {
    for (const std::uint64_t size : numbers) {
      if (index >= size) continue;
      CAPTURE(index, size);
      const std::vector<bool> left = sides(index, size);
      Sha256Digest expected = leaf_number(7);
      std::vector<Bytes> path;
      for (std::size_t level = 0; level < left.size(); ++level) {
        const Sha256Digest sibling = leaf_number(100 + level);
        path.push_back(as_hash(sibling));
        expected = left[level] ? merkle_node(sibling, expected)
                               : merkle_node(expected, sibling);
      }
      CHECK(proves(leaf_number(7), index, size, path, expected));
      path.push_back(as_hash(expected));
      CHECK(refuses(merkle_root(leaf_number(7), index, size, path),
                    ErrorKind::bad_evidence, " hashes, where leaf "));
      ++count;
    }
  }
  CHECK(count > 100);
}
