// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_names.h"

#include <string>
#include <utility>

#include "tests/core/refuses.h"

namespace sigstore {

TEST_CASE("names that some file system takes for one fold to one",
          "[manifest]") {
  const std::pair<const char*, const char*> kTwins[] = {
      {"Readme.MD", "README.md"},
      {"caf\xC3\xA9", "cafe\xCC\x81"},  // NFC, NFD
      {"CAF\xC3\x89", "cafe\xCC\x81"},  // and case
      {"\xD0\x96", "\xD0\xB6"},         // Cyrillic
      {"\xE2\x84\xAA", "k"},            // Kelvin sign
      {"\xE2\x84\xAB", "\xC3\xA5"},     // Angstrom sign
      {"stra\xC3\x9F"
       "e",
       "STRASSE"},               // sharp s
      {"\xCE\xA3", "\xCF\x82"},  // sigma, final sigma
      {"a\xE2\x80\x8D"
       "b",
       "ab"},                                        // zero width joiner
      {"\xEA\xB0\x80", "\xE1\x84\x80\xE1\x85\xA1"},  // Hangul
      {"q\xCC\x87\xCC\xA3", "Q\xCC\xA3\xCC\x87"},    // order of marks
  };
  for (const auto& [one, other] : kTwins) {
    CAPTURE(one, other);
    CHECK(fold_name(one) == fold_name(other));
  }
}

TEST_CASE("names that are two everywhere stay two", "[manifest]") {
  const std::pair<const char*, const char*> kDifferent[] = {
      {"a", "b"},
      {"e", "\xC3\xA9"},
      {"1", "\xC2\xB9"},  // superscript one: compatibility only
      {"\xD0\xB0", "a"},  // Cyrillic a: looks alike
      {"fi", "\xEF\xBC\xA6\xEF\xBC\xA9"},  // full width
  };
  for (const auto& [one, other] : kDifferent) {
    CAPTURE(one, other);
    CHECK(fold_name(one) != fold_name(other));
  }
  CHECK(fold_name("\xFF") == "\xFF");
}

TEST_CASE("git's own files in disguise are refused", "[manifest]") {
  for (const char* name :
       {".GITATTRIBUTES", ".gitAttributes", ".gitmodules ", ".gitmodules.",
        ".git\xE2\x80\x8C"
        "attributes",
        ".GitIgnore", ".LFSConfig", ".GITHUB", "gitatt~1", "GITMOD~4",
        "gi7d29~1", "GI7EBA~2"}) {
    CAPTURE(name);
    CHECK(
        refuses(check_disguise(name), ErrorKind::unsafe_tree, "unsafe name: "));
  }
}

TEST_CASE("plain names, and git's own in their own spelling, pass",
          "[manifest]") {
  for (const char* name :
       {".gitattributes", ".gitmodules", ".gitignore", ".github", ".lfsconfig",
        "model.sig", "a~1", "gift~1", "git~2", "gi~1", "github~", "git~x",
        "gitaddress~1", "~1", "gitattributes"}) {
    CAPTURE(name);
    CHECK(works(check_disguise(name)));
  }
}

}  // namespace sigstore
