// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/git/pkt_line.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

struct Conversation {
  std::vector<Packet> packets;
  std::vector<std::string> lines;
  bool malformed = false;
  bool all_taken = false;
};

bool operator==(const Conversation& a, const Conversation& b) {
  const auto same = [](const Packet& x, const Packet& y) {
    return x.type == y.type && x.payload == y.payload;
  };
  return std::equal(a.packets.begin(), a.packets.end(), b.packets.begin(),
                    b.packets.end(), same) &&
         a.lines == b.lines && a.malformed == b.malformed &&
         a.all_taken == b.all_taken;
}

// Takes all there is; false when nothing more can come.
bool take(PacketBuffer& buffer, bool lines, Conversation& out) {
  while (true) {
    if (lines) {
      auto line = buffer.take_line();
      out.malformed = !line.ok();
      if (!line.ok() || !*line) break;
      out.lines.push_back(std::move(**line));
    } else {
      auto packet = buffer.take_packet();
      out.malformed = !packet.ok();
      if (!packet.ok() || !*packet) break;
      out.packets.push_back(std::move(**packet));
    }
  }
  out.all_taken = buffer.empty();
  return !out.malformed;
}

// The bytes as a pipe may bring them: `step` at a time.
Conversation listen(ByteView bytes, std::size_t step, bool lines) {
  PacketBuffer buffer;
  Conversation out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    buffer.append(bytes.subspan(at, std::min(step, bytes.size() - at)));
    if (!take(buffer, lines, out)) break;
  }
  return out;
}

struct Run {
  std::string payload;
  std::size_t used = 0;
  bool malformed = false;
  bool ended = false;
};

// The same bytes seen as content up to a flush packet.
Run follow(ByteView bytes, std::size_t step) {
  PayloadScanner scanner;
  Run run;
  while (run.used < bytes.size() && !scanner.ended()) {
    std::vector<ByteView> parts;
    const auto used = scanner.scan(
        bytes.subspan(run.used, std::min(step, bytes.size() - run.used)),
        parts);
    for (const ByteView part : parts) run.payload += as_text(part);
    run.malformed = !used.ok();
    if (!used.ok()) break;
    run.used += *used;
  }
  run.ended = scanner.ended();
  return run;
}

// What take_packet() makes of the run.
Run run_of(const Conversation& whole) {
  Run run;
  for (const Packet& packet : whole.packets) {
    run.used += packet.payload.size() + 4;
    run.payload += packet.text();
    run.ended = packet.type == PacketType::flush;
    run.malformed = !run.ended && packet.type != PacketType::data;
    if (run.ended || run.malformed) return run;
  }
  run.malformed = whole.malformed;
  return run;
}

void check_scanner(ByteView bytes, std::size_t step,
                   const Conversation& whole) {
  const Run scanned = follow(bytes, step);
  const Run expected = run_of(whole);
  require(scanned.ended == expected.ended &&
              scanned.malformed == expected.malformed,
          "the scanner ends where the packets end");
  if (expected.ended)
    require(scanned.used == expected.used, "the scanner stops at the flush");
  // A packet that is cut off has been seen in part.
  require(scanned.payload.starts_with(expected.payload),
          "the scanner sees the payload of the packets");
  if (expected.ended)
    require(scanned.payload == expected.payload, "and nothing more");
}

}  // namespace
}  // namespace sigstore

// How the bytes arrive makes no difference, and what was read is written as
// the same packets.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const sigstore::ByteView bytes(data, size);
  const std::size_t step = size == 0 ? 1 : 1 + data[size - 1] % 9U;
  const auto whole =
      sigstore::listen(bytes, std::max<std::size_t>(size, 1), false);
  auto parts = sigstore::listen(bytes, step, false);
  // After a malformed length nobody reads on: what is left does not matter.
  if (whole.malformed) parts.all_taken = whole.all_taken;
  require(whole == parts, "packets do not depend on how bytes arrive");
  std::string written;
  for (const sigstore::Packet& packet : whole.packets)
    written += sigstore::encode_packet(packet);
  auto again =
      sigstore::listen(sigstore::as_bytes(written),
                       std::max<std::size_t>(written.size(), 1), false);
  require(!again.malformed && (again.all_taken || written.empty()),
          "written packets are well-formed");
  again.malformed = whole.malformed;
  again.all_taken = whole.all_taken;
  require(again == whole, "written packets are the same packets");
  require(sigstore::listen(bytes, std::max<std::size_t>(size, 1), true) ==
              sigstore::listen(bytes, step, true),
          "lines do not depend on how bytes arrive");
  sigstore::check_scanner(bytes, step, whole);
  return sigstore::finish(!whole.malformed && whole.all_taken);
}
