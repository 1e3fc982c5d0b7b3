// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/support/test_hub/repository.h"

namespace test_hub {

/// What the Hub keeps about a repository beside git: hub.json in its folder.
struct Settings {
  bool is_private = false;
  std::string gated = {};  // "", "auto" or "manual"
  bool is_disabled = false;
};

/// The defaults when there is none.
Settings load_settings(const std::filesystem::path& root,
                       const Repository& repository);

/// Changes what the object names: private, gated (false or a text), disabled.
/// A complaint when that is something else or cannot be written.
std::optional<std::string> change_settings(const std::filesystem::path& root,
                                           const Repository& repository,
                                           const nlohmann::json& changes);

}  // namespace test_hub
