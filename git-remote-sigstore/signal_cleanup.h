// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sigstore {

// From here on the folder `path` is deleted when SIGINT, SIGTERM or SIGHUP
// ends this process. A signal handler has no other way to know of it than
// process-wide state: a few slots, changed only by these two functions.
void remove_on_signal(const std::string& path);
// No longer; for who is about to delete it, or moved it away.
void keep_on_signal(const std::string& path);

}  // namespace sigstore
