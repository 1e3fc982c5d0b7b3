// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"

#include <cstdint>
#include <string>

#include "core/base/limits.h"
#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::int64_member;
using sigstore::Json;
using sigstore::parse_json;
using sigstore::positive_member;

namespace {

Json parsed(std::string_view text) {
  auto json = parse_json(text);
  REQUIRE(works(json));
  return std::move(*json);
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("JSON of every type becomes a tree", "[base]") {
  const Json json = parsed(
      R"({"a": [1, -2, 1.5, "x\u00e9", true, null, {}, []], "b": {"c": 7}})");
  CHECK(json["a"].size() == 8);
  CHECK(json["a"][3] == "x\xc3\xa9");
  CHECK(json["b"]["c"] == 7);
  CHECK(parsed(" 5 ") == 5);
}

TEST_CASE("equal member names in different objects are fine", "[base]") {
  const Json json = parsed(R"({"a": {"a": 1}, "b": [{"a": 2}, {"a": 3}]})");
  CHECK(json["a"]["a"] == 1);
  CHECK(json["b"][1]["a"] == 3);
}

TEST_CASE("a member that stands twice is refused", "[base]") {
  for (const char* text :
       {R"({"a": 1, "a": 1})", R"({"a": {}, "b": 1, "a": 2})",
        R"([{"x": {"a": 1, "a": null}}])", R"({"a": 1, "\u0061": 2})"}) {
    CAPTURE(text);
    CHECK(refuses(parse_json(text), ErrorKind::invalid_input,
                  "duplicate member 'a'"));
  }
}

TEST_CASE("JSON as deep as the limit is read", "[base]") {
  CHECK(works(parse_json(nested(sigstore::limits::kJsonDepth))));
}

TEST_CASE("JSON one level too deep is refused", "[base]") {
  CHECK(refuses(parse_json(nested(sigstore::limits::kJsonDepth + 1)),
                ErrorKind::invalid_input, "nested deeper"));
}

TEST_CASE("JSON ten thousand levels deep is refused, without end brackets too",
          "[base]") {
  CHECK(refuses(parse_json(nested(10'000)), ErrorKind::invalid_input,
                "nested deeper"));
  CHECK(refuses(parse_json(std::string(10'000, '[')), ErrorKind::invalid_input,
                "nested deeper"));
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
  CHECK(
      refuses(parse_json(objects), ErrorKind::invalid_input, "nested deeper"));
}

TEST_CASE("bytes after the JSON text are refused", "[base]") {
  for (const char* text : {"{} x", "{}{}", "1 2", "[],", "null\\"}) {
    CAPTURE(text);
    CHECK(refuses(parse_json(text), ErrorKind::invalid_input, "syntax error"));
  }
}

TEST_CASE("a NUL byte does not end the JSON text early", "[base]") {
  for (const std::string_view text :
       {std::string_view("{}\0", 3), std::string_view("{}\0{\"a\":1}", 10),
        std::string_view("\0{}", 3)}) {
    CHECK(refuses(parse_json(text), ErrorKind::invalid_input, "syntax error"));
  }
}

TEST_CASE("text that is no JSON is refused", "[base]") {
  for (const char* text :
       {"", " ", "{", "[1,]", "{'a': 1}", "{a: 1}", "NaN", "01", "+1",
        "// c\n1", "\"\n\"", "\"\\x41\"", "tru", "1e", "\"open"}) {
    CAPTURE(text);
    CHECK(refuses(parse_json(text), ErrorKind::invalid_input, "syntax error"));
  }
}

TEST_CASE("a number that no double can hold is refused", "[base]") {
  CHECK(refuses(parse_json("1e999"), ErrorKind::invalid_input, "JSON: "));
}

TEST_CASE("invalid UTF-8 in a string is refused", "[base]") {
  for (const char* text :
       {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "{\"\xc3\": 1}"}) {
    CHECK(refuses(parse_json(text), ErrorKind::invalid_input, "syntax error"));
  }
}

TEST_CASE("half of an escaped surrogate pair is refused", "[base]") {
  CHECK(refuses(parse_json(R"("\ud800")"), ErrorKind::invalid_input,
                "syntax error"));
  CHECK(refuses(parse_json(R"("\ud800\u0041")"), ErrorKind::invalid_input,
                "syntax error"));
}

TEST_CASE("an absent member and a null one are the same", "[base]") {
  const Json json = parsed(R"({"a": null, "b": 1})");
  CHECK(sigstore::find_member(json, "a") == nullptr);
  CHECK(sigstore::find_member(json, "c") == nullptr);
  CHECK(sigstore::find_member(json, "b") != nullptr);
  CHECK(sigstore::find_member(json["b"], "b") == nullptr);
}

TEST_CASE("readers name the member that is missing", "[base]") {
  const Json json = parsed("{}");
  const auto kind = ErrorKind::invalid_input;
  const char* phrase = "'m' is missing";
  CHECK(refuses(sigstore::object_member(json, "m"), kind, phrase));
  CHECK(refuses(sigstore::array_member(json, "m"), kind, phrase));
  CHECK(refuses(sigstore::string_member(json, "m"), kind, phrase));
  CHECK(refuses(sigstore::bool_member(json, "m"), kind, phrase));
  CHECK(refuses(positive_member(json, "m"), kind, phrase));
}

TEST_CASE("readers refuse a member of another type", "[base]") {
  const Json json = parsed(R"({"s": "x", "n": 1})");
  const auto kind = ErrorKind::invalid_input;
  CHECK(refuses(sigstore::object_member(json, "s"), kind, "not an object"));
  CHECK(refuses(sigstore::array_member(json, "s"), kind, "not an array"));
  CHECK(refuses(sigstore::string_member(json, "n"), kind, "not a string"));
  CHECK(refuses(sigstore::bool_member(json, "n"), kind, "not a boolean"));
  CHECK(refuses(positive_member(json, "s"), kind, "not a number"));
  CHECK(refuses(sigstore::optional_string(json, "n"), kind, "not a string"));
}

TEST_CASE("an absent optional string is empty", "[base]") {
  CHECK(sigstore::optional_string(parsed("{}"), "m").value().empty());
  CHECK(sigstore::optional_string(parsed(R"({"m":"x"})"), "m").value() == "x");
}

TEST_CASE("a whole number may be written with a zero fraction", "[base]") {
  CHECK(positive_member(parsed(R"({"m": 8})"), "m").value() == 8);
  CHECK(positive_member(parsed(R"({"m": 8.0})"), "m").value() == 8);
  CHECK(positive_member(parsed(R"({"m": 8e2})"), "m").value() == 800);
}

TEST_CASE("the largest whole number is 2^53-1", "[base]") {
  CHECK(positive_member(parsed(R"({"m": 9007199254740991})"), "m").value() ==
        9007199254740991);
  for (const char* text :
       {R"({"m": 9007199254740992})", R"({"m": 9007199254740993})",
        R"({"m": 18446744073709551615})", R"({"m": 1e300})"}) {
    CAPTURE(text);
    CHECK(refuses(positive_member(parsed(text), "m"), ErrorKind::invalid_input,
                  "2^53-1"));
  }
}

TEST_CASE("zero, negative and broken numbers are not positive", "[base]") {
  for (const char* text : {R"({"m": 0})", R"({"m": -1})", R"({"m": 1.5})",
                           R"({"m": 0.5})", R"({"m": -0.0})"}) {
    CAPTURE(text);
    CHECK(refuses(positive_member(parsed(text), "m"), ErrorKind::invalid_input,
                  "whole number from 1"));
  }
}

TEST_CASE("an int64 is a string of digits or a number", "[base]") {
  CHECK(int64_member(parsed(R"({"m": "123456789012"})"), "m").value() ==
        123456789012);
  CHECK(int64_member(parsed(R"({"m": 123456789012})"), "m").value() ==
        123456789012);
  CHECK(int64_member(parsed(R"({"m": 9223372036854775807})"), "m").value() ==
        INT64_MAX);
  CHECK(int64_member(parsed(R"({"m": "0"})"), "m").value() == 0);
  CHECK(int64_member(parsed("{}"), "m").value() == 0);
}

TEST_CASE("an int64 that is negative, broken or too large is refused",
          "[base]") {
  for (const char* text :
       {R"({"m": -1})", R"({"m": "-1"})", R"({"m": 1.0})", R"({"m": ""})",
        R"({"m": "1.0"})", R"({"m": " 1"})", R"({"m": "+1"})",
        R"({"m": "0x1"})", R"({"m": true})", R"({"m": [1]})",
        R"({"m": 9223372036854775808})", R"({"m": "9223372036854775808"})"}) {
    CAPTURE(text);
    CHECK(refuses(int64_member(parsed(text), "m"), ErrorKind::invalid_input,
                  "'m' is not a whole number"));
  }
}

TEST_CASE("bytes are strict base64, and may be absent where that is said",
          "[base]") {
  const Json json = parsed(R"({"a": "AQI=", "b": "AQI", "c": 1, "d": null})");
  const auto bytes = sigstore::bytes_member(json, "a");
  REQUIRE(works(bytes));
  CHECK(*bytes == sigstore::Bytes{1, 2});
  CHECK(refuses(sigstore::bytes_member(json, "b"), ErrorKind::invalid_input,
                "b: "));
  CHECK(refuses(sigstore::bytes_member(json, "c"), ErrorKind::invalid_input,
                "'c' is not a string"));
  CHECK(refuses(sigstore::bytes_member(json, "d"), ErrorKind::invalid_input,
                "'d' is missing"));
  const auto absent = sigstore::optional_bytes(json, "d");
  REQUIRE(works(absent));
  CHECK(absent->empty());
  CHECK(refuses(sigstore::optional_bytes(json, "b"), ErrorKind::invalid_input,
                "b: "));
}

TEST_CASE("an absent optional array is empty", "[base]") {
  const Json json = parsed(R"({"a": [1], "b": null, "c": {}})");
  CHECK((*sigstore::optional_array(json, "a"))->size() == 1);
  CHECK((*sigstore::optional_array(json, "b"))->empty());
  CHECK(refuses(sigstore::optional_array(json, "c"), ErrorKind::invalid_input,
                "'c' is not an array"));
}

TEST_CASE("a member outside of the list is refused by name", "[base]") {
  const Json json = parsed(R"({"a": 1, "b": 2})");
  CHECK(works(sigstore::check_members(json, {"a", "b", "c"})));
  CHECK(refuses(sigstore::check_members(json, {"a"}), ErrorKind::invalid_input,
                "'b' is not allowed here"));
}

TEST_CASE("printed JSON holds nothing that moves a terminal", "[base]") {
  const std::string text = "\x1b[m \x7f \xc2\x9b \xe2\x80\xae \xc3\xa9";
  const std::string printed = sigstore::dump_json({{"name", text}});
  CHECK(printed ==
        "{\n  \"name\": \"\\u001b[m \\u007f \\u009b \\u202e \\u00e9\"\n}");
  CHECK(parsed(printed)["name"] == text);
}

TEST_CASE("a quoted string reads back as it was", "[base]") {
  std::string text = "plain \"quoted\" \\ / \x7f \xc3\xa9 \xf0\x9f\x98\x80";
  for (char c = 0; c < 0x20; ++c) text += c;
  CHECK(parsed(sigstore::json_quote(text)) == text);
}
