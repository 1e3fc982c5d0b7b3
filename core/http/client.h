// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/http/message.h"

namespace sigstore::http {

// Whoever can answer requests: the network, or a test.
class Client {
 public:
  virtual ~Client() = default;

  // Sends all of them side by side, and answers in their order when the last
  // one is done. Any status is an answer; redirects are not followed. Errors
  // name the URL's origin and no more of it, for there may be secrets in the
  // rest: `network` when nobody answered (another try may help),
  // invalid_input when another try would not.
  virtual std::vector<Result<Response>> send_all(
      std::span<const Request> requests) = 0;

  Result<Response> send(const Request& request) {
    std::vector<Result<Response>> answers = send_all({&request, 1});
    return std::move(answers.front());
  }
};

}  // namespace sigstore::http
