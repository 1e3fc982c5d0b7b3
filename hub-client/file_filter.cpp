// SPDX-License-Identifier: Apache-2.0
#include "hub-client/file_filter.h"

#include <fnmatch.h>

#include <algorithm>

#include "core/base/error.h"

namespace sigstore::hub {
namespace {

bool fits_any(const std::vector<std::string>& patterns,
              const std::string& path) {
  return std::any_of(
      patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        const std::string whole =
            pattern.ends_with('/') ? pattern + "*" : pattern;
        return fnmatch(whole.c_str(), path.c_str(), FNM_NOESCAPE) == 0;
      });
}

}  // namespace

bool FileFilter::takes(const std::string& path) const {
  return (include.empty() || fits_any(include, path)) &&
         !fits_any(exclude, path);
}

std::string escape_pattern(const std::string& name) {
  std::string pattern;
  for (const char c : name)
    if (c == '*' || c == '?' || c == '[')
      pattern += concat('[', c, ']');
    else
      pattern += c;
  return pattern;
}

}  // namespace sigstore::hub
