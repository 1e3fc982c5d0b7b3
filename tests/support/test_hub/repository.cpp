// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/repository.h"

#include <algorithm>
#include <array>

namespace test_hub {
namespace {

constexpr size_t kMaxPartLength = 200;
constexpr std::array<std::string_view, 6> kReserved = {
    "api", "datasets", "spaces", "kernels", "models", "lfs"};

bool is_safe_part(std::string_view part) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !part.empty() && part.size() <= kMaxPartLength &&
         part.front() != '.' &&
         part.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace

std::string Repository::api_type() const {
  return prefix.empty() ? "models" : prefix.substr(0, prefix.size() - 1);
}

std::optional<Repository> parse_repository(std::string_view prefix,
                                           std::string_view org,
                                           std::string_view name) {
  if (!prefix.empty() && prefix != "datasets/" && prefix != "spaces/") {
    return std::nullopt;
  }
  if (name.ends_with(".git")) name.remove_suffix(4);
  if (!is_safe_part(org) || !is_safe_part(name)) return std::nullopt;
  if (std::find(kReserved.begin(), kReserved.end(), org) != kReserved.end()) {
    return std::nullopt;
  }
  return Repository{std::string(prefix), std::string(org), std::string(name)};
}

std::optional<Repository> parse_full_name(std::string_view full_name) {
  std::string_view prefix;
  for (const std::string_view known : {"datasets/", "spaces/"}) {
    if (full_name.starts_with(known)) prefix = known;
  }
  full_name.remove_prefix(prefix.size());
  const size_t slash = full_name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return parse_repository(prefix, full_name.substr(0, slash),
                          full_name.substr(slash + 1));
}

bool is_oid(std::string_view text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace test_hub
