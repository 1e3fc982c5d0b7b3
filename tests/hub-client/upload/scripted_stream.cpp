// SPDX-License-Identifier: Apache-2.0
#include "tests/hub-client/upload/scripted_stream.h"

#include <unistd.h>

#include <algorithm>

#include "tests/support/must.h"

using sigstore::Result;
using sigstore::http::Response;
using sigstore::http::StreamId;
using sigstore::http::StreamRequest;
using sigstore::http::StreamSink;

namespace {

std::string bytes_of(const StreamRequest& request) {
  if (!request.body) return {};
  std::string bytes(request.body->length, '\0');
  const ssize_t got = ::pread(request.body->fd, bytes.data(), bytes.size(),
                              static_cast<off_t>(request.body->offset));
  must(got == static_cast<ssize_t>(bytes.size()), "the file can be read");
  return bytes;
}

}  // namespace

StreamId ScriptedStream::start(StreamRequest request, StreamSink& sink) {
  sent.push_back(request);
  running_.push_back({next_, std::move(request), &sink});
  most_at_once = std::max(most_at_once, running_.size());
  return next_++;
}

void ScriptedStream::cancel(StreamId id) {
  std::erase_if(running_, [&](const Running& one) { return one.id == id; });
}

Result<void> ScriptedStream::poll(std::chrono::milliseconds) {
  must(++polls < 10'000, "it ends");
  for (Running& one : std::exchange(running_, {})) {
    const std::string bytes = bytes_of(one.request);
    one.sink->sent(bytes.size());
    Result<Response> answer = answer_(one.request, bytes);
    if (!answer.ok()) {
      one.sink->end(std::move(answer).error());
      continue;
    }
    one.sink->end(one.sink->begin(*answer));
  }
  return {};
}
