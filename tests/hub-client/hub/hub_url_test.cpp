// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_url.h"

#include <array>
#include <string>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

Endpoint endpoint(std::string_view url) {
  Result<Endpoint> parsed = Endpoint::parse(url);
  REQUIRE(works(parsed));
  return *parsed;
}

RepoName repo(std::string_view id, RepoType type = RepoType::model) {
  return *RepoName::make(type, id);
}

const git::CommitId kCommit{
    *git::ObjectId::parse_hex("4f2c3a10000000000000000000000000000000aa")};

TEST_CASE("URLs of the Hub are made by its rules", "[hub]") {
  const Endpoint hub;
  CHECK(hub.api(repo("org/model"), "refs") ==
        "https://huggingface.co/api/models/org/model/refs");
  CHECK(hub.page(repo("org/data", RepoType::dataset)) ==
        "https://huggingface.co/datasets/org/data");
  CHECK(hub.resolve(repo("org/app", RepoType::space), kCommit,
                    "a b/\xc3\xbc#?%/x.bin") ==
        "https://huggingface.co/spaces/org/app/resolve/"
        "4f2c3a10000000000000000000000000000000aa/"
        "a%20b/%C3%BC%23%3F%25/x.bin");
  CHECK(escape_revision("refs/pr/1") == "refs%2Fpr%2F1");
  CHECK(escape_path("/a//b/") == "/a//b/");
  const Endpoint below = endpoint("http://127.0.0.1:8000/hf//");
  CHECK(below.text() == "http://127.0.0.1:8000/hf");
  CHECK(below.at("oauth/token") == "http://127.0.0.1:8000/hf/oauth/token");
  CHECK(below.host() == "127.0.0.1:8000");
  CHECK(hub.host() == "huggingface.co");
}

TEST_CASE("what is no endpoint is refused", "[hub]") {
  for (const char* url :
       {"", "huggingface.co", "ftp://hub.example",
        "https://user:pw@hub.example", "https://hub.example?x",
        "https://hub.example/#f", "https://hub example"}) {
    CAPTURE(url);
    CHECK(refuses(Endpoint::parse(url), ErrorKind::invalid_input,
                  "malformed URL"));
  }
}

TEST_CASE("the token is for the endpoint's origin alone", "[hub]") {
  struct Row {
    const char* endpoint;
    const char* url;
    bool may;
  };
  const std::array rows{
      Row{"https://huggingface.co", "https://huggingface.co/org/m", true},
      Row{"https://huggingface.co", "https://HuggingFace.co:443/x?a=b", true},
      Row{"https://huggingface.co", "http://huggingface.co/org/m", false},
      Row{"https://huggingface.co", "https://huggingface.co:444/org/m", false},
      Row{"https://huggingface.co", "https://cdn.huggingface.co/x", false},
      Row{"https://huggingface.co", "https://huggingface.co.evil.org/", false},
      Row{"https://huggingface.co", "https://evil.org/huggingface.co", false},
      Row{"https://huggingface.co", "https://huggingface.co@evil.org/", false},
      Row{"https://huggingface.co", "https://evil.org@huggingface.co/", false},
      Row{"https://huggingface.co", "//huggingface.co/org", false},
      Row{"https://huggingface.co", "https://huggingface.co\\@evil.org", false},
      Row{"https://huggingface.co", "", false},
      Row{"http://127.0.0.1:8000", "http://127.0.0.1:8000/x", true},
      Row{"http://127.0.0.1:8000", "http://127.0.0.1:8001/x", false},
      Row{"http://127.0.0.1:8000", "http://localhost:8000/x", false},
      Row{"http://127.0.0.1:8000", "https://127.0.0.1:8000/x", false},
      // Everybody on the way could read it.
      Row{"http://hub.intranet", "http://hub.intranet/x", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.endpoint, row.url);
    CHECK(endpoint(row.endpoint).may_see_token(row.url) == row.may);
  }
}

TEST_CASE("redirects of every shape are followed to where they lead", "[hub]") {
  struct Row {
    const char* location;
    const char* url;  // "": refused
    bool here;
  };
  const Endpoint hub = endpoint("https://hub.example/base");
  const std::string from = "https://hub.example/base/org/m/resolve/x/f?a=b";
  const std::array rows{
      Row{"/api/resolve-cache/x?etag=1",
          "https://hub.example/api/resolve-cache/x?etag=1", true},
      Row{"g", "https://hub.example/base/org/m/resolve/x/g", true},
      Row{"./g", "https://hub.example/base/org/m/resolve/x/g", true},
      Row{"../../g/../h", "https://hub.example/base/org/m/h", true},
      Row{"../../../../../../../../g", "https://hub.example/g", true},
      Row{"?c=d", "https://hub.example/base/org/m/resolve/x/f?c=d", true},
      Row{"/x#fragment", "https://hub.example/x", true},
      Row{"a/b:c", "https://hub.example/base/org/m/resolve/x/a/b:c", true},
      Row{"https://hub.example/x", "https://hub.example/x", true},
      Row{"https://hub.example:443/x", "https://hub.example/x", true},
      Row{"https://cdn.example/x?Signature=y",
          "https://cdn.example/x?Signature=y", false},
      Row{"//cdn.example/x", "https://cdn.example/x", false},
      Row{"///x", "", false},
      Row{"http://hub.example/x", "http://hub.example/x", false},
      Row{"https://hub.example:8443/x", "https://hub.example:8443/x", false},
      // As a mirror passes on what the public Hub said.
      Row{"https://huggingface.co/org/m2", "https://hub.example/base/org/m2",
          true},
      Row{"https://hub-ci.huggingface.co/x?a", "https://hub.example/base/x?a",
          true},
      Row{"http://huggingface.co/x", "http://huggingface.co/x", false},
      Row{"https://hub.example@evil.org/x", "", false},
      Row{"ftp://hub.example/x", "", false},
      Row{"javascript:alert(1)", "", false},
      Row{"file:///etc/passwd", "", false},
      Row{"", "", false},
      Row{"#", "", false},
      Row{"/a b", "", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.location);
    const Result<std::string> url = hub.follow(from, row.location);
    if (*row.url == '\0') {
      CHECK(refuses(url, ErrorKind::invalid_input, "a redirect"));
      continue;
    }
    REQUIRE(works(url));
    CHECK(hub.is_here(*url) == row.here);
    CHECK(hub.may_see_token(*url) == row.here);
    // By origin and path: the default port says nothing.
    CHECK(http::Url::parse(*url)->text() == http::Url::parse(row.url)->text());
  }
}

TEST_CASE("the next page is found in a Link header", "[hub]") {
  CHECK(link_target("<https://h/x?cursor=a>; rel=\"next\"", "next") ==
        "https://h/x?cursor=a");
  CHECK(link_target("<https://h/1>; rel=\"prev\", <https://h/2>; rel=\"next\"",
                    "next") == "https://h/2");
  CHECK(link_target("<https://h/1>; rel=next", "next") == "https://h/1");
  CHECK(link_target("<https://h/1>; rel=nextish", "next").empty());
  CHECK(link_target("<https://h/1>; rel=\"xet-auth\"", "next").empty());
  for (const char* header : {"", "<", "<https://h", "rel=\"next\"", "<>"})
    CHECK(link_target(header, "next").empty());
}

}  // namespace
}  // namespace sigstore::hub
