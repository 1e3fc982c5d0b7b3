// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/process.h"

namespace sigstore {

// Runs to the end with our own stdin, stdout and stderr; its exit code.
Result<int> run_in_place(const Command& command);

}  // namespace sigstore
