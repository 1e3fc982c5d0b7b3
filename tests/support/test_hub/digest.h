// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace test_hub {

std::string to_hex(std::string_view bytes);

/// Hexadecimal SHA-256.
std::string sha256_hex(std::string_view bytes);

/// Nothing when it is not base64 with its padding. Empty is valid.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace test_hub
