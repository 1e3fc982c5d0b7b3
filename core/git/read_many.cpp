// SPDX-License-Identifier: Apache-2.0
#include "core/git/read_many.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

namespace sigstore::git {
namespace {

constexpr std::size_t kPiece = 256;
// Below this a thread costs more than it saves.
constexpr std::size_t kWorthAThread = 4096;

class Reading {
 public:
  Reading(const std::vector<ObjectId>& ids, const ManyReads& reads)
      : ids_(ids), reads_(reads) {}

  // Pieces of the list until none is left.
  Result<void> work(ObjectReader& objects, bool is_caller) {
    while (!failed_) {
      if (is_caller && reads_.meanwhile) TRY(reads_.meanwhile());
      const std::size_t start = next_.fetch_add(kPiece);
      if (start >= ids_.size()) return {};
      const std::size_t end = std::min(start + kPiece, ids_.size());
      for (std::size_t place = start; place < end; ++place) {
        Result<void> read = read_one(objects, place);
        if (!read.ok())
          return std::move(read).error().context(reads_.name(place));
      }
    }
    return {};
  }

  void stop() { failed_ = true; }

 private:
  Result<void> read_one(ObjectReader& objects, std::size_t place) const {
    TRY_ASSIGN(const Bytes content,
               read_object(objects, ids_[place], reads_.type, reads_.limit));
    return reads_.take(place, content);
  }

  const std::vector<ObjectId>& ids_;
  const ManyReads& reads_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
};

}  // namespace

Result<void> read_many(ObjectReader& objects, const std::vector<ObjectId>& ids,
                       const ManyReads& reads) {
  Reading reading(ids, reads);
  std::unique_ptr<ObjectReader> other;
  if (ids.size() >= kWorthAThread && std::thread::hardware_concurrency() > 1) {
    TRY_ASSIGN(other, objects.another());
  }
  if (!other) return reading.work(objects, true);
  Result<void> theirs;
  Result<void> ours;
  {
    const std::jthread thread([&] {
      theirs = reading.work(*other, false);
      if (!theirs.ok()) reading.stop();
    });
    ours = reading.work(objects, true);
    if (!ours.ok()) reading.stop();
  }
  return ours.ok() ? theirs : ours;
}

}  // namespace sigstore::git
