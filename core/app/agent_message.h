// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace sigstore {

// What the login agent and those who ask it say to each other: one request
// and one answer a connection, each four bytes of length (big-endian), then
// JSON. Pure.

// A certificate that still serves, and its key: whoever has it signs in its
// owner's name until it expires.
struct HeldLogin {
  std::string key_pem;  // a secret
  Bytes certificate;    // DER
  Timestamp expires;
};

struct AgentRequest {
  enum class Kind : std::uint8_t { find, keep, end };
  Kind kind = Kind::find;
  std::string name;                               // whom the login is with
  std::optional<HeldLogin> login = std::nullopt;  // to keep
};

// Overwrites text that held a secret.
void wipe_text(std::string& secret);

// Length and JSON.
std::string write_frame(std::string_view json);
// How long the frame is that begins so; invalid_input above
// limits::kKeyFile. Needs four bytes.
Result<std::size_t> frame_size(ByteView start);

std::string write_agent_request(const AgentRequest& request);
Result<AgentRequest> parse_agent_request(std::string_view json);
// An answer holds a login, or nothing.
std::string write_agent_answer(const std::optional<HeldLogin>& login);
Result<std::optional<HeldLogin>> parse_agent_answer(std::string_view json);

}  // namespace sigstore
