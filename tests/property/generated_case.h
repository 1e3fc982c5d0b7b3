// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/manifest/content.h"
#include "tests/property/random_source.h"

namespace sigstore {

// A file that the real git-lfs took in: its bytes, and the pointer to them.
struct StoredFile {
  std::string content;
  std::string pointer;
};

struct GeneratedEntry {
  std::uint32_t mode = 0;
  std::string blob;  // what the commit holds
  // What `git add` is given instead; git-lfs makes the blob out of it.
  std::optional<std::string> before_add = std::nullopt;
};

// A commit, and the settings of the user who checks it out.
struct GeneratedCase {
  std::map<std::string, GeneratedEntry> entries;  // by path
  std::set<std::string> empty_folders;
  std::vector<std::pair<std::string, std::string>> user_config;
  std::string user_attributes;  // of core.attributesFile; "" for none
  bool with_git_add = false;    // else written as git objects
  Selection selection;
  std::set<std::string> features;
};

// Something that must have been generated at least once. What is harmless
// must also have been seen in a case whose manifests were equal.
struct Feature {
  const char* name;
  bool harmless;
};
const std::vector<Feature>& all_features();

// Case `number` of a run; the same random numbers give the same case. Needs
// stored files.
GeneratedCase generate_case(RandomSource& random,
                            const std::vector<StoredFile>& stored,
                            std::size_t number);

}  // namespace sigstore
