// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace sigstore {

// Which code hashes. `best` is what this processor has; the others are for
// tests and measurements.
enum class Sha256Engine : std::uint8_t {
  best,
  openssl,  // one message at a time
  sha_ni,   // two side by side
  avx2,     // eight
  avx512    // sixteen, eight, two
};

// invalid_input for a name that is none: "best", "openssl", "sha-ni", "avx2",
// "avx512".
Result<Sha256Engine> parse_engine(std::string_view name);
// Can this processor run it?
bool is_supported(Sha256Engine engine);

}  // namespace sigstore
