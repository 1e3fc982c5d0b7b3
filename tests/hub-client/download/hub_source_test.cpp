// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/hub_source.h"

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::http::Response;
using sigstore::hub::AccessToken;
using sigstore::hub::ContentRequest;
using sigstore::hub::Endpoint;
using sigstore::hub::HubOptions;
using sigstore::hub::HubSource;
using sigstore::hub::RepoName;
using sigstore::hub::RepoType;

namespace {

const std::string kCommit(40, 'a');
const std::string kHub = "https://hub.example.org";

HubSource source(const std::string& token = "hf_secret",
                 const std::string& endpoint = kHub) {
  const auto where = Endpoint::parse(endpoint);
  REQUIRE(works(where));
  const auto secret = AccessToken::parse(token);
  REQUIRE(works(secret));
  const auto repo = RepoName::make(RepoType::dataset, "org/data");
  REQUIRE(works(repo));
  const auto id = sigstore::git::ObjectId::parse_hex(kCommit);
  REQUIRE(id);
  return {HubOptions{*where, *secret},
          *repo,
          sigstore::git::CommitId{*id},
          {"config.json", "sub folder/w#1.bin"}};
}

bool has_token(const ContentRequest& request) {
  return request.headers.size() == 1 &&
         request.headers[0].name == "Authorization" &&
         request.headers[0].value == "Bearer hf_secret";
}

}  // namespace

TEST_CASE("a file is asked of the Hub, with the token", "[download]") {
  const auto request = source().first(1);
  REQUIRE(works(request));
  CHECK(request->url == kHub + "/datasets/org/data/resolve/" + kCommit +
                            "/sub%20folder/w%231.bin");
  CHECK(has_token(*request));
  CHECK(source("").first(0)->headers.empty());
  CHECK(
      source("hf_secret", "http://hub.example.org").first(0)->headers.empty());
}

TEST_CASE("the token stays at the Hub, also on the way back", "[download]") {
  const HubSource hub = source();
  const auto first = hub.first(0);
  REQUIRE(works(first));
  const auto near = hub.follow(0, *first, "/api/resolve-cache/x?etag=1");
  REQUIRE(works(near));
  CHECK(near->url == kHub + "/api/resolve-cache/x?etag=1");
  CHECK(has_token(*near));
  for (const char* elsewhere :
       {"https://cdn.example.org/x?signed", "http://hub.example.org/x",
        "https://hub.example.org:444/x", "//cdn.example.org/x",
        "https://hub.example.org.evil.org/x"}) {
    CAPTURE(elsewhere);
    const auto far = hub.follow(0, *near, elsewhere);
    REQUIRE(works(far));
    CHECK(far->headers.empty());
    const auto back = hub.follow(0, *far, kHub + "/x");
    REQUIRE(works(back));
    CHECK(back->url == kHub + "/x");
    CHECK(back->headers.empty());
    const auto further = hub.follow(0, *back, "/y");
    REQUIRE(works(further));
    CHECK(further->headers.empty());
  }
  CHECK(refuses(hub.follow(0, *first, ""), ErrorKind::invalid_input,
                "config.json"));
  CHECK(refuses(hub.follow(0, *first, "file:///etc/passwd"),
                ErrorKind::invalid_input, "config.json"));
}

TEST_CASE("a no of the Hub is read, one from elsewhere is only named",
          "[download]") {
  const HubSource hub = source();
  Response answer;
  answer.status = 403;
  answer.headers = {{"X-Error-Code", "GatedRepo"}};
  CHECK(refuses(sigstore::Result<void>(hub.refusal(0, *hub.first(0), answer)),
                ErrorKind::unauthorized, "gated"));
  const auto error = hub.refusal(
      0, {"https://cdn.example.org/x?X-Amz-Signature=abc", {}}, answer);
  CHECK(error.kind == ErrorKind::network);
  CHECK(error.message ==
        "datasets/org/data@aaaaaaa: config.json: https://cdn.example.org "
        "answers with status 403");
}
