// SPDX-License-Identifier: Apache-2.0
#include "core/http/request_head.h"

#include "core/base/limits.h"
#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::http::decode_form;
using sigstore::http::RequestHead;

TEST_CASE("a request is read when its head is whole", "[http]") {
  const std::string text =
      "GET /auth/callback?code=a&state=b HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto part = RequestHead::parse(text.substr(0, i));
    REQUIRE(works(part));
    CHECK_FALSE(part->has_value());
  }
  const auto head = RequestHead::parse(text);
  REQUIRE(works(head));
  REQUIRE(head->has_value());
  CHECK((*head)->method == "GET");
  CHECK((*head)->path == "/auth/callback");
  CHECK((*head)->query == "code=a&state=b");
}

TEST_CASE("what can be no request is refused", "[http]") {
  for (const std::string line :
       {"", "GET", "GET /", "get / HTTP/1.1", "GET x HTTP/1.1",
        "GET http://x/ HTTP/1.1", "GET / HTTP/2", "GET /a b HTTP/1.1",
        "GET /\x01 HTTP/1.1", "GET /\xff HTTP/1.1"}) {
    CAPTURE(line);
    CHECK(refuses(RequestHead::parse(line + "\r\n\r\n"),
                  ErrorKind::invalid_input, "its first line"));
  }
  CHECK(refuses(
      RequestHead::parse(std::string(sigstore::limits::kHttpHeaders + 1, 'G')),
      ErrorKind::invalid_input, "too long"));
}

TEST_CASE("a form is decoded once, and has each name once", "[http]") {
  const auto form = decode_form("code=a%2Fb%3c+c&state=%2525&empty=&bare");
  REQUIRE(works(form));
  CHECK(form->at("code") == "a/b< c");
  CHECK(form->at("state") == "%25");
  CHECK(form->at("empty").empty());
  CHECK(form->at("bare").empty());
  CHECK(refuses(decode_form("state=a&state=b"), ErrorKind::invalid_input,
                "a name comes twice"));
  for (const std::string bad : {"a=%", "a=%1", "a=%1g", "%zz=a"})
    CHECK(refuses(decode_form(bad), ErrorKind::invalid_input, "its %XX"));
}
