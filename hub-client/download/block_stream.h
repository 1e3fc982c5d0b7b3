// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to download/: one request for a block, from the first place that is
// asked through redirects to the last byte.

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/http/stream_client.h"
#include "hub-client/download/block_plan.h"
#include "hub-client/download/content_answer.h"
#include "hub-client/download/download.h"

namespace sigstore::hub {

class BlockStream;

// Whoever has started it.
class BlockOwner {
 public:
  virtual ~BlockOwner() = default;
  // The answer is what was asked for.
  virtual void answered(BlockStream& stream) = 0;
  virtual Result<void> store(std::size_t file, std::uint64_t offset,
                             ByteView bytes) = 0;
  virtual void ended(BlockStream& stream, Result<void> result) = 0;
};

class BlockStream final : public http::StreamSink {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `owner` lives longer.
  BlockStream(BlockOwner& owner, Block block, std::uint64_t file_size)
      : owner_(owner), block_(block), file_size_(file_size) {}

  // Asks; again after a redirect. `is_first`: the place that ContentSource
  // names, and not one that it led to.
  void ask(http::StreamClient& network, ContentRequest request, bool is_first,
           const DownloadOptions& options);
  void cancel(http::StreamClient& network) { network.cancel(id_); }

  const Block& block() const { return block_; }
  const ContentRequest& asked() const { return asked_; }
  bool is_first() const { return is_first_; }
  int redirects() const { return redirects_; }
  Time started() const { return started_; }
  // Nothing when there was no answer, or none that fits.
  std::optional<AnswerMeaning> meaning() const { return meaning_; }
  // Of what is no content, with the start of its body.
  const http::Response& answer() const { return answer_; }
  std::uint64_t came() const { return at_ - block_.range.start; }
  bool is_whole() const { return at_ == block_.range.end; }

  Result<void> begin(const http::Response& head) override;
  Result<void> take(ByteView bytes) override;
  void end(Result<void> result) override;

 private:
  BlockOwner& owner_;
  Block block_;
  std::uint64_t file_size_;
  http::StreamId id_ = 0;
  ContentRequest asked_ = {};
  bool is_first_ = true;
  int redirects_ = -1;
  Time started_ = {};
  std::optional<AnswerMeaning> meaning_ = std::nullopt;
  http::Response answer_ = {};
  std::uint64_t at_ = 0;
};

}  // namespace sigstore::hub
