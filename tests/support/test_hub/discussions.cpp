// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/discussions.h"

#include <utility>

namespace test_hub {

unsigned Discussions::add(const std::string& repo, Discussion discussion) {
  const std::lock_guard lock(mutex_);
  auto& list = all_[repo];
  discussion.number = static_cast<unsigned>(list.size()) + 1;
  list.push_back(std::move(discussion));
  return list.back().number;
}

std::vector<Discussions::Discussion> Discussions::list(
    const std::string& repo) const {
  const std::lock_guard lock(mutex_);
  const auto found = all_.find(repo);
  return found == all_.end() ? std::vector<Discussion>() : found->second;
}

std::optional<Discussions::Discussion> Discussions::find(
    const std::string& repo, unsigned number) const {
  for (auto& discussion : list(repo)) {
    if (discussion.number == number) return discussion;
  }
  return std::nullopt;
}

void Discussions::set_status(const std::string& repo, unsigned number,
                             const std::string& status) {
  const std::lock_guard lock(mutex_);
  for (auto& discussion : all_[repo]) {
    if (discussion.number == number) discussion.status = status;
  }
}

}  // namespace test_hub
