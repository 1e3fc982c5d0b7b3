// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

// RFC 4648 section 5 without padding, as RFC 7515 and RFC 7636 have it.
std::string to_base64url(ByteView bytes);
// Strict, like from_base64.
Result<Bytes> from_base64url(std::string_view text);

}  // namespace sigstore
