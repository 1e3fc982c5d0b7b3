// SPDX-License-Identifier: Apache-2.0
#include "hub-client/file_filter.h"

#include "tests/support/catch.h"

namespace sigstore::hub {
namespace {

TEST_CASE("patterns are those of hf download", "[hub]") {
  const FileFilter json{{"*.json"}, {}};
  CHECK(json.takes("config.json"));
  CHECK(json.takes("a/b/config.json"));  // "*" crosses "/"
  CHECK_FALSE(json.takes("config.JSON"));
  const FileFilter folder{{"a/"}, {"a/skip*"}};
  CHECK(folder.takes("a/b/c"));
  CHECK_FALSE(folder.takes("a"));
  CHECK_FALSE(folder.takes("a/skipped"));
  const FileFilter set{{"[!a]?.bin"}, {}};
  CHECK(set.takes("bc.bin"));
  CHECK_FALSE(set.takes("ac.bin"));
  CHECK(FileFilter{{"a\\b"}, {}}.takes("a\\b"));  // no escapes
  CHECK(FileFilter{}.takes(".hidden"));
  CHECK(FileFilter{{"*"}, {}}.takes(".hidden/x"));
  CHECK_FALSE(FileFilter{{}, {"*"}}.takes("a"));
}

TEST_CASE("a name fits itself alone", "[hub]") {
  const FileFilter odd{{escape_pattern("a[1]*?.bin")}, {}};
  CHECK(odd.takes("a[1]*?.bin"));
  CHECK_FALSE(odd.takes("a1x.bin"));
  CHECK_FALSE(odd.takes("a[1]xy.bin"));
  CHECK(FileFilter{{escape_pattern("dir/")}, {}}.takes("dir/x/y"));
}

}  // namespace
}  // namespace sigstore::hub
