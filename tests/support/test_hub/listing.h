// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/test_hub/hub.h"

namespace test_hub {

/// What the cache keeps the tree of a commit by.
std::string listing_key(const Repository& repository,
                        const std::string& commit);

/// The tree of a commit, from git or the cache; null when git fails.
ListingCache::Pointer read_tree(Hub& hub, const Repository& repository,
                                const std::string& commit);

/// The entry of that path; null when there is none.
const TreeEntry* find_entry(const Tree& tree, const std::string& path);

/// The pointer that a blob is (git-lfs's specification of pointers).
std::optional<LfsPointer> parse_pointer(std::string_view text);

/// The Xet hash that we say a file has. Any 64 digits do.
std::string xet_hash(const std::string& oid);

/// An entry as the Hub's tree and paths-info calls give it. Takes the
/// switches xet and lying-listing.
nlohmann::json describe_entry(Hub& hub, const Repository& repository,
                              const TreeEntry& entry);

}  // namespace test_hub
