// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/http/message.h"

namespace sigstore::http {

// A stretch of an open file, read with pread(2): several requests may send
// parts of one file. The descriptor stays open until the request has ended.
struct FilePart {
  int fd = -1;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// A request whose body, either way, is never in memory as a whole.
struct StreamRequest {
  Method method = Method::get;
  std::string url;
  std::vector<Header> headers = {};
  // For put and post; none sends an empty body.
  std::optional<FilePart> body = std::nullopt;
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  // No byte in either direction for so long ends it.
  std::chrono::milliseconds stall_timeout = std::chrono::seconds(10);
  // http is for this machine only; true: to this very URL, whatever its host.
  bool plain_http = false;
};

// Whoever takes an answer. All calls come from inside StreamClient::poll().
class StreamSink {
 public:
  virtual ~StreamSink() = default;

  // The head, once, before the first byte; its body is empty. Any status is
  // an answer. An error ends the request, and is what end() gets.
  virtual Result<void> begin(const Response& head) = 0;
  // The next bytes of the body, as they came: nothing is decoded.
  virtual Result<void> take(ByteView bytes) = 0;
  // How much of the request's body is on its way by now.
  virtual void sent(std::uint64_t total) { static_cast<void>(total); }
  // The last call, once. `network` when the answer ended early, or nobody
  // answered; invalid_input when another try would not help either.
  virtual void end(Result<void> result) = 0;
};

using StreamId = std::uint64_t;

// Many requests at once, over HTTP/1.1, a connection each; connections are
// kept for the next request. One thread calls everything but wake(). Redirects
// are not followed. Errors name the URL's origin and no more of it.
class StreamClient {
 public:
  virtual ~StreamClient() = default;

  // Sends a request from the next poll() on. `sink` lives until its end() or
  // cancel(). May be called from a sink.
  virtual StreamId start(StreamRequest request, StreamSink& sink) = 0;
  // Its sink is not called any more. Nothing when it has ended already. May be
  // called from a sink.
  virtual void cancel(StreamId id) = 0;
  // How many have neither ended nor been cancelled.
  virtual std::size_t active() const = 0;
  // Waits until something moves, wake() is called, or `longest` has passed,
  // and calls the sinks it concerns.
  virtual Result<void> poll(std::chrono::milliseconds longest) = 0;
  // Ends the wait of a poll(), this one or the next. From any thread.
  virtual void wake() = 0;
};

}  // namespace sigstore::http
