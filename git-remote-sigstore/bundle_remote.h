// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/git/git_command.h"
#include "core/git/pkt_line.h"

namespace sigstore {

// True for a file that begins as git-bundle(1) writes them.
bool is_bundle_file(const std::string& path);

// Serves the helper's `list` and `fetch` commands from a bundle, as git does
// by itself for such remotes: nothing is verified.
Result<void> serve_bundle(const git::Git& git, const std::string& path,
                          PacketStream& client);

}  // namespace sigstore
