// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace sigstore::hub {

// The file of huggingface_hub in which all tokens of a user are: INI, a
// section a token (hub.md 1.6). Pure.
struct StoredToken {
  std::string name;
  std::string token;
  std::string refresh_token;  // "": it does not expire
  std::optional<Timestamp> expires = std::nullopt;
};

// Errors name a line by its number and never show it.
Result<std::vector<StoredToken>> parse_stored_tokens(std::string_view text);

// `text` with other values for keys of one section; nothing else is touched,
// and keys that are not there are added at the section's top.
std::string with_values(
    std::string_view text, std::string_view section,
    const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace sigstore::hub
