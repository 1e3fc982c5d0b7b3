// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/http/stream_client.h"
#include "hub-client/hub/upload_answers.h"

namespace sigstore::hub {

// An object on its way to where the Hub wants it.
struct ObjectToSend {
  LfsUpload object;  // needs an upload
  std::filesystem::path file;
};

// What became of it.
struct SentObject {
  bool expired = false;            // its URLs did: ask for new ones
  std::vector<std::string> etags;  // of its parts, in order
};

struct SendOptions {
  // Single connections are throttled far below what the line can do
  // (hub.md 8.4), and many make it worse.
  std::size_t at_once = 4;
  int tries = 5;  // for each part
  std::chrono::milliseconds first_wait = std::chrono::seconds(1);  // doubles
  // A server that asks for more is not asked again.
  std::chrono::milliseconds longest_asked = std::chrono::seconds(310);
  // Told of waits that a server asks for.
  std::function<void(std::chrono::milliseconds)> asked = {};
  // Bytes on their way of all objects together, now and then.
  std::function<void(std::uint64_t)> progress = {};
  std::function<std::chrono::steady_clock::time_point()> now = [] {
    return std::chrono::steady_clock::now();
  };
};

// Sends files whole or in parts, several at once, each request with exactly
// the headers that came with its URL: never a token of ours. Network errors,
// 408, 429 and 5xx are tried again, after as long as the server asks for
// (asked_wait.h): nothing is sent meanwhile. content_differs when a file has
// another size than it was hashed with; the content is for the server to
// compare.
Result<std::vector<SentObject>> send_objects(
    http::StreamClient& client, const std::vector<ObjectToSend>& objects,
    const SendOptions& options);

}  // namespace sigstore::hub
