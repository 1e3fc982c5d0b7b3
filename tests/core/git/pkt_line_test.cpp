// SPDX-License-Identifier: Apache-2.0
#include "core/git/pkt_line.h"

#include <string>
#include <string_view>
#include <vector>

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::ByteView;
using sigstore::encode_data;
using sigstore::ErrorKind;
using sigstore::PacketBuffer;
using sigstore::PayloadScanner;
using sigstore::to_bytes;

namespace {

struct Seen {
  std::string payload;
  std::size_t used = 0;
};

Seen follow(PayloadScanner& scanner, std::string_view text, std::size_t step) {
  Seen seen;
  while (seen.used < text.size() && !scanner.ended()) {
    std::vector<ByteView> parts;
    const auto used =
        scanner.scan(as_bytes(text.substr(seen.used, step)), parts);
    REQUIRE(used.ok());
    for (const ByteView part : parts) seen.payload += as_text(part);
    seen.used += *used;
  }
  return seen;
}

}  // namespace

TEST_CASE("a run of packets is followed however its bytes arrive", "[git]") {
  const std::string run =
      encode_data("one") + encode_data("") + encode_data("two") + "0000";
  for (const std::size_t step : {1U, 2U, 3U, 5U, 100U}) {
    PayloadScanner scanner;
    const Seen seen = follow(scanner, run + "0008next", step);
    CHECK(seen.payload == "onetwo");
    CHECK(seen.used == run.size());
    CHECK(scanner.ended());
  }
}

TEST_CASE("in a run of packets only data and its flush may stand", "[git]") {
  for (const char* bad : {"0001", "0002", "0003", "fff1", "00g0", "-001"}) {
    PayloadScanner scanner;
    std::vector<ByteView> parts;
    CHECK(refuses(scanner.scan(as_bytes(bad), parts), ErrorKind::invalid_input,
                  "pkt-line length"));
  }
}

TEST_CASE("bytes are taken as they are, at most so many", "[git]") {
  PacketBuffer buffer;
  buffer.append(as_bytes("0008nextrest"));
  REQUIRE(buffer.take_packet().ok());
  CHECK(buffer.take_bytes(3) == to_bytes("res"));
  CHECK(buffer.take_bytes(3) == to_bytes("t"));
  CHECK(buffer.empty());
}
