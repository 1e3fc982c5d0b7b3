// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sigstore {

// Starts a program by argv that outlives us: in a session of its own, without
// our streams. -1 is /dev/null. False when it cannot be started.
bool start_detached(std::vector<std::string> argv, int input = -1,
                    int output = -1);

}  // namespace sigstore
