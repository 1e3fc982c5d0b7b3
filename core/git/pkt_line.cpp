// SPDX-License-Identifier: Apache-2.0
#include "core/git/pkt_line.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

constexpr std::size_t kLengthDigits = 4;

std::optional<std::size_t> parse_length(std::string_view digits) {
  std::size_t value = 0;
  for (const char c : digits) {
    // git writes lower case and reads both.
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    const bool digit = lower >= '0' && lower <= '9';
    if (!digit && (lower < 'a' || lower > 'f')) return std::nullopt;
    value = value * 16 +
            static_cast<std::size_t>(digit ? lower - '0' : lower - 'a' + 10);
  }
  return value;
}

// 0 at the end of the stream.
Result<std::size_t> read_fd(int fd, std::span<std::uint8_t> to) {
  while (true) {
    const ssize_t got = read(fd, to.data(), to.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(ErrorKind::io, "cannot read: ", errno_text(errno));
    return static_cast<std::size_t>(got);
  }
}

}  // namespace

std::string_view Packet::line() const {
  std::string_view line = text();
  if (line.ends_with('\n')) line.remove_suffix(1);
  return line;
}

std::string encode_data(std::string_view payload) {
  const std::size_t length = payload.size() + kLengthDigits;
  const std::array<std::uint8_t, 2> big_endian{
      static_cast<std::uint8_t>(length >> 8U),
      static_cast<std::uint8_t>(length & 0xFFU)};
  return to_hex(big_endian) + std::string(payload);
}

std::string encode_packet(const Packet& packet) {
  switch (packet.type) {
    case PacketType::flush:
      return "0000";
    case PacketType::delimiter:
      return "0001";
    case PacketType::response_end:
      return "0002";
    case PacketType::data:
      break;
  }
  return encode_data(packet.text());
}

void PacketBuffer::append(ByteView bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void PacketBuffer::drop(std::size_t count) {
  start_ += count;
  // Moves what is left to the front only when little is.
  if (start_ * 2 < bytes_.size()) return;
  bytes_.erase(bytes_.begin(),
               bytes_.begin() + static_cast<std::ptrdiff_t>(start_));
  start_ = 0;
}

Result<std::optional<Packet>> PacketBuffer::take_packet() {
  if (rest().size() < kLengthDigits) return std::optional<Packet>();
  const auto length = parse_length(as_text(rest().first(kLengthDigits)));
  if (!length || *length == 3 || *length > limits::kPktLine)
    return fail(ErrorKind::invalid_input, "malformed pkt-line length");
  if (*length < kLengthDigits) {
    constexpr std::array<PacketType, 3> kSpecial{
        PacketType::flush, PacketType::delimiter, PacketType::response_end};
    drop(kLengthDigits);
    return std::optional<Packet>(Packet{kSpecial.at(*length), {}});
  }
  if (rest().size() < *length) return std::optional<Packet>();
  const ByteView payload =
      rest().subspan(kLengthDigits, *length - kLengthDigits);
  Packet packet{PacketType::data, Bytes(payload.begin(), payload.end())};
  drop(*length);
  return std::optional<Packet>(std::move(packet));
}

Result<std::optional<std::string>> PacketBuffer::take_line() {
  const std::string_view text = as_text(rest());
  const std::size_t newline = text.find('\n');
  if (std::min(newline, text.size()) > limits::kHelperLine)
    return fail(ErrorKind::invalid_input, "a line is too long");
  if (newline == std::string_view::npos) return std::optional<std::string>();
  std::string line(text.substr(0, newline));
  drop(newline + 1);
  return std::optional<std::string>(std::move(line));
}

Bytes PacketBuffer::take_bytes(std::size_t most) {
  const ByteView left = rest().first(std::min(most, rest().size()));
  Bytes bytes(left.begin(), left.end());
  drop(bytes.size());
  return bytes;
}

Result<void> PayloadScanner::take_length() {
  const auto length =
      parse_length(std::string_view(digits_.data(), digits_.size()));
  digit_count_ = 0;
  if (!length || *length > limits::kPktLine ||
      (*length != 0 && *length < kLengthDigits))
    return fail(ErrorKind::invalid_input, "malformed pkt-line length");
  ended_ = *length == 0;
  payload_left_ = ended_ ? 0 : *length - kLengthDigits;
  return {};
}

Result<std::size_t> PayloadScanner::scan(ByteView bytes,
                                         std::vector<ByteView>& parts) {
  std::size_t at = 0;
  while (at < bytes.size() && !ended_) {
    if (payload_left_ > 0) {
      const std::size_t count = std::min(payload_left_, bytes.size() - at);
      parts.push_back(bytes.subspan(at, count));
      payload_left_ -= count;
      at += count;
      continue;
    }
    digits_[digit_count_++] = static_cast<char>(bytes[at++]);
    if (digit_count_ == kLengthDigits) TRY(take_length());
  }
  return at;
}

Result<bool> PacketStream::fill() {
  std::array<std::uint8_t, 65536> chunk;
  TRY_ASSIGN(const std::size_t got, read_fd(in_, chunk));
  buffer_.append(ByteView(chunk).first(got));
  return got > 0;
}

Result<std::size_t> PacketStream::read_some(std::span<std::uint8_t> to) {
  const Bytes ahead = buffer_.take_bytes(to.size());
  std::copy(ahead.begin(), ahead.end(), to.begin());
  if (!ahead.empty()) return ahead.size();
  TRY_ASSIGN(const std::size_t got, read_fd(in_, to));
  if (got == 0) return fail(ErrorKind::network, "the transport ended early");
  return got;
}

Result<std::optional<std::string>> PacketStream::read_line() {
  while (true) {
    TRY_ASSIGN(std::optional<std::string> line, buffer_.take_line());
    if (line) return line;
    TRY_ASSIGN(const bool more, fill());
    if (more) continue;
    if (buffer_.empty()) return std::optional<std::string>();
    return fail(ErrorKind::io, "the other side stopped within a line");
  }
}

Result<std::optional<Packet>> PacketStream::read_packet() {
  while (true) {
    TRY_ASSIGN(std::optional<Packet> packet, buffer_.take_packet());
    if (packet) return packet;
    TRY_ASSIGN(const bool more, fill());
    if (more) continue;
    if (buffer_.empty()) return std::optional<Packet>();
    return fail(ErrorKind::io, "the other side stopped within a packet");
  }
}

Result<Packet> PacketStream::need_packet() {
  TRY_ASSIGN(std::optional<Packet> packet, read_packet());
  if (!packet) return fail(ErrorKind::network, "the transport ended early");
  return std::move(*packet);
}

Result<std::string> PacketStream::need_line() {
  TRY_ASSIGN(std::optional<std::string> line, read_line());
  if (!line) return fail(ErrorKind::network, "the transport ended early");
  return std::move(*line);
}

Result<void> PacketStream::write(std::string_view text) const {
  return write_all(out_, as_bytes(text));
}

Result<void> PacketStream::write(const Packet& packet) const {
  return write(encode_packet(packet));
}

}  // namespace sigstore
