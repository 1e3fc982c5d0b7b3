// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace sigstore {

// OMS v1.0 9: the usual name, in the model's top folder.
inline constexpr std::string_view kSignatureName = "model.sig";

// Paths that a signature does not cover (OMS v1.0 6.2): an entry covers the
// path equal to it and all below it, by whole components, from the top.
class Exclusions {
 public:
  // .git, .gitignore, .gitattributes, .github: never covered.
  static Exclusions defaults();

  // `path` is canonical; a trailing "/" is dropped, so is an entry that is
  // there already. invalid_input for absolute, "..", and glob characters
  // (section 6.2.1).
  Result<void> add(std::string_view path);
  void add(const Exclusions& others);

  bool covers(std::string_view path) const;
  const std::vector<std::string>& paths() const { return paths_; }  // sorted

 private:
  std::vector<std::string> paths_;
};

}  // namespace sigstore
