// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/signature_file.h"

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::Exclusions;

namespace {

Exclusions with(std::string_view path) {
  Exclusions exclusions;
  REQUIRE(works(exclusions.add(path)));
  return exclusions;
}

}  // namespace

TEST_CASE("git's own files are left out by default", "[manifest]") {
  const Exclusions exclusions = Exclusions::defaults();
  for (const char* path : {".git", ".git/config", ".gitignore",
                           ".gitattributes", ".github", ".github/a/b.yml"}) {
    CAPTURE(path);
    CHECK(exclusions.covers(path));
  }
}

TEST_CASE("names that only resemble git's own are not left out", "[manifest]") {
  const Exclusions exclusions = Exclusions::defaults();
  for (const char* path :
       {".gitmodules", ".lfsconfig", "sub/.git", "sub/.gitignore", ".github2/x",
        ".Git", ".gitignore2", "git", "model.sig", "a/.github/b"}) {
    CAPTURE(path);
    CHECK_FALSE(exclusions.covers(path));
  }
}

TEST_CASE("an entry covers itself and all below it, by components",
          "[manifest]") {
  const Exclusions exclusions = with("cache/x");
  CHECK(exclusions.covers("cache/x"));
  CHECK(exclusions.covers("cache/x/y/z"));
  CHECK_FALSE(exclusions.covers("cache"));
  CHECK_FALSE(exclusions.covers("cache/x2"));
  CHECK_FALSE(exclusions.covers("cache/y"));
  CHECK_FALSE(exclusions.covers("sub/cache/x"));
}

TEST_CASE("a slash at the end of an entry is dropped", "[manifest]") {
  CHECK(with("cache/").paths() == std::vector<std::string>{"cache"});
  CHECK(with("cache//").covers("cache/a"));
}

TEST_CASE("entries are sorted and stand once", "[manifest]") {
  Exclusions exclusions;
  for (const char* path : {"b", "a", "c", "a/", "b"})
    REQUIRE(works(exclusions.add(path)));
  CHECK(exclusions.paths() == std::vector<std::string>{"a", "b", "c"});
  Exclusions more = with("b");
  more.add(with("aa"));
  more.add(exclusions);
  CHECK(more.paths() == std::vector<std::string>{"a", "aa", "b", "c"});
}

TEST_CASE("an entry that is no canonical path is refused", "[manifest]") {
  for (const char* path :
       {"", "/", ".", "..", "./a", "a/.", "../a", "a/../b", "/abs", "a//b"}) {
    CAPTURE(path);
    Exclusions exclusions;
    CHECK(refuses(exclusions.add(path), ErrorKind::invalid_input,
                  "ignored path: "));
    CHECK(exclusions.paths().empty());
  }
}

TEST_CASE("an entry with a pattern is refused", "[manifest]") {
  for (const char* path : {"*.bin", "a/?", "[ab]", "a[", "a/*"}) {
    CAPTURE(path);
    Exclusions exclusions;
    CHECK(refuses(exclusions.add(path), ErrorKind::invalid_input,
                  "pattern character"));
  }
}

TEST_CASE("an entry that is not valid UTF-8 is refused", "[manifest]") {
  Exclusions exclusions;
  CHECK(refuses(exclusions.add("a\xff"), ErrorKind::invalid_input,
                "not valid UTF-8"));
}
