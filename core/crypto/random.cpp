// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/random.h"

#include <openssl/rand.h>

#include "core/crypto/openssl.h"

namespace sigstore {

Result<Bytes> random_bytes(std::size_t count) {
  Bytes bytes(count);
  if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1)
    return openssl_error(ErrorKind::internal, "random numbers");
  return bytes;
}

}  // namespace sigstore
