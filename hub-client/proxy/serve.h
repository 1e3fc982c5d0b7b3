// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/app/command_line.h"

namespace sigstore::hub {

// The only verb of hf-sigstore-proxy: serves until it is told to end.
std::unique_ptr<Verb> make_serve_command(CommandLine app);

}  // namespace sigstore::hub
