// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace sigstore {

// The compression function of SHA-256 (FIPS 180-4, 6.2.2) over `blocks` blocks
// of 64 bytes, by OpenSSL's code for this processor: a message that stops and
// goes on needs no more than its eight words.
void sha256_blocks(std::uint32_t (&state)[8], const std::uint8_t* data,
                   std::size_t blocks);

}  // namespace sigstore
