// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/password.h"
#include "core/app/terminal.h"
#include "core/base/result.h"
#include "core/crypto/pkcs11_key.h"

namespace sigstore {

// The key in a token that a PKCS#11 URI names. Its PIN is that of the URI
// (pin-source, a file; pin-value, with a warning), else that of the options,
// else the terminal is asked. Two of the first are invalid_input.
Result<Pkcs11Key> open_token_key(const std::string& uri,
                                 const PasswordOptions& options,
                                 const Terminal& terminal);

}  // namespace sigstore
