// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/names.h"

#include <string_view>

namespace test_hub {
namespace {

// As it stands behind /api/: of models the type is written there.
std::string api_path(const std::string& full_name) {
  const bool has_type =
      full_name.starts_with("datasets/") || full_name.starts_with("spaces/");
  return (has_type ? "/api/" : "/api/models/") + full_name;
}

bool ends_name(std::string_view rest) {
  return rest.empty() || rest.front() == '/' || rest.front() == '?' ||
         rest.starts_with(".git/");
}

}  // namespace

void Names::move(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  moved_.erase(to);
  moved_[from] = to;
}

std::optional<std::string> Names::redirect(const std::string& target) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [from, to] : moved_) {
    const std::string page = "/" + from;
    if (target.starts_with(page) && ends_name(target.substr(page.size()))) {
      return "/" + to + target.substr(page.size());
    }
    const std::string api = api_path(from);
    if (target.starts_with(api) && ends_name(target.substr(api.size()))) {
      return api_path(to) + target.substr(api.size());
    }
  }
  return std::nullopt;
}

}  // namespace test_hub
