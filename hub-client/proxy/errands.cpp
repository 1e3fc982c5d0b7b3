// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/errands.h"

#include <chrono>
#include <utility>

namespace sigstore::hub {
namespace {

constexpr std::chrono::seconds kTurn{3};

}  // namespace

Result<void> Errands::run(const std::string& key, Work work,
                          const StillWaiting& still_waiting) {
  std::unique_lock lock(mutex_);
  const auto [item, is_new] = errands_.try_emplace(key);
  Errand& errand = item->second;  // stays where it is, and while we wait
  ++errand.waiting;
  if (is_new)
    workers_.post([this, key, work = std::move(work)] { done(key, work()); });
  const auto is_done = [&] { return errand.result.has_value(); };
  while (!changed_.wait_for(lock, kTurn, is_done)) {
    lock.unlock();
    const bool stays = still_waiting();
    lock.lock();
    if (stays || is_done()) continue;
    --errand.waiting;
    return fail(ErrorKind::network, "the client has gone");
  }
  Result<void> result = *errand.result;
  if (--errand.waiting == 0) errands_.erase(key);
  return result;
}

void Errands::done(const std::string& key, Result<void> result) {
  const std::lock_guard lock(mutex_);
  const auto errand = errands_.find(key);
  errand->second.result = std::move(result);
  if (errand->second.waiting == 0) errands_.erase(errand);
  changed_.notify_all();
}

std::size_t Errands::count() const {
  const std::lock_guard lock(mutex_);
  return errands_.size();
}

}  // namespace sigstore::hub
