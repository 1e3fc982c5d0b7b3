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
  std::string prefix;  // "" for a model, "datasets/" or "spaces/"
  std::string org;
  std::string name;  // without ".git"

  /// As in the addresses of pages and of git.
  std::string full_name() const { return prefix + id(); }
  std::string id() const { return org + "/" + name; }
  /// As in /api/<type>/<id>: models, datasets or spaces.
  std::string api_type() const;
  std::filesystem::path path(const std::filesystem::path& root) const {
    return root / (full_name() + ".git");
  }

  auto operator<=>(const Repository&) const = default;
};

/// What matches a repository in a route, in three groups for parse_repository.
inline constexpr char kRepositoryPattern[] =
    R"(/((?:datasets/|spaces/)?)([^/]+)/([^/]+))";

/// Nothing unless both parts match [A-Za-z0-9._-]+, start with no dot and
/// the first is no word that the Hub's addresses begin with. One ".git" at
/// the end of the name is dropped.
std::optional<Repository> parse_repository(std::string_view prefix,
                                           std::string_view org,
                                           std::string_view name);

/// The same from "org/name" or "datasets/org/name".
std::optional<Repository> parse_full_name(std::string_view full_name);

/// True for 64 lower-case hexadecimal digits.
bool is_oid(std::string_view text);

}  // namespace test_hub
