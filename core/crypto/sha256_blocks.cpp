// SPDX-License-Identifier: Apache-2.0
//
// EVP has no way to this function; the old interface is in every OpenSSL 3.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/crypto/sha256_blocks.h"

#include <openssl/sha.h>

#include <cstring>

namespace sigstore {

void sha256_blocks(std::uint32_t (&state)[8], const std::uint8_t* data,
                   std::size_t blocks) {
  SHA256_CTX context;
  SHA256_Init(&context);
  std::memcpy(context.h, state, sizeof(state));
  SHA256_Update(&context, data, blocks * SHA256_CBLOCK);
  std::memcpy(state, context.h, sizeof(state));
}

}  // namespace sigstore
