// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

enum class PacketType : std::uint8_t { data, flush, delimiter, response_end };

// gitprotocol-common(5), "pkt-line format", and gitprotocol-v2(5) for the
// special ones:
//
//   4 hexadecimal digits: length with these four; then length - 4 bytes
//   0000 flush   0001 delimiter   0002 response end
struct Packet {
  PacketType type = PacketType::data;
  Bytes payload;

  std::string_view text() const { return as_text(payload); }
  // The payload without one final newline.
  std::string_view line() const;
};

std::string encode_packet(const Packet& packet);
std::string encode_data(std::string_view payload);

// What arrived from a pipe and was not taken yet. Pure.
class PacketBuffer {
 public:
  void append(ByteView bytes);
  bool empty() const { return start_ == bytes_.size(); }

  // Both give nothing until enough bytes are here. invalid_input for lengths
  // that are no hexadecimal number, 0003, or too long, and for lines longer
  // than limits::kHelperLine.
  Result<std::optional<Packet>> take_packet();
  Result<std::optional<std::string>> take_line();
  // At most `most` bytes, as they are.
  Bytes take_bytes(std::size_t most);

 private:
  ByteView rest() const { return ByteView(bytes_).subspan(start_); }
  void drop(std::size_t count);
  Bytes bytes_;
  std::size_t start_ = 0;
};

// Follows data packets up to the flush packet that ends them, where copying
// each one would cost more than what is done with it. Pure.
class PayloadScanner {
 public:
  // How many of `bytes` belong to the run, its flush packet included; views of
  // the payload in them are added to `parts`. invalid_input for any packet but
  // data and flush.
  Result<std::size_t> scan(ByteView bytes, std::vector<ByteView>& parts);
  bool ended() const { return ended_; }

 private:
  Result<void> take_length();
  std::array<char, 4> digits_{};
  std::size_t digit_count_ = 0;
  std::size_t payload_left_ = 0;
  bool ended_ = false;
};

// One end of a conversation with git or with a transport: lines and packets
// from `in`, text to `out`. The descriptors stay the caller's.
class PacketStream {
 public:
  PacketStream(int in, int out) : in_(in), out_(out) {}

  // Nothing at the end of the stream; io when it ends within one.
  Result<std::optional<std::string>> read_line();
  Result<std::optional<Packet>> read_packet();
  // As above, but the end is an error as well.
  Result<Packet> need_packet();
  Result<std::string> need_line();

  Result<void> write(std::string_view text) const;
  Result<void> write(const Packet& packet) const;

  int input() const { return in_; }
  int output() const { return out_; }
  // Reads into `to` what is there, at least one byte: bytes read ahead first.
  Result<std::size_t> read_some(std::span<std::uint8_t> to);
  // Gives back bytes of the last read_some() that were not for the caller.
  void unread(ByteView bytes) { buffer_.append(bytes); }
  // Bytes that were read ahead; for handing the pipe on as it is.
  PacketBuffer& buffer() { return buffer_; }

 private:
  // False at the end of the stream.
  Result<bool> fill();
  int in_;
  int out_;
  PacketBuffer buffer_;
};

}  // namespace sigstore
