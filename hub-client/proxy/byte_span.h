// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "hub-client/download/byte_ranges.h"

namespace sigstore::hub {

// How a Range header is answered (RFC 9110 14.2).
struct RangeAnswer {
  int status = 200;  // everything; 206 a part; 416 nothing of it is there
  ByteRange range;
};

// One range in bytes; whatever else the header says is ignored, as it may be.
// Pure.
RangeAnswer answer_range(std::string_view header, std::uint64_t size);

}  // namespace sigstore::hub
