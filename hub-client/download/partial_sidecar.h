// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/bytes.h"
#include "core/base/limits.h"
#include "core/base/result.h"
#include "hub-client/download/byte_ranges.h"

namespace sigstore::hub {

// Ranges, and bytes in all.
inline constexpr std::size_t kPartialRanges = 4096;
inline constexpr std::size_t kPartialSidecar = 512 * limits::kKiB;

// What stands beside a partial file: which content it is to become, and which
// of its bytes had reached the disk. Pure.
struct PartialSidecar {
  std::string etag;
  std::uint64_t size = 0;
  ByteRanges have;
};

// {"version":1,"etag":"...","size":"1000","ranges":[["0","500"],...]}. At most
// kPartialRanges of them: what comes after them is fetched again.
std::string encode_sidecar(const PartialSidecar& sidecar);
// invalid_input for anything else, unsupported for another version.
Result<PartialSidecar> parse_sidecar(ByteView json);

}  // namespace sigstore::hub
