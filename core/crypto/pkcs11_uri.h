// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/private_key.h"

namespace sigstore {

// The name of a private key in a token (RFC 7512). Pure. What is not said
// matches anything.
struct Pkcs11Uri {
  // pk11-path: of the token, then of the key in it.
  std::optional<std::string> token;
  std::optional<std::string> manufacturer;
  std::optional<std::string> model;
  std::optional<std::string> serial;
  std::optional<std::uint64_t> slot_id;
  std::optional<std::string> object;  // CKA_LABEL
  std::optional<Bytes> id;            // CKA_ID
  // pk11-query.
  std::string module_path;  // a library
  std::string pin_source;   // a file; "" for none
  std::optional<Password> pin_value;

  // invalid_input for what is not of the grammar, an attribute that comes
  // twice, two PINs, or another type than "private"; `unsupported` for
  // attributes that this program does not match. Errors name attributes and
  // show no value, for one of them may be the PIN.
  static Result<Pkcs11Uri> parse(std::string_view text);
};

}  // namespace sigstore
