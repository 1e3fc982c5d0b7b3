// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/crypto/private_key.h"

namespace sigstore {

// Whose it is: the terminal asks for it by name.
enum class PasswordOf : std::uint8_t { key, token };

// Where a key's password, or a token's PIN, comes from; never the command line.
// With neither member set, HF_SIGSTORE_PASSWORD is tried, then the terminal is
// asked, unless GIT_TERMINAL_PROMPT is 0 or there is none.
struct PasswordOptions {
  std::string file;         // its first line
  std::string environment;  // the name of a variable
};

PasswordSource password_source(PasswordOptions options,
                               PasswordOf whose = PasswordOf::key);

// Asks twice, for a new key. invalid_input when the answers differ.
Result<Password> new_password(const PasswordOptions& options);

}  // namespace sigstore
