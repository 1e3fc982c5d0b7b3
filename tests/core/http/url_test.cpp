// SPDX-License-Identifier: Apache-2.0
#include "core/http/url.h"

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::http::encode_form;
using sigstore::http::escape_component;
using sigstore::http::join_url;
using sigstore::http::origin_of;
using sigstore::http::Url;

TEST_CASE("a URL is read into its parts", "[http]") {
  const auto url = Url::parse("https://Fulcio.Example.org:8443/api/v2?a=b&c");
  REQUIRE(works(url));
  CHECK(url->is_tls);
  CHECK(url->host == "fulcio.example.org");
  CHECK(url->port == 8443);
  CHECK(url->path == "/api/v2");
  CHECK(url->query == "?a=b&c");
  CHECK(url->origin() == "https://fulcio.example.org:8443");
  CHECK(url->text() == "https://fulcio.example.org:8443/api/v2?a=b&c");
  CHECK(Url::parse("http://[::1]:80/x")->origin() == "http://[::1]");
  CHECK(Url::parse("https://a.example?q")->query == "?q");
}

TEST_CASE("a URL that two programs could read in two ways is refused",
          "[http]") {
  for (const char* text :
       {"", "ftp://a.example/", "https:/a.example", "https://",
        "https://u:p@a.example/", "https://a.example/#x", "https://a b/",
        "https://a.example/\r\nX: y", "https://a.example:0/",
        "https://a.example:65536/", "https://a.example:/",
        "https://a.example:8x/", "https://\xC3\xA9.example/", "https://[::1/",
        "https://a\\b.example/", "file:///etc/passwd", "HTTPS://a.example"}) {
    CAPTURE(text);
    CHECK(refuses(Url::parse(text), ErrorKind::invalid_input, "malformed URL"));
  }
  CHECK(refuses(Url::parse("https://a.example/" + std::string(9000, 'x')),
                ErrorKind::invalid_input, "too long"));
}

TEST_CASE("only this machine is this machine", "[http]") {
  for (const char* text : {"http://127.0.0.1:8080/", "http://127.9.9.9",
                           "http://localhost/", "http://[::1]:9/"})
    CHECK(Url::parse(text)->is_loopback());
  for (const char* text :
       {"http://127.example.org/", "http://128.0.0.1/", "http://[::2]/",
        "http://localhost.example.org/", "http://metadata/"})
    CHECK_FALSE(Url::parse(text)->is_loopback());
}

TEST_CASE("an origin shows nothing of the rest of a URL", "[http]") {
  CHECK(origin_of("https://a.example/x?token=secret") == "https://a.example");
  CHECK(origin_of("https://u:secret@a.example/") == "(malformed URL)");
}

TEST_CASE("a path is joined with one slash", "[http]") {
  CHECK(join_url("https://a.example", "api") == "https://a.example/api");
  CHECK(join_url("https://a.example/", "/api") == "https://a.example/api");
  CHECK(join_url("https://a.example/x//", "api") == "https://a.example/x/api");
}

TEST_CASE("a form escapes all that has a meaning in it", "[http]") {
  CHECK(escape_component("a b&c=d/e%~._-") == "a%20b%26c%3Dd%2Fe%25~._-");
  CHECK(encode_form({{"scope", "openid email"}, {"x", "1"}}) ==
        "scope=openid%20email&x=1");
}
