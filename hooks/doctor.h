// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/exit_code.h"

namespace sigstore {

enum class Health : std::uint8_t { ok, warning, not_effective, cannot_tell };

std::string_view health_name(Health health);

struct Finding {
  Health health = Health::ok;
  std::string subject;  // "route", "hooks"
  std::string text;
};

// What protects the repository where the user stands, and what does not. It
// changes nothing, and asks no server.
std::vector<Finding> examine(const std::string& remote);

// 1 when a protection is not effective, else 4 when one could not be told.
ExitCode exit_code(const std::vector<Finding>& findings);

}  // namespace sigstore
