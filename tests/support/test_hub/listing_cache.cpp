// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/listing_cache.h"

#include <utility>

namespace test_hub {

constexpr size_t kMaxTrees = 16;

ListingCache::Pointer ListingCache::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = trees_.find(key);
  return found == trees_.end() ? nullptr : found->second;
}

void ListingCache::add(const std::string& key, Pointer tree) {
  const std::lock_guard lock(mutex_);
  if (trees_.size() >= kMaxTrees) trees_.clear();
  trees_[key] = std::move(tree);
}

}  // namespace test_hub
