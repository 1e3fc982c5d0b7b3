// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/json.h"
#include "core/base/result.h"

namespace sigstore {

// The bytes that a TUF signature is over (TUF 1.0.34 section 4.2, which names
// OLPC's canonical JSON): members sorted by code point, no white space, whole
// numbers only, and in strings only '"' and '\' escaped. Line ends of PEM keys
// stay raw, so that this is no JSON that a parser would take. invalid_input
// for a number with a fraction.
Result<std::string> canonical_json(const Json& value);

}  // namespace sigstore
