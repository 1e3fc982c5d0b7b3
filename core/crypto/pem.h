// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

struct PemBlock {
  std::string label;  // "CERTIFICATE"
  Bytes der;
};

// The PEM blocks (RFC 7468) of a text, with or without text around them; at
// most `max_blocks`. invalid_input for a block that is malformed or has
// headers, as encrypted ones have: nobody is asked for a password.
Result<std::vector<PemBlock>> read_pem(std::string_view text,
                                       std::size_t max_blocks);

// One block: 64 columns, final newline.
std::string write_pem(const char* label, ByteView der);

}  // namespace sigstore
