// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/http/client.h"

namespace sigstore::http {

// How often, and for how long, a request is sent again.
struct RetryRules {
  int tries = 4;
  std::chrono::milliseconds first_wait = std::chrono::seconds(1);  // doubles
  std::chrono::milliseconds longest_wait = std::chrono::seconds(20);
  // What a service may ask for (asked_wait.h).
  std::chrono::milliseconds longest_asked = std::chrono::seconds(20);
  // No try begins later than this after the first.
  std::chrono::milliseconds phase = std::chrono::seconds(60);
};

// Time and chance, so that tests need neither.
struct Pauses {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> wait;
  std::function<double()> chance;  // 0 to 1
  // Told before a wait that a service asked for.
  std::function<void(std::chrono::milliseconds)> asked = {};
  static Pauses real();
};

// Sends again what may be repeated and met a network error, 408, 429 or 5xx:
// after what the service asks for, or after waits that double and vary by half.
// A service that asks for more than it may is not asked again: its answer is
// the answer. `inner` lives longer.
class RetryingClient final : public Client {
 public:
  explicit RetryingClient(Client& inner, RetryRules rules = {},
                          Pauses pauses = Pauses::real())
      : inner_(inner), rules_(rules), pauses_(std::move(pauses)) {}

  std::vector<Result<Response>> send_all(
      std::span<const Request> requests) override;

 private:
  Client& inner_;
  RetryRules rules_;
  Pauses pauses_;
};

}  // namespace sigstore::http
