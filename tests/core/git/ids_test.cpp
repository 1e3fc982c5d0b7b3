// SPDX-License-Identifier: Apache-2.0
#include "core/git/ids.h"

#include <string>

#include "tests/support/catch.h"

using sigstore::Bytes;
using sigstore::git::ObjectId;

TEST_CASE("object names have 40 or 64 digits", "[git]") {
  for (const std::size_t digits : {40U, 64U}) {
    const std::string hex(digits, 'a');
    const auto id = ObjectId::parse_hex(hex);
    REQUIRE(id.has_value());
    CHECK(id->to_hex() == hex);
    CHECK(id->to_short() == "aaaaaaa");
  }
}

TEST_CASE("object names of other lengths or letters are refused", "[git]") {
  for (const std::size_t digits :
       {0U, 1U, 7U, 38U, 39U, 41U, 42U, 62U, 63U, 66U}) {
    CAPTURE(digits);
    CHECK_FALSE(ObjectId::parse_hex(std::string(digits, 'a')).has_value());
  }
  CHECK_FALSE(ObjectId::parse_hex(std::string(40, 'A')).has_value());
  CHECK_FALSE(ObjectId::parse_hex(std::string(40, 'g')).has_value());
  CHECK_FALSE(ObjectId::from_bytes(Bytes(21)).has_value());
}

TEST_CASE("the name of nothing is zero", "[git]") {
  CHECK(ObjectId::parse_hex(std::string(40, '0'))->is_zero());
  CHECK_FALSE(ObjectId::parse_hex(std::string(39, '0') + "1")->is_zero());
}

TEST_CASE("names of different length are different", "[git]") {
  CHECK(ObjectId::parse_hex(std::string(40, '0')) !=
        ObjectId::parse_hex(std::string(64, '0')));
}
