// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

#include <cerrno>
#include <set>
#include <string>

#include "tests/support/catch.h"

using sigstore::ErrorKind;

TEST_CASE("every kind has a name of its own", "[base]") {
  std::set<std::string_view> names;
  const int last = static_cast<int>(ErrorKind::rollback);
  for (int i = 0; i <= last; ++i)
    names.insert(sigstore::kind_name(static_cast<ErrorKind>(i)));
  CHECK(names.size() == static_cast<std::size_t>(last) + 1);
  CHECK(sigstore::kind_name(ErrorKind::unsigned_content) == "unsigned");
}

TEST_CASE("context goes in front of the message", "[base]") {
  sigstore::Error error = sigstore::fail(ErrorKind::io, "entry ", 3, ": short");
  error.details.emplace_back("a");
  const sigstore::Error outer = std::move(error).context("bundle");
  CHECK(outer.message == "bundle: entry 3: short");
  CHECK(outer.kind == ErrorKind::io);
  CHECK(outer.details.size() == 1);
}

TEST_CASE("the system's words are one line", "[base]") {
  CHECK(sigstore::errno_text(ENOENT) == "No such file or directory");
}
