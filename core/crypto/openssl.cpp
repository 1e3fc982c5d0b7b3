// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/openssl.h"

#include <openssl/err.h>

#include <chrono>
#include <ctime>

namespace sigstore {
namespace {

// After start_verifier() nothing is there. Only these functions, which are old,
// load texts then.
void load_reasons() {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  for (const auto load :
       {ERR_load_ASN1_strings, ERR_load_BIO_strings, ERR_load_BN_strings,
        ERR_load_CRYPTO_strings, ERR_load_EC_strings, ERR_load_ERR_strings,
        ERR_load_EVP_strings, ERR_load_OBJ_strings, ERR_load_PEM_strings,
        ERR_load_PKCS7_strings, ERR_load_RAND_strings, ERR_load_RSA_strings,
        ERR_load_TS_strings, ERR_load_X509_strings, ERR_load_X509V3_strings})
    load();
#pragma GCC diagnostic pop
}

const char* reason_of(unsigned long code) {
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  load_reasons();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "refused" : reason;
}

}  // namespace

Error openssl_error(ErrorKind kind, std::string_view what) {
  const char* data = nullptr;
  int flags = 0;
  const unsigned long code =
      ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags);
  Error error = fail(kind, what, ": ", reason_of(code));
  if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0')
    error.message += concat(" (", data, ")");
  ERR_clear_error();
  return error;
}

void clear_openssl_errors() { ERR_clear_error(); }

std::optional<Timestamp> to_timestamp(const ASN1_TIME* time) {
  namespace chrono = std::chrono;
  if (time == nullptr || !as_text(bytes_of(time)).ends_with('Z')) return {};
  std::tm tm{};
  if (ASN1_TIME_to_tm(time, &tm) != 1) {
    clear_openssl_errors();
    return {};
  }
  const chrono::sys_days day =
      chrono::year(tm.tm_year + 1900) / (tm.tm_mon + 1) / tm.tm_mday;
  return Timestamp{chrono::sys_seconds(day).time_since_epoch().count() +
                   tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec};
}

}  // namespace sigstore
