// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace test_hub {

/// A repository named in a URL, checked so that it is safe in a path.
struct Repository {
  std::string org;
  std::string name;  // without ".git"

  std::string full_name() const { return org + "/" + name; }
  std::filesystem::path path(const std::filesystem::path& root) const {
    return root / org / (name + ".git");
  }
};

/// Nothing unless both parts match [A-Za-z0-9._-]+ and start with no dot.
/// One ".git" at the end of the name is dropped.
std::optional<Repository> parse_repository(std::string_view org,
                                           std::string_view name);

/// True for 64 lower-case hexadecimal digits.
bool is_oid(std::string_view text);

}  // namespace test_hub
