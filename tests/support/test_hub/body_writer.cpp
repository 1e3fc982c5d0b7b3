// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/body_writer.h"

#include <thread>

namespace test_hub {

BodyWriter::BodyWriter(Hub& hub, RequestLog::Id id, const Target& target)
    : hub_(hub), id_(id) {
  const auto drip = hub.switches.take("slow-drip", target);
  if (!drip) return;
  chunk_ = drip->at("chunk").get<std::size_t>();
  delay_ = std::chrono::milliseconds(drip->at("delay_ms").get<unsigned>());
}

bool BodyWriter::write(httplib::DataSink& sink, std::string_view bytes) {
  // An empty piece would be the last one of a chunked body, hence the loop.
  while (!bytes.empty()) {
    const auto piece = bytes.substr(0, chunk_.value_or(bytes.size()));
    hub_.requests.add_bytes(id_, piece.size());
    if (!sink.write(piece.data(), piece.size())) return false;
    if (chunk_) std::this_thread::sleep_for(delay_);
    bytes.remove_prefix(piece.size());
  }
  return true;
}

}  // namespace test_hub
