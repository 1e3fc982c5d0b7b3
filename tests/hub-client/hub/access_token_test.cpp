// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/access_token.h"

#include <string>
#include <utility>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

TEST_CASE("a token is taken without what surrounds it", "[hub]") {
  const auto token = AccessToken::parse(" \thf_abc\r\n");
  REQUIRE(works(token));
  CHECK(token->reveal_secret() == "hf_abc");
  CHECK(token->authorization().value == "Bearer hf_abc");
  for (const char* none : {"", "\n", " \t\r\n"})
    CHECK(AccessToken::parse(none)->empty());
}

TEST_CASE("what no header can hold is no token, and is not shown", "[hub]") {
  for (const std::string& text :
       {std::string("hf_a b"), std::string("hf_a\nX-Evil: 1"),
        std::string("hf_\x80"), std::string("hf_\0x", 5),
        "hf_" + std::string(70'000, 'x')}) {
    const auto token = AccessToken::parse(text);
    CHECK(refuses(token, ErrorKind::invalid_input, "the token"));
    CHECK(token.error().message.find("hf_") == std::string::npos);
  }
}

TEST_CASE("tokens are copied and moved as values", "[hub]") {
  AccessToken one = *AccessToken::parse("hf_one");
  AccessToken two = one;
  one = *AccessToken::parse("hf_other");
  CHECK(two.reveal_secret() == "hf_one");
  two = one;
  CHECK(two.reveal_secret() == "hf_other");
  two = std::move(one);
  CHECK(two.reveal_secret() == "hf_other");
}

}  // namespace
}  // namespace sigstore::hub
