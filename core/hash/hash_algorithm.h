// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/base/result.h"
#include "core/crypto/message_digest.h"

namespace sigstore {

// The hash algorithms of OpenSSF Model Signing (section 7), by their names
// there.
enum class HashAlgorithm : std::uint8_t { sha256, blake2b, blake3 };

std::string_view hash_name(HashAlgorithm algorithm);
std::size_t digest_size(HashAlgorithm algorithm);  // bytes
// invalid_input for a name outside of the registry.
Result<HashAlgorithm> parse_hash_name(std::string_view name);
// unsupported where this build cannot compute it.
Result<MessageDigest> make_digest(HashAlgorithm algorithm);

}  // namespace sigstore
