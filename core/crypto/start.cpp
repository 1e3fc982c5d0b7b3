// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/start.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace sigstore {

// What fails here is slower, or fails again at the first use, which says so.
void start_crypto() {
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  RAND_set_DRBG_type(nullptr, "HASH-DRBG", nullptr, nullptr, "SHA256");
}

void start_verifier() {
  OPENSSL_init_crypto(
      OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS,
      nullptr);
}

}  // namespace sigstore
