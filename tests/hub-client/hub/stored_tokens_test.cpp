// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/stored_tokens.h"

#include <string>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

constexpr std::string_view kText =
    "# by hf\n"
    "[work]\n"
    "hf_token = hf_work\n"
    "\n"
    "[me at home]\r\n"
    "HF_Token: hf_oauth_home\r\n"
    "refresh_token = r1\n"
    "expires_at = 1800000000.5\n"
    "; the end";

TEST_CASE("stored tokens are read as configparser reads them", "[hub]") {
  const auto tokens = parse_stored_tokens(kText);
  REQUIRE(works(tokens));
  REQUIRE(tokens->size() == 2);
  CHECK((*tokens)[0].name == "work");
  CHECK((*tokens)[0].token == "hf_work");
  CHECK((*tokens)[0].refresh_token.empty());
  CHECK_FALSE((*tokens)[0].expires.has_value());
  CHECK((*tokens)[1].name == "me at home");
  CHECK((*tokens)[1].token == "hf_oauth_home");
  CHECK((*tokens)[1].refresh_token == "r1");
  CHECK((*tokens)[1].expires->seconds == 1'800'000'000);
  CHECK(parse_stored_tokens("")->empty());
}

TEST_CASE("a line of stored tokens that is none is not shown", "[hub]") {
  for (const std::string& text :
       {std::string("hf_token = hf_secret"), std::string("[a]\nhf_secret"),
        std::string("[a\nhf_secret")}) {
    const auto tokens = parse_stored_tokens(text);
    CHECK(refuses(tokens, ErrorKind::invalid_input, "stored tokens: line "));
    CHECK(tokens.error().message.find("secret") == std::string::npos);
  }
  CHECK(refuses(parse_stored_tokens(std::string(2'000'000, '#')),
                ErrorKind::invalid_input, "too long"));
}

TEST_CASE("one section changes and the others stay as they are", "[hub]") {
  const std::string next = with_values(
      kText, "me at home", {{"hf_token", "hf_new"}, {"expires_at", "7"}});
  CHECK(next.starts_with("# by hf\n[work]\nhf_token = hf_work\n\n"));
  CHECK(next.ends_with("; the end\n"));
  const auto tokens = parse_stored_tokens(next);
  REQUIRE(works(tokens));
  CHECK((*tokens)[0].token == "hf_work");
  CHECK((*tokens)[1].token == "hf_new");
  CHECK((*tokens)[1].refresh_token == "r1");
  CHECK((*tokens)[1].expires->seconds == 7);
  CHECK(with_values("[a]\nx = 1\n", "b", {{"x", "2"}}) == "[a]\nx = 1\n");
}

}  // namespace
}  // namespace sigstore::hub
