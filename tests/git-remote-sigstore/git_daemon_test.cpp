// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/git_daemon.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::DaemonUrl;
using sigstore::ErrorKind;

TEST_CASE("git:// URLs have a host, a port and a path", "[helper]") {
  struct Case {
    std::string url, host, port, virtual_host, path;
  };
  for (const Case& one : {
           Case{"git://h/o/m", "h", "9418", "h", "/o/m"},
           Case{"git://h:1234/m", "h", "1234", "h:1234", "/m"},
           Case{"git://[::1]/m", "::1", "9418", "[::1]", "/m"},
           Case{"git://[::1]:77/m", "::1", "77", "[::1]:77", "/m"},
           Case{"git://h/~ann/m", "h", "9418", "h", "~ann/m"},
       }) {
    CAPTURE(one.url);
    const auto url = DaemonUrl::parse(one.url);
    REQUIRE(works(url));
    CHECK(url->host == one.host);
    CHECK(url->port == one.port);
    CHECK(url->virtual_host == one.virtual_host);
    CHECK(url->path == one.path);
  }
}

TEST_CASE("git:// URLs that are none, or hold a second request, are refused",
          "[helper]") {
  for (const std::string& url :
       {std::string(), std::string("git://"), std::string("git:///m"),
        std::string("git://h"), std::string("git://:80/m"),
        std::string("git://h:/m"), std::string("http://h/m"),
        std::string("git://h/m\nhost=x"), std::string("git://h/m\0host=x", 16),
        std::string("git://h\r/m")}) {
    CAPTURE(url);
    CHECK(refuses(DaemonUrl::parse(url), ErrorKind::invalid_input,
                  "not a usable git:// URL"));
  }
}
