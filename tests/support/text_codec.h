// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.h"

// Text forms of bytes, for test doubles that are to share no code with the
// product.
namespace codec {

std::string base64(sigstore::ByteView bytes);
std::string base64url(sigstore::ByteView bytes);  // without padding
std::string hex(sigstore::ByteView bytes);
std::string pem(std::string_view label, sigstore::ByteView der);

// Of either alphabet; throws where it is neither.
sigstore::Bytes from_base64(std::string_view text);

}  // namespace codec
