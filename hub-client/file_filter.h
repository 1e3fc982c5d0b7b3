// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sigstore::hub {

// Which files of a repository the user wants, in the patterns of `hf
// download` (huggingface_hub, filter_repo_objects): those of a shell, in which
// "*" crosses "/" and a "/" at the end means all below. Pure.
struct FileFilter {
  std::vector<std::string> include;  // none: every file
  std::vector<std::string> exclude;  // of those

  bool takes_all() const { return include.empty() && exclude.empty(); }
  bool takes(const std::string& path) const;
};

// The pattern that fits this name alone, or all below it when it ends in "/".
std::string escape_pattern(const std::string& name);

}  // namespace sigstore::hub
