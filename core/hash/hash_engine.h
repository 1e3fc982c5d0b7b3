// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace sigstore {

// Which code hashes. `best` is what this processor has; the others are for
// tests and measurements. How many messages (of BLAKE3: parts of one) go side
// by side:
enum class HashEngine : std::uint8_t {
  best,
  openssl,  // one, and the same code for BLAKE as below, without vectors
  sha_ni,   // SHA-256: two; the others as openssl
  avx2,     // SHA-256: eight, BLAKE2b: four, BLAKE3: eight
  avx512    // SHA-256: sixteen, eight, two; BLAKE2b: eight, BLAKE3: sixteen
};

// invalid_input for a name that is none: "best", "openssl", "sha-ni", "avx2",
// "avx512".
Result<HashEngine> parse_engine(std::string_view name);
// Can this processor run it?
bool is_supported(HashEngine engine);

}  // namespace sigstore
