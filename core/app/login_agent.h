// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/app/agent_message.h"
#include "core/base/result.h"

namespace sigstore {

// A login is kept for the next runs by a small process of the user's, in its
// memory only (ssh-agent's manner): certificate and key of the last login, for
// as long as they serve. Its socket lies in XDG_RUNTIME_DIR, which is the
// user's alone and goes with the session; without one nothing is kept. Both
// ends look whose process the other one is.

// What is kept under this name; nothing where there is none, or no agent.
std::optional<HeldLogin> find_held_login(const std::string& name);

// Gives it to the agent, which is started when there is none. False where
// none can be had.
bool keep_login(const std::string& name, const HeldLogin& login);

// Ends the agent. False when there was none.
Result<bool> end_agent();

// The agent itself: the verb that keep_login starts. The first request comes
// on stdin; "ready" is said on stdout when it is kept. Returns when nothing is
// left to keep.
Result<void> run_agent();

}  // namespace sigstore
