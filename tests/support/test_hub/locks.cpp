// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/locks.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace test_hub {
namespace {

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text = {};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

}  // namespace

Locks::Created Locks::create(const std::string& repo, const std::string& path,
                             const std::string& owner) {
  const std::lock_guard lock(mutex_);
  auto& locks = locks_[repo];
  const auto found = std::ranges::find(locks, path, &Lock::path);
  if (found != locks.end()) return {*found, false};
  locks.push_back({std::to_string(++last_id_), path, owner, now()});
  return {locks.back(), true};
}

std::vector<Locks::Lock> Locks::list(const std::string& repo) const {
  const std::lock_guard lock(mutex_);
  const auto found = locks_.find(repo);
  return found == locks_.end() ? std::vector<Lock>{} : found->second;
}

std::optional<Locks::Lock> Locks::find(const std::string& repo,
                                       const std::string& id) const {
  for (const auto& lock : list(repo)) {
    if (lock.id == id) return lock;
  }
  return std::nullopt;
}

void Locks::remove(const std::string& repo, const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(locks_[repo], [&](const Lock& one) { return one.id == id; });
}

}  // namespace test_hub
