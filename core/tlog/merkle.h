// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "core/base/bytes.h"
#include "core/base/digest.h"
#include "core/base/result.h"

// Merkle trees of RFC 6962 section 2.1. Pure.
namespace sigstore {

Sha256Digest merkle_leaf(ByteView entry);  // SHA-256(0x00 || entry)
Sha256Digest merkle_node(const Sha256Digest& left, const Sha256Digest& right);

// The root of a tree of `size` leaves in which `leaf` is number `index`,
// when `path` (RFC 6962 2.1.1, leaf to root, 32 bytes each) is right.
// bad_evidence when the index is outside of the tree or the path is not of
// the one length that this place has.
Result<Sha256Digest> merkle_root(const Sha256Digest& leaf, std::uint64_t index,
                                 std::uint64_t size,
                                 std::span<const Bytes> path);

}  // namespace sigstore
