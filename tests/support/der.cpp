// SPDX-License-Identifier: Apache-2.0
#include "tests/support/der.h"

#include <algorithm>
#include <charconv>
#include <string>

using sigstore::as_bytes;

namespace der {
namespace {

// Base 128, most significant first, the top bit in all but the last.
void append_base128(Bytes& out, std::uint64_t value) {
  Bytes digits{static_cast<std::uint8_t>(value & 0x7fU)};
  while ((value >>= 7U) != 0)
    digits.push_back(static_cast<std::uint8_t>(0x80U | (value & 0x7fU)));
  out.insert(out.end(), digits.rbegin(), digits.rend());
}

Bytes big_endian(std::uint64_t value) {
  Bytes digits;
  for (; value != 0; value >>= 8U)
    digits.insert(digits.begin(), static_cast<std::uint8_t>(value));
  return digits;
}

}  // namespace

Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts)
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

Bytes tagged(std::uint8_t tag, ByteView content) {
  Bytes out{tag};
  if (content.size() < 0x80) {
    out.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    const Bytes length = big_endian(content.size());
    out.push_back(static_cast<std::uint8_t>(0x80U | length.size()));
    out.insert(out.end(), length.begin(), length.end());
  }
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes around(unsigned number, ByteView content) {
  return tagged(static_cast<std::uint8_t>(0xa0U | number), content);
}

Bytes primitive(unsigned number, ByteView content) {
  return tagged(static_cast<std::uint8_t>(0x80U | number), content);
}

Bytes sequence(std::initializer_list<Bytes> items) {
  return tagged(0x30, join(items));
}

Bytes sequence(const std::vector<Bytes>& items) {
  Bytes content;
  for (const Bytes& item : items)
    content.insert(content.end(), item.begin(), item.end());
  return tagged(0x30, content);
}

Bytes set(std::vector<Bytes> items) {
  std::sort(items.begin(), items.end());
  Bytes out = sequence(items);
  out[0] = 0x31;
  return out;
}

Bytes boolean(bool value) {
  return {0x01, 1, static_cast<std::uint8_t>(value ? 0xff : 0)};
}

Bytes integer(std::uint64_t value) {
  Bytes digits = big_endian(value);
  // A first bit of 1 would make it negative.
  if (digits.empty() || (digits[0] & 0x80U) != 0)
    digits.insert(digits.begin(), 0);
  return tagged(0x02, digits);
}

Bytes bit_string(ByteView bits) {
  Bytes content{0};  // no unused bits
  content.insert(content.end(), bits.begin(), bits.end());
  return tagged(0x03, content);
}

Bytes octet_string(ByteView bytes) { return tagged(0x04, bytes); }

Bytes null() { return {0x05, 0}; }

Bytes oid(std::string_view dotted) {
  std::vector<std::uint64_t> arcs;
  const char* next = dotted.data();
  const char* const end = next + dotted.size();
  while (next < end) {
    std::uint64_t arc = 0;
    next = std::from_chars(next, end, arc).ptr + 1;  // over the dot
    arcs.push_back(arc);
  }
  Bytes content;
  append_base128(content, arcs[0] * 40 + arcs[1]);
  for (std::size_t i = 2; i < arcs.size(); ++i)
    append_base128(content, arcs[i]);
  return tagged(0x06, content);
}

Bytes utf8(std::string_view text) { return tagged(0x0c, as_bytes(text)); }

Bytes time_text(std::string_view text) { return tagged(0x18, as_bytes(text)); }

Bytes time(sigstore::Timestamp at) {
  std::string text = at.to_rfc3339();  // 2026-03-04T05:06:07Z
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  return time_text(text);
}

Bytes certificate_time(sigstore::Timestamp at) {
  const Bytes general = time(at);
  const std::string_view text = sigstore::as_text(general).substr(2);
  if (text < "1950" || text >= "2050") return general;
  return tagged(0x17, as_bytes(text.substr(2)));
}

}  // namespace der
