// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/stderr_filter.h"

#include <string>

#include "git-remote-sigstore/quarantine_folder.h"
#include "tests/support/catch.h"

using sigstore::alternate_entry;
using sigstore::take_printable;

namespace {

// The text, given in pieces of `size` bytes.
std::string filtered(const std::string& text, std::size_t size) {
  std::string pending;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += size) {
    pending += text.substr(at, size);
    out += take_printable(pending);
  }
  return out + "|" + pending;
}

}  // namespace

TEST_CASE("text for the terminal is the same in pieces of any size",
          "[helper]") {
  const std::string text = "a\tb\r\n\x1b[31mred \xc3\xa9\xe2\x82\xac\n";
  const std::string whole = filtered(text, text.size());
  CHECK(whole == "a\tb\r\n\\x1b[31mred \xc3\xa9\xe2\x82\xac\n|");
  for (std::size_t size = 1; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK(filtered(text, size) == whole);
  }
}

TEST_CASE("the start of a character waits for its end", "[helper]") {
  std::string pending = "x\xe2\x82";
  CHECK(take_printable(pending) == "x");
  CHECK(pending == "\xe2\x82");
  pending += "\xac";
  CHECK(take_printable(pending) == "\xe2\x82\xac");
  CHECK(pending.empty());
}

TEST_CASE("a C1 control in UTF-8 and a stray byte are escaped", "[helper]") {
  std::string pending =
      "\xc2\x9b"
      "31m\xff.";
  const std::string out = take_printable(pending);
  CHECK(out == "\\xc2\\x9b31m\\xff.");
}

TEST_CASE("a path is one entry of the alternates, whatever it holds",
          "[helper]") {
  CHECK(alternate_entry("/a") == "\"/a\"");
  CHECK(alternate_entry("/a:b") == "\"/a:b\"");
  CHECK(alternate_entry("/\"q\"\\") == "\"/\\\"q\\\"\\\\\"");
}
