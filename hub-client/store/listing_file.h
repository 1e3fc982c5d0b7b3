// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "hub-client/hub/listing.h"

namespace sigstore::hub {

// trees/<commit>.json as huggingface_hub 1.x keeps it beside the files
// (_tree_cache.py), byte for byte:
//
//   {"format_version": 1,
//    "files": {<path>: {"size", "blob_id", "lfs_sha256"?, "lfs_size"?,
//                       "xet_hash"?}}}
//
// Paths sorted, one space of indent, ASCII, no newline at the end.
std::string write_listing(const Listing& listing);

// Pure. Nothing for another format_version; invalid_input for text that is
// no listing, names files twice or not at all, or is longer than
// limits::kTreeObject. Paths are as they came (see check_path()).
Result<std::optional<Listing>> parse_listing(std::string_view text,
                                             const git::CommitId& commit);

}  // namespace sigstore::hub
