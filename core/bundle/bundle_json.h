// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/bundle/bundle.h"

namespace sigstore {

// Reads a bundle of any published version (media types 0.1 to 0.3, both
// spellings of 0.3) and checks its structure: exactly one verification
// material and one content, one DSSE signature, sizes of hashes and ids, no
// negative numbers, no duplicate entries. Unknown members are ignored, since
// published bundles have some; duplicate members are refused.
Result<Bundle> parse_bundle(ByteView json);

// One TransparencyLogEntry, as a log of Rekor v2 answers.
Result<TlogEntry> parse_log_entry(ByteView json);

// Writes version 0.3; what is written parses to the same bundle.
Result<std::string> write_bundle(const Bundle& bundle);

}  // namespace sigstore
