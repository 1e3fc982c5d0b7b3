// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to core/app/login_agent: its socket, and frames.

#include <optional>
#include <string>

#include "core/base/file.h"
#include "core/base/result.h"

namespace sigstore {

// XDG_RUNTIME_DIR/hf-sigstore-agent. Nothing where the folder is not ours
// alone (XDG Base Directory Specification: "owned by the user, and he MUST be
// the only one having read and write access to it. Its Unix access mode MUST
// be 0700").
std::optional<std::string> agent_path();

// Connected to a process of our own user; nothing otherwise.
std::optional<FileDescriptor> connect_agent(const std::string& path);

// Listening, mode 0600. A socket that nobody listens to any more is replaced;
// nothing where somebody does.
std::optional<FileDescriptor> listen_agent(const std::string& path);

// Is the process at the other end our own user's (SO_PEERCRED)?
bool is_own_peer(int socket);

// A whole frame, within two seconds. Nothing more is read.
Result<std::string> receive_frame(int fd);
Result<void> send_frame(int fd, std::string json);

}  // namespace sigstore
