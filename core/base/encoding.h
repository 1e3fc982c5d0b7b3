// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

// Lower-case hexadecimal.
std::string to_hex(ByteView bytes);
// Lower-case only, even length; nothing otherwise.
std::optional<Bytes> from_hex(std::string_view text);

// The same into `out`, two digits a byte; false when the length or a digit is
// wrong.
bool from_hex(std::string_view text, std::span<std::uint8_t> out);

// RFC 4648 section 4: standard alphabet, padded.
std::string to_base64(ByteView bytes);
// Strict: standard alphabet, full padding, zero pad bits, no white space.
Result<Bytes> from_base64(std::string_view text);

// True when `text` is well-formed UTF-8 (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

// `text` fit for a terminal or a protocol line: control characters, DEL, C1
// controls, bidirectional overrides and invalid UTF-8 become \xNN escapes, a
// backslash stays itself.
std::string printable(std::string_view text);

}  // namespace sigstore
