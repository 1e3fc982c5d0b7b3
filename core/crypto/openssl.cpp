// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/openssl.h"

#include <openssl/err.h>

#include <chrono>
#include <ctime>

namespace sigstore {

Error openssl_error(ErrorKind kind, std::string_view what) {
  const char* data = nullptr;
  int flags = 0;
  const unsigned long code =
      ERR_get_error_all(nullptr, nullptr, nullptr, &data, &flags);
  const char* reason = ERR_reason_error_string(code);
  Error error = fail(kind, what, ": ", reason == nullptr ? "refused" : reason);
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
