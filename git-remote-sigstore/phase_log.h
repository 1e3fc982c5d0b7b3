// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sigstore {

// Where the helper is, for people who want to know what it waits for: appends
// "<process id> <phase>" to the file that GIT_TRACE_SIGSTORE names. Nothing
// without it, and nothing when that cannot be written.
void log_phase(std::string_view phase);

}  // namespace sigstore
