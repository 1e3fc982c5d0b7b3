// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <httplib.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "tests/support/test_hub/hub.h"

namespace test_hub {

/// Sends the bytes of a streamed body: counts them in the request log, and
/// in small pieces with pauses where slow-drip is on.
class BodyWriter {
 public:
  /// Takes slow-drip for this answer, which must not be empty.
  BodyWriter(Hub& hub, RequestLog::Id id, const Target& target);

  /// False when the client is gone.
  bool write(httplib::DataSink& sink, std::string_view bytes);

 private:
  Hub& hub_;  // lives as long as the server
  RequestLog::Id id_;
  std::optional<std::size_t> chunk_;
  std::chrono::milliseconds delay_{0};
};

}  // namespace test_hub
