// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/dsse.h"

#include <algorithm>
#include <string>

#include "core/base/encoding.h"
#include "core/base/error.h"

namespace sigstore {
namespace {

// repr(bytes) in Python 3.
std::string python_repr(ByteView bytes) {
  const std::string_view text = as_text(bytes);
  const bool double_quoted = text.find('\'') != std::string_view::npos &&
                             text.find('"') == std::string_view::npos;
  const char quote = double_quoted ? '"' : '\'';
  std::string out = std::string("b") + quote;
  for (const std::uint8_t byte : bytes) {
    const char c = static_cast<char>(byte);
    if (c == '\\' || c == quote)
      out += {'\\', c};
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (byte < 0x20 || byte >= 0x7f)
      out += "\\x" + to_hex(ByteView(&byte, 1));
    else
      out += c;
  }
  return out + quote;
}

}  // namespace

Bytes pre_authentication_encoding(std::string_view payload_type,
                                  ByteView payload) {
  const std::string head = concat("DSSEv1 ", payload_type.size(), " ",
                                  payload_type, " ", payload.size(), " ");
  Bytes out;
  out.reserve(head.size() + payload.size());
  out.insert(out.end(), head.begin(), head.end());
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

Bytes legacy_pre_authentication_encoding(std::string_view payload_type,
                                         ByteView payload) {
  return to_bytes(concat("DSSEV1 ", payload_type.size(), " ", payload_type, " ",
                         payload.size(), " ", python_repr(payload)));
}

}  // namespace sigstore
