// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/http/stream_client.h"

// Uploads to a network in memory: each poll() ends the requests that run, in
// the order they were started, with what `answer` says to the bytes that were
// sent.
class ScriptedStream final : public sigstore::http::StreamClient {
 public:
  using Answer = std::function<sigstore::Result<sigstore::http::Response>(
      const sigstore::http::StreamRequest&, const std::string& bytes)>;

  explicit ScriptedStream(Answer answer) : answer_(std::move(answer)) {}

  sigstore::http::StreamId start(sigstore::http::StreamRequest request,
                                 sigstore::http::StreamSink& sink) override;
  void cancel(sigstore::http::StreamId id) override;
  std::size_t active() const override { return running_.size(); }
  sigstore::Result<void> poll(std::chrono::milliseconds longest) override;
  void wake() override {}

  std::vector<sigstore::http::StreamRequest> sent;
  std::size_t most_at_once = 0;
  std::size_t polls = 0;

 private:
  struct Running {
    sigstore::http::StreamId id;
    sigstore::http::StreamRequest request;
    sigstore::http::StreamSink* sink;
  };
  std::vector<Running> running_;
  sigstore::http::StreamId next_ = 1;
  Answer answer_;
};
