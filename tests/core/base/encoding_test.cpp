// SPDX-License-Identifier: Apache-2.0
#include "core/base/encoding.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::ErrorKind;
using sigstore::from_base64;
using sigstore::from_hex;
using sigstore::is_utf8;
using sigstore::printable;
using sigstore::to_base64;
using sigstore::to_hex;

TEST_CASE("hexadecimal survives the way out and back", "[base]") {
  const Bytes bytes{0x00, 0x0f, 0x7f, 0x80, 0xff};
  CHECK(to_hex(bytes) == "000f7f80ff");
  CHECK(from_hex("000f7f80ff") == bytes);
  CHECK(from_hex("") == Bytes());
}

TEST_CASE("upper-case hexadecimal is refused", "[base]") {
  CHECK_FALSE(from_hex("0F").has_value());
}

TEST_CASE("an odd number of hexadecimal digits is refused", "[base]") {
  CHECK_FALSE(from_hex("0").has_value());
  CHECK_FALSE(from_hex("abc").has_value());
}

TEST_CASE("characters that are no hexadecimal digits are refused", "[base]") {
  for (const char* text : {"0g", "g0", "0x", " 0", "0 ", "-1", "0\n"}) {
    CAPTURE(text);
    CHECK_FALSE(from_hex(text).has_value());
  }
}

TEST_CASE("base64 writes the test vectors of RFC 4648", "[base]") {
  CHECK(to_base64(as_bytes("")).empty());
  CHECK(to_base64(as_bytes("f")) == "Zg==");
  CHECK(to_base64(as_bytes("fo")) == "Zm8=");
  CHECK(to_base64(as_bytes("foo")) == "Zm9v");
  CHECK(to_base64(as_bytes("foob")) == "Zm9vYg==");
  CHECK(to_base64(as_bytes("fooba")) == "Zm9vYmE=");
  CHECK(to_base64(as_bytes("foobar")) == "Zm9vYmFy");
}

TEST_CASE("base64 of any length survives the way out and back", "[base]") {
  Bytes bytes;
  for (unsigned i = 0; i < 300; ++i) {
    const auto back = from_base64(to_base64(bytes));
    REQUIRE(works(back));
    REQUIRE(*back == bytes);
    bytes.push_back(static_cast<std::uint8_t>(255 - i % 256));
  }
}

TEST_CASE("base64 without its padding is refused", "[base]") {
  for (const char* text : {"Zg", "Zm8", "Zg=", "Zm9vYg", "="}) {
    CAPTURE(text);
    CHECK(refuses(from_base64(text), ErrorKind::invalid_input,
                  "not a multiple of four"));
  }
}

TEST_CASE("base64 with pad bits that are not zero is refused", "[base]") {
  for (const char* text : {"Zh==", "Zm9=", "Zm9vYh==", "/+8BAh=="}) {
    CAPTURE(text);
    CHECK(refuses(from_base64(text), ErrorKind::invalid_input, "pad bits"));
  }
}

TEST_CASE("base64 with white space is refused", "[base]") {
  for (const char* text : {"Zm9v\nZm8", "Zm9 ", " Zm9", "Zm9vYm\r\n"}) {
    CAPTURE(text);
    CHECK(refuses(from_base64(text), ErrorKind::invalid_input,
                  "outside the alphabet"));
  }
}

TEST_CASE("base64 in the alphabet for URLs is refused", "[base]") {
  CHECK(works(from_base64("+/+/")));
  CHECK(refuses(from_base64("-_-_"), ErrorKind::invalid_input,
                "outside the alphabet"));
}

TEST_CASE("base64 with padding in the middle is refused", "[base]") {
  for (const char* text : {"Zg==Zg==", "====", "A===", "=Zm9", "Z=g="}) {
    CAPTURE(text);
    CHECK(refuses(from_base64(text), ErrorKind::invalid_input,
                  "outside the alphabet"));
  }
}

TEST_CASE("base64 with a NUL or a byte above 127 is refused", "[base]") {
  CHECK(refuses(from_base64(std::string_view("Zm9\0", 4)),
                ErrorKind::invalid_input, "outside the alphabet"));
  CHECK(refuses(from_base64("Zm9\xff"), ErrorKind::invalid_input,
                "outside the alphabet"));
}

TEST_CASE("UTF-8 of every length is recognised", "[base]") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("plain"));
  CHECK(is_utf8("\xc2\x80\xdf\xbf"));                  // U+0080, U+07FF
  CHECK(is_utf8("\xe0\xa0\x80\xef\xbf\xbf"));          // U+0800, U+FFFF
  CHECK(is_utf8("\xed\x9f\xbf\xee\x80\x80"));          // around surrogates
  CHECK(is_utf8("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));  // U+10000, U+10FFFF
}

TEST_CASE("overlong UTF-8 is refused", "[base]") {
  for (const char* text :
       {"\xc0\x80", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf",
        "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf"}) {
    CAPTURE(to_hex(as_bytes(text)));
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("surrogates in UTF-8 are refused", "[base]") {
  CHECK_FALSE(is_utf8("\xed\xa0\x80"));
  CHECK_FALSE(is_utf8("\xed\xbf\xbf"));
}

TEST_CASE("UTF-8 above U+10FFFF is refused", "[base]") {
  CHECK_FALSE(is_utf8("\xf4\x90\x80\x80"));
  CHECK_FALSE(is_utf8("\xf5\x80\x80\x80"));
  CHECK_FALSE(is_utf8("\xff"));
}

TEST_CASE("truncated and stray UTF-8 is refused", "[base]") {
  for (const char* text : {"\x80", "a\xbf", "\xc3", "\xe2\x82", "\xf0\x9f\x98",
                           "\xc3z", "\xe2\x82z", "\xf0\x9f\x98z"}) {
    CAPTURE(to_hex(as_bytes(text)));
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("printable text stays as it is", "[base]") {
  const std::string text = "a \\ b ~ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80";
  CHECK(printable(text) == text);
}

TEST_CASE("an escape sequence is printed as text", "[base]") {
  CHECK(printable("\x1b[31mred") == "\\x1b[31mred");
}

TEST_CASE("line ends, NUL and DEL are printed as text", "[base]") {
  CHECK(printable("a\nb\rc\td") == "a\\x0ab\\x0dc\\x09d");
  CHECK(printable(std::string_view("\0\x7f", 2)) == "\\x00\\x7f");
}

TEST_CASE("C1 controls are printed as text", "[base]") {
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");  // CSI in one character
  CHECK(printable("\xc2\x80") == "\\xc2\\x80");
  CHECK(printable("\xc2\xa0") == "\xc2\xa0");  // a no-break space is none
}

TEST_CASE("bidirectional overrides and isolates are printed as text",
          "[base]") {
  for (const char* text :
       {"\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9",
        "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8"}) {
    CAPTURE(to_hex(as_bytes(text)));
    CHECK(printable(text).starts_with("\\xe2\\x8"));
    CHECK(printable(text).size() == 12);
  }
}

TEST_CASE("invalid UTF-8 is printed as text, the rest is kept", "[base]") {
  CHECK(printable("a\xff\xc3(b\xc3\xa9") == "a\\xff\\xc3(b\xc3\xa9");
}
