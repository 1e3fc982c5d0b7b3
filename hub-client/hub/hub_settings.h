// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "hub-client/hub/hub_url.h"

namespace sigstore::hub {

// An environment variable, "" when it is not set: core/app/settings.h has the
// real one.
using Variables = std::function<std::string(const char*)>;

// What the variables of huggingface_hub say (hub.md 1.7), so that our files
// are where its files are.
struct HubSettings {
  Endpoint endpoint;                    // HF_ENDPOINT, HUGGINGFACE_CO_STAGING
  std::filesystem::path home;           // HF_HOME
  std::filesystem::path cache;          // HF_HUB_CACHE
  std::filesystem::path token_file;     // HF_TOKEN_PATH
  std::filesystem::path stored_tokens;  // beside it
  bool offline = false;                 // HF_HUB_OFFLINE: no network at all
  bool implicit_token = true;           // HF_HUB_DISABLE_IMPLICIT_TOKEN
  bool symlinks = true;                 // HF_HUB_DISABLE_SYMLINKS
  // HF_HUB_DISABLE_PROGRESS_BARS: nothing leaves it to the terminal.
  std::optional<bool> progress = std::nullopt;
};

// invalid_input for an endpoint that is no URL; not_found where neither HOME
// nor a variable says where the files are.
Result<HubSettings> read_hub_settings(const Variables& variable);

// "1", "ON", "YES" and "TRUE" in any case are yes, all else is no.
bool is_yes(std::string_view value);

// "~", "~/x", "$NAME" and "${NAME}" as os.path.expanduser and expandvars have
// them; a name that is not set stays as it is.
std::string expand_variables(std::string_view path, const Variables& variable);

}  // namespace sigstore::hub
