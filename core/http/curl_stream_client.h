// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/http/curl_client.h"
#include "core/http/stream_client.h"

namespace sigstore::http {

// The network, by libcurl, by the rules of CurlClient.
class CurlStreamClient final : public StreamClient {
 public:
  static Result<std::unique_ptr<CurlStreamClient>> create(
      CurlOptions options = {});
  CurlStreamClient(const CurlStreamClient&) = delete;
  CurlStreamClient& operator=(const CurlStreamClient&) = delete;
  ~CurlStreamClient() override;

  StreamId start(StreamRequest request, StreamSink& sink) override;
  void cancel(StreamId id) override;
  std::size_t active() const override;
  Result<void> poll(std::chrono::milliseconds longest) override;
  void wake() override;

 private:
  struct State;  // keeps libcurl out of this header
  explicit CurlStreamClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sigstore::http
