// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/property/random_source.h"

// What cases are made of, as tables: one row is one feature, or one of
// several ways to get it.
namespace sigstore {

// Files with such names, all of them in one folder.
struct NameRow {
  const char* feature;
  std::vector<std::string> names;
};
const std::vector<NameRow>& harmless_names();
const std::vector<NameRow>& unsafe_names();

// The attributes of one .gitattributes line.
struct AttributeRow {
  const char* feature;
  const char* attributes;
};
const std::vector<AttributeRow>& harmless_attributes();
const std::vector<AttributeRow>& unsafe_attributes();

// What may be made out of a canonical git-lfs pointer.
struct PointerRow {
  const char* feature;
  std::string (*make)(const std::string& pointer, RandomSource& random);
};
// Plain content for git-lfs, so it may lie anywhere.
const std::vector<PointerRow>& plain_lookalikes();
// git-lfs may take it for a pointer.
const std::vector<PointerRow>& pointer_lookalikes();

// Bytes of an ordinary file.
struct ContentRow {
  const char* feature;
  std::string (*make)(RandomSource& random);
};
const std::vector<ContentRow>& contents();

}  // namespace sigstore
