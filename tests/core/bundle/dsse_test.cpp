// SPDX-License-Identifier: Apache-2.0
#include "core/bundle/dsse.h"

#include <string>

#include "tests/support/catch.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::legacy_pre_authentication_encoding;
using sigstore::pre_authentication_encoding;

namespace {

std::string legacy(std::string_view payload) {
  const auto bytes = legacy_pre_authentication_encoding("t", as_bytes(payload));
  return std::string(as_text(bytes));
}

}  // namespace

TEST_CASE("the encoding is that of the DSSE specification", "[bundle]") {
  // DSSE protocol.md, "Test Vectors".
  CHECK(as_text(pre_authentication_encoding("http://example.com/HelloWorld",
                                            as_bytes("hello world"))) ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
}

TEST_CASE("lengths are of bytes, empty parts included", "[bundle]") {
  CHECK(as_text(pre_authentication_encoding("", {})) == "DSSEv1 0  0 ");
  CHECK(as_text(pre_authentication_encoding("\xc3\xa9", as_bytes("\xff"))) ==
        "DSSEv1 2 \xc3\xa9 1 \xff");
}

TEST_CASE("moving bytes between type and payload changes the encoding",
          "[bundle]") {
  CHECK(pre_authentication_encoding("a", as_bytes("b c")) !=
        pre_authentication_encoding("a 3 b", as_bytes("c")));
}

TEST_CASE("the legacy encoding is what Python printed", "[bundle]") {
  CHECK(as_text(legacy_pre_authentication_encoding(
            "application/vnd.in-toto+json", as_bytes("{\"a\": 1}\n"))) ==
        "DSSEV1 28 application/vnd.in-toto+json 9 b'{\"a\": 1}\\n'");
}

TEST_CASE("the legacy encoding escapes as Python does", "[bundle]") {
  CHECK(legacy("\\\n\r\t\"") == "DSSEV1 1 t 5 b'\\\\\\n\\r\\t\"'");
  CHECK(legacy(std::string_view("\0\x1f\x7f\xc3\xa9", 5)) ==
        "DSSEV1 1 t 5 b'\\x00\\x1f\\x7f\\xc3\\xa9'");
  CHECK(legacy(" ~") == "DSSEV1 1 t 2 b' ~'");
}

TEST_CASE("the legacy encoding quotes as Python does", "[bundle]") {
  CHECK(legacy("it's") == "DSSEV1 1 t 4 b\"it's\"");
  CHECK(legacy("it's \"x\"") == "DSSEV1 1 t 8 b'it\\'s \"x\"'");
  CHECK(legacy("\"x\"") == "DSSEV1 1 t 3 b'\"x\"'");
}
