// SPDX-License-Identifier: Apache-2.0
#include "core/tuf/canonical_json.h"

#include "tests/core/refuses.h"

using sigstore::canonical_json;
using sigstore::ErrorKind;
using sigstore::parse_json;

namespace {

std::string canonical(std::string_view text) {
  const auto json = parse_json(text);
  REQUIRE(works(json));
  const auto bytes = canonical_json(*json);
  REQUIRE(works(bytes));
  return *bytes;
}

}  // namespace

TEST_CASE("canonical JSON sorts members and has no white space", "[tuf]") {
  CHECK(canonical(R"({ "b": [1, -2, true], "a": {"z": null, "y": {}} })") ==
        R"({"a":{"y":{},"z":null},"b":[1,-2,true]})");
  // By code point: U+FF61 comes before U+1F600, which UTF-16 has first.
  CHECK(canonical("{\"\xF0\x9F\x98\x80\":1,\"\xEF\xBD\xA1\":2}") ==
        "{\"\xEF\xBD\xA1\":2,\"\xF0\x9F\x98\x80\":1}");
}

TEST_CASE("canonical JSON escapes quotes and backslashes alone", "[tuf]") {
  CHECK(canonical(R"(["a\nb", "\"", "\\", "\u00e9\t"])") ==
        "[\"a\nb\",\"\\\"\",\"\\\\\",\"\xC3\xA9\t\"]");
}

TEST_CASE("a fraction has no canonical form", "[tuf]") {
  for (const char* text : {"[1.5]", "{\"a\":1e3}", "[18446744073709551616]"}) {
    CAPTURE(text);
    const auto json = parse_json(text);
    REQUIRE(works(json));
    CHECK(refuses(canonical_json(*json), ErrorKind::invalid_input, "fraction"));
  }
}
