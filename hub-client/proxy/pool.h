// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace sigstore::hub {

// Things for one thread at a time that are worth keeping: connections.
template <class T>
class Pool {
 public:
  using Make = std::function<Result<std::unique_ptr<T>>()>;
  explicit Pool(Make make) : make_(std::move(make)) {}

  // One of them, until this goes out of scope.
  class Lent {
   public:
    Lent(Pool& pool, std::unique_ptr<T> thing)
        : pool_(&pool), thing_(std::move(thing)) {}
    Lent(Lent&&) noexcept = default;
    Lent& operator=(Lent&&) = delete;
    ~Lent() {
      if (thing_) pool_->take_back(std::move(thing_));
    }
    T& operator*() const { return *thing_; }

   private:
    Pool* pool_;
    std::unique_ptr<T> thing_;
  };

  Result<Lent> lend() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<T> thing = std::move(idle_.back());
        idle_.pop_back();
        return Lent(*this, std::move(thing));
      }
    }
    TRY_ASSIGN(std::unique_ptr<T> thing, make_());
    return Lent(*this, std::move(thing));
  }

 private:
  void take_back(std::unique_ptr<T> thing) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(thing));
  }

  Make make_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace sigstore::hub
