// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "hub-client/download/workers.h"

namespace sigstore::hub {

// Asked every few seconds of whoever waits: false when nobody does any more.
using StillWaiting = std::function<bool()>;

// Work that several requests wait for, and that is done once. It is done to
// its end although they have gone: they will come back.
class Errands {
 public:
  using Work = std::function<Result<void>()>;

  explicit Errands(std::size_t threads) : workers_(threads) {}

  // What `work` answered, which runs in another thread; that of another call
  // where one for this key is under way. `network` when nobody waits any more.
  Result<void> run(const std::string& key, Work work,
                   const StillWaiting& still_waiting);
  // How many are under way.
  std::size_t count() const;

 private:
  struct Errand {
    std::size_t waiting = 0;
    std::optional<Result<void>> result = std::nullopt;
  };
  void done(const std::string& key, Result<void> result);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Errand> errands_;
  Workers workers_;  // goes first
};

}  // namespace sigstore::hub
