// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// A value of git's configuration.
struct ConfigEntry {
  std::string key;      // lower case, without section and URL: "mode"
  std::string pattern;  // of `sigstore.<pattern>.key`; "" when there is none
  std::string value;    // "true" for a key without "="
};

// The values of `sigstore.<key>` and `sigstore.<url>.<key>` that apply to
// `url`, by git's own rules (git-config(1), "http.<url>.*"): the value whose
// URL matches best, and of several such the last. A key in `lists` keeps all
// of its values that match, in the order of the files; an empty one drops
// those before it, as in git's own lists.
//
// Spellings that RepoId takes for the same repository match alike: http and
// https, hf.co and huggingface.co, ".git" at the end. Otherwise whoever hands
// out a URL could choose which policy applies. What is no URL, like a path,
// gets the values without one.
Result<std::vector<ConfigEntry>> read_url_config(
    const git::Git& git, std::string_view url,
    const std::vector<std::string>& lists);

// The spelling that stands for all of a URL or of a pattern for URLs.
std::string uniform_url(std::string_view url);

}  // namespace sigstore
