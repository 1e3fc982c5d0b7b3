// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/openssl.h"

#include <openssl/err.h>

namespace sigstore {

Error openssl_error(ErrorKind kind, std::string_view what) {
  const unsigned long code = ERR_get_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return fail(kind, what, ": ", reason == nullptr ? "refused" : reason);
}

void clear_openssl_errors() { ERR_clear_error(); }

}  // namespace sigstore
