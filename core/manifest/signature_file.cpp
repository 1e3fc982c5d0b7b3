// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/signature_file.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/manifest/manifest.h"

namespace sigstore {

Exclusions Exclusions::defaults() {
  Exclusions exclusions;
  exclusions.paths_ = {".git", ".gitattributes", ".github", ".gitignore"};
  return exclusions;
}

Result<void> Exclusions::add(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  TRY(check_canonical_path(path).context("ignored path"));
  if (path.find_first_of("*?[") != std::string_view::npos)
    return fail(ErrorKind::invalid_input, "ignored path '", path,
                "' has a pattern character; only plain paths are allowed");
  const auto place = std::lower_bound(paths_.begin(), paths_.end(), path);
  if (place == paths_.end() || *place != path) paths_.emplace(place, path);
  return {};
}

void Exclusions::add(const Exclusions& others) {
  std::vector<std::string> all;
  std::set_union(paths_.begin(), paths_.end(), others.paths_.begin(),
                 others.paths_.end(), std::back_inserter(all));
  paths_ = std::move(all);
}

bool Exclusions::covers(std::string_view path) const {
  while (true) {
    if (std::binary_search(paths_.begin(), paths_.end(), path)) return true;
    const std::size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return false;
    path = path.substr(0, slash);
  }
}

}  // namespace sigstore
