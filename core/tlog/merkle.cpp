// SPDX-License-Identifier: Apache-2.0
#include "core/tlog/merkle.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

constexpr std::size_t kSize = Sha256Digest::kSize;

Result<Sha256Digest> to_digest(ByteView bytes) {
  if (bytes.size() != kSize)
    return fail(ErrorKind::bad_evidence,
                "inclusion proof: a hash has no 32 bytes");
  Sha256Digest digest;
  std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
  return digest;
}

}  // namespace

Sha256Digest merkle_leaf(ByteView entry) {
  Bytes bytes;
  bytes.reserve(entry.size() + 1);
  bytes.push_back(0);
  bytes.insert(bytes.end(), entry.begin(), entry.end());
  return sha256(bytes);
}

Sha256Digest merkle_node(const Sha256Digest& left, const Sha256Digest& right) {
  std::array<std::uint8_t, 1 + 2 * kSize> bytes;
  bytes[0] = 1;
  std::copy(left.bytes.begin(), left.bytes.end(), bytes.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), bytes.begin() + 1 + kSize);
  return sha256(bytes);
}

Result<Sha256Digest> merkle_root(const Sha256Digest& leaf, std::uint64_t index,
                                 std::uint64_t size,
                                 std::span<const Bytes> path) {
  if (index >= size)
    return fail(ErrorKind::bad_evidence, "inclusion proof: leaf ", index,
                " is outside of a tree of ", size);
  // The leaf and the last one of the tree meet `inner` levels up. Below that,
  // the leaf's side of each node is a bit of its index; above, the path runs
  // along the right border, where a level has a sibling, always to the left,
  // for each bit that is set.
  const auto inner = static_cast<unsigned>(std::bit_width(index ^ (size - 1)));
  const auto border =
      inner >= 64 ? 0U : static_cast<unsigned>(std::popcount(index >> inner));
  if (path.size() != std::size_t{inner} + border)
    return fail(ErrorKind::bad_evidence, "inclusion proof: ", path.size(),
                " hashes, where leaf ", index, " of ", size, " has ",
                inner + border);
  Sha256Digest node = leaf;
  for (unsigned level = 0; level < inner + border; ++level) {
    TRY_ASSIGN(const Sha256Digest sibling, to_digest(path[level]));
    const bool is_right = level >= inner || ((index >> level) & 1) != 0;
    node = is_right ? merkle_node(sibling, node) : merkle_node(node, sibling);
  }
  return node;
}

}  // namespace sigstore
