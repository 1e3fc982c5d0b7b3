// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/content.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::Selection;

namespace {

Selection without(std::string_view path) {
  Selection selection;
  REQUIRE(works(selection.exclusions.add(path)));
  return selection;
}

}  // namespace

TEST_CASE("all but what is excluded is selected", "[manifest]") {
  const Selection selection = without("cache");
  CHECK(selection.has_file("a"));
  CHECK(selection.has_file("sub/cache"));
  CHECK_FALSE(selection.has_file("cache"));
  CHECK_FALSE(selection.has_file("cache/x"));
  CHECK_FALSE(selection.has_file(".git/config"));
  CHECK(selection.has_folder("sub"));
  CHECK_FALSE(selection.has_folder("cache"));
  CHECK_FALSE(selection.has_folder(".git"));
}

TEST_CASE("a path is selected despite what is excluded", "[manifest]") {
  Selection selection = without("cache");
  selection.despite = {"cache/a/b"};
  CHECK(selection.has_file("cache/a/b"));
  CHECK_FALSE(selection.has_file("cache/a"));
  CHECK_FALSE(selection.has_file("cache/a/c"));
  CHECK(selection.has_folder("cache"));
  CHECK(selection.has_folder("cache/a"));
  CHECK_FALSE(selection.has_folder("cache/a/b"));
  CHECK_FALSE(selection.has_folder("cache/b"));
}

TEST_CASE("a name that begins like a selected one is another", "[manifest]") {
  Selection selection = without("cache");
  selection.despite = {"cache/ab"};
  CHECK_FALSE(selection.has_file("cache/a"));
  CHECK_FALSE(selection.has_folder("cache/a"));
}

TEST_CASE("where paths are given, no other is selected", "[manifest]") {
  Selection selection;
  selection.only = {"a", "sub/b"};
  CHECK(selection.has_file("a"));
  CHECK(selection.has_file("sub/b"));
  CHECK_FALSE(selection.has_file("sub/c"));
  CHECK_FALSE(selection.has_file("sub"));
  CHECK(selection.has_folder("sub"));
}
