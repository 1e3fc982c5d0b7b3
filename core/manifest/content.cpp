// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/content.h"

namespace sigstore {

bool Selection::has_file(const std::string& path) const {
  if (only) return only->contains(path);
  return !exclusions.covers(path) || despite.contains(path);
}

bool Selection::has_folder(const std::string& path) const {
  if (!exclusions.covers(path)) return true;
  const auto is_above = [&](const std::set<std::string>& paths) {
    const std::string below = path + "/";
    const auto next = paths.lower_bound(below);
    return next != paths.end() && next->starts_with(below);
  };
  return is_above(despite) || (only && is_above(*only));
}

}  // namespace sigstore
