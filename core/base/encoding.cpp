// SPDX-License-Identifier: Apache-2.0
#include "core/base/encoding.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sigstore {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_hex_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kHex.size(); ++i)
    values[static_cast<unsigned char>(kHex[i])] = static_cast<std::int8_t>(i);
  return values;
}
constexpr auto kHexValues = make_hex_values();

int hex_value(char c) { return kHexValues[static_cast<unsigned char>(c)]; }

constexpr std::array<std::int8_t, 256> make_base64_values() {
  std::array<std::int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (std::size_t i = 0; i < kBase64.size(); ++i)
    values[static_cast<unsigned char>(kBase64[i])] =
        static_cast<std::int8_t>(i);
  return values;
}
constexpr auto kBase64Values = make_base64_values();

// Length of the UTF-8 sequence at the front of `text`, 0 if there is none.
// Table 3-7 of the Unicode standard, "well-formed UTF-8 byte sequences".
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto is_tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return is_tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0U : 0x80U;
    const unsigned high = lead == 0xED ? 0x9FU : 0xBFU;
    return at(1) >= low && at(1) <= high && is_tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90U : 0x80U;
    const unsigned high = lead == 0xF4 ? 0x8FU : 0xBFU;
    return at(1) >= low && at(1) <= high && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

// Sequences that a terminal acts on, or that reorder what a person reads.
bool is_unprintable(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  const auto second = static_cast<unsigned char>(sequence[1]);
  if (sequence.size() == 2)  // C1, U+061C
    return (first == 0xC2 && second < 0xA0) ||
           (first == 0xD8 && second == 0x9C);
  if (sequence.size() != 3 || first != 0xE2) return false;
  const auto third = static_cast<unsigned char>(sequence[2]);
  if (second == 0x80)  // U+200B..200F, U+2028..202E
    return (third >= 0x8B && third <= 0x8F) || (third >= 0xA8 && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;  // U+2066..2069
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string out(bytes.size() * 2, '\0');
  char* next = out.data();
  for (const std::uint8_t byte : bytes) {
    *next++ = kHex[byte >> 4U];
    *next++ = kHex[byte & 15U];
  }
  return out;
}

bool from_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  int wrong = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    wrong |= high | low;  // negative for what is no digit
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return wrong >= 0;
}

std::optional<Bytes> from_hex(std::string_view text) {
  Bytes out(text.size() / 2);
  if (!from_hex(text, out)) return std::nullopt;
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = std::uint32_t{bytes[i]} << 16U;
    if (count > 1) group |= std::uint32_t{bytes[i + 1]} << 8U;
    if (count > 2) group |= bytes[i + 2];
    out += kBase64[group >> 18U];
    out += kBase64[(group >> 12U) & 63U];
    out += count > 1 ? kBase64[(group >> 6U) & 63U] : '=';
    out += count > 2 ? kBase64[group & 63U] : '=';
  }
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  const auto bad = [](const char* why) {
    return fail(ErrorKind::invalid_input, "base64: ", why);
  };
  if (text.size() % 4 != 0) return bad("length is not a multiple of four");
  std::size_t pad = 0;
  while (pad < 2 && pad < text.size() && text[text.size() - 1 - pad] == '=')
    ++pad;
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  std::size_t held = 0;
  for (const char c : text.substr(0, text.size() - pad)) {
    const int value = kBase64Values[static_cast<unsigned char>(c)];
    if (value < 0) return bad("character outside the alphabet");
    group = (group << 6U) | static_cast<std::uint32_t>(value);
    if (++held < 4) continue;
    out.push_back(static_cast<std::uint8_t>(group >> 16U));
    out.push_back(static_cast<std::uint8_t>(group >> 8U));
    out.push_back(static_cast<std::uint8_t>(group));
    group = 0;
    held = 0;
  }
  if (pad == 0) return out;
  // RFC 4648 3.5: pad bits must be zero, or two texts name the same bytes.
  const std::uint32_t pad_bits = pad == 2 ? 0xFU : 0x3U;
  if ((group & pad_bits) != 0) return bad("pad bits are not zero");
  if (pad == 2) {
    out.push_back(static_cast<std::uint8_t>(group >> 4U));
    return out;
  }
  out.push_back(static_cast<std::uint8_t>(group >> 10U));
  out.push_back(static_cast<std::uint8_t>(group >> 2U));
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sequence = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || is_unprintable(sequence)) {
      for (const char c : sequence)
        out += "\\x" + to_hex(as_bytes(std::string_view(&c, 1)));
    } else {
      out += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return out;
}

}  // namespace sigstore
