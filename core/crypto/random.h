// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace sigstore {

// Bytes that nobody can guess.
Result<Bytes> random_bytes(std::size_t count);

}  // namespace sigstore
