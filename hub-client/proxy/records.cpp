// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/records.h"

#include <algorithm>
#include <utility>

namespace sigstore::hub {
namespace {

constexpr std::size_t kMostStates = 200;
constexpr std::size_t kMostFailures = 50;

}  // namespace

void Records::started(std::string endpoint, Timestamp now) {
  const std::lock_guard lock(mutex_);
  totals_.endpoint = std::move(endpoint);
  totals_.since = now;
}

void Records::asked() {
  const std::lock_guard lock(mutex_);
  ++totals_.requests;
}

void Records::refused() {
  const std::lock_guard lock(mutex_);
  ++totals_.refused;
}

void Records::judged(const std::string& key, StateRecord record) {
  const std::lock_guard lock(mutex_);
  const auto known = states_.find(key);
  if (known != states_.end()) {
    record.files = known->second.files;
    record.bytes = known->second.bytes;
  }
  states_[key] = std::move(record);
  if (states_.size() <= kMostStates) return;
  states_.erase(std::min_element(states_.begin(), states_.end(),
                                 [](const auto& a, const auto& b) {
                                   return a.second.seen < b.second.seen;
                                 }));
}

void Records::sent(const std::string& state, std::uint64_t bytes,
                   Timestamp now) {
  const std::lock_guard lock(mutex_);
  totals_.sent += bytes;
  const auto known = states_.find(state);
  if (known == states_.end()) return;
  ++known->second.files;
  known->second.bytes += bytes;
  known->second.seen = now;
}

void Records::fetching(const std::string& key, FileRecord record) {
  const std::lock_guard lock(mutex_);
  fetching_[key] = std::move(record);
}

void Records::fetched(const std::string& key, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  fetching_.erase(key);
  totals_.fetched += bytes;
}

void Records::failed(const std::string& key, FileRecord record) {
  const std::lock_guard lock(mutex_);
  fetching_.erase(key);
  auto& failures = totals_.failures;
  failures.insert(failures.begin(), std::move(record));
  if (failures.size() > kMostFailures) failures.pop_back();
}

ProxyStatus Records::status(Timestamp now) const {
  const std::lock_guard lock(mutex_);
  ProxyStatus status = totals_;
  status.now = now;
  for (const auto& [key, record] : states_) status.states.push_back(record);
  std::stable_sort(status.states.begin(), status.states.end(),
                   [](const StateRecord& a, const StateRecord& b) {
                     return b.seen < a.seen;
                   });
  for (const auto& [key, record] : fetching_) status.fetching.push_back(record);
  return status;
}

}  // namespace sigstore::hub
