// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub.h"

#include <map>
#include <string>

#include "tests/core/refuses.h"
#include "tests/support/scripted_http.h"

namespace sigstore::hub {
namespace {

const std::string kSecret = "hf_SecretOfTheTests";
const std::string kHash = "4f2c3a10000000000000000000000000000000aa";
const git::CommitId kCommit{*git::ObjectId::parse_hex(kHash)};
const std::string kBase = "https://hub.example";
const std::string kResolve = kBase + "/org/m/resolve/" + kHash + "/";

using Route = std::function<http::Response(const http::Request&)>;

// A Hub by URL; what is not there is 404.
struct Stage {
  std::map<std::string, Route> routes;
  std::vector<std::chrono::milliseconds> waits;
  ScriptedHttp network{
      [this](const http::Request& request) -> Result<http::Response> {
        const auto found = routes.find(request.url);
        return found == routes.end() ? http_answer(404)
                                     : found->second(request);
      }};
  Hub hub{network, options(), pauses()};
  RepoName repo = *RepoName::make(RepoType::model, "org/m");

  static HubOptions options() {
    return {*Endpoint::parse(kBase), *AccessToken::parse(kSecret)};
  }
  http::Pauses pauses() {
    return {[] { return std::chrono::steady_clock::time_point(); },
            [this](std::chrono::milliseconds wait) { waits.push_back(wait); },
            [] { return 1.0; }};
  }
  void add(const std::string& url, http::Response answer) {
    routes[url] = [answer](const http::Request&) { return answer; };
  }
};

std::string token_of(const http::Request& request) {
  for (const http::Header& header : request.headers)
    if (header.name == "Authorization") return header.value;
  return {};
}

http::Response redirect(std::string location, bool with_commit = true) {
  http::Response answer = http_answer(302, "", "Location", std::move(location));
  if (with_commit) answer.headers.push_back({"X-Repo-Commit", kHash});
  return answer;
}

http::Response content(std::string_view body) {
  return http_answer(200, body, "X-Repo-Commit", kHash);
}

ListedFile file(std::string path) {
  ListedFile one;
  one.path = std::move(path);
  one.blob_id = std::string(40, 'a');
  return one;
}

std::string entry(std::string_view path) {
  return concat(R"({"type":"file","oid":")", std::string(40, 'a'),
                R"(","size":1,"path":")", path, "\"}");
}

TEST_CASE("a revision is resolved to a commit", "[hub]") {
  Stage stage;
  const std::string body = concat(R"({"sha":")", kHash, "\"}");
  stage.add(kBase + "/api/models/org/m/revision/refs%2Fpr%2F1",
            http_answer(200, body));
  stage.add(kBase + "/api/models/org/m/revision/main", http_answer(200, body));
  CHECK(stage.hub.resolve_revision(stage.repo, "refs/pr/1")->id == kCommit.id);
  CHECK(stage.hub.resolve_revision(stage.repo, "")->id == kCommit.id);
  CHECK(token_of(stage.network.sent[0]) == "Bearer " + kSecret);
  // A branch whose name is somebody else's commit.
  const std::string other(40, 'b');
  stage.add(kBase + "/api/models/org/m/revision/" + other,
            http_answer(200, body));
  CHECK(refuses(stage.hub.resolve_revision(stage.repo, other),
                ErrorKind::invalid_input, "another commit"));
}

TEST_CASE("a renamed repository is followed on the Hub alone", "[hub]") {
  Stage stage;
  const std::string first = kBase + "/api/models/org/m/revision/main";
  stage.add(kBase + "/api/models/new/m/revision/main",
            http_answer(200, concat(R"({"sha":")", kHash, "\"}")));
  SECTION("relative") {
    stage.add(first, redirect("/api/models/new/m/revision/main"));
    CHECK(works(stage.hub.resolve_revision(stage.repo, "main")));
  }
  SECTION("to another host") {
    stage.add(first, redirect("https://evil.example/api"));
    CHECK(refuses(stage.hub.resolve_revision(stage.repo, "main"),
                  ErrorKind::invalid_input,
                  "sends us to https://evil.example"));
    CHECK(stage.network.sent.size() == 1);
  }
  SECTION("in a circle") {
    stage.add(first, redirect("/api/models/org/m/revision/main"));
    CHECK(refuses(stage.hub.resolve_revision(stage.repo, "main"),
                  ErrorKind::invalid_input, "too many redirects"));
  }
}

TEST_CASE("a listing is every page, sorted", "[hub]") {
  Stage stage;
  const std::string tree =
      kBase + "/api/models/org/m/tree/" + kHash + "?recursive=true";
  const std::string second = tree + "&cursor=x";
  const auto paged = [&](const std::string& next) {
    return http_answer(200, concat("[", entry("b"), "]"), "Link",
                       concat("<", next, ">; rel=\"next\""));
  };
  SECTION("to the end") {
    stage.add(tree, paged(second));
    stage.add(second, http_answer(200, concat("[", entry("a"), "]")));
    const auto listing = stage.hub.list(stage.repo, kCommit);
    REQUIRE(works(listing));
    REQUIRE(listing->files.size() == 2);
    CHECK(listing->files[0].path == "a");
    CHECK(listing->commit == kCommit);
  }
  SECTION("as the public Hub calls itself behind a mirror") {
    stage.add(tree, paged("https://huggingface.co/api/models/org/m/tree/" +
                          kHash + "?recursive=true&cursor=x"));
    stage.add(second, http_answer(200, "[]"));
    CHECK(works(stage.hub.list(stage.repo, kCommit)));
  }
  SECTION("not on another host") {
    stage.add(tree, paged("https://evil.example/next"));
    CHECK(refuses(stage.hub.list(stage.repo, kCommit), ErrorKind::invalid_input,
                  "another host"));
    CHECK(stage.network.sent.size() == 1);
  }
  SECTION("a file on two pages") {
    stage.add(tree, paged(second));
    stage.add(second, http_answer(200, concat("[", entry("b"), "]")));
    CHECK(refuses(stage.hub.list(stage.repo, kCommit), ErrorKind::invalid_input,
                  "two files are called 'b'"));
  }
}

TEST_CASE("a small file is read where the Hub says", "[hub]") {
  Stage stage;
  SECTION("at once") {
    stage.add(kResolve + "a%20b/c", content("text"));
    const auto bytes = stage.hub.read(stage.repo, kCommit, "a b/c", 100);
    REQUIRE(works(bytes));
    CHECK(as_text(*bytes) == "text");
    bool identity = false;
    for (const http::Header& header : stage.network.sent[0].headers)
      identity |=
          header.name == "Accept-Encoding" && header.value == "identity";
    CHECK(identity);
    CHECK(stage.network.sent[0].answer_limit == 100);
  }
  SECTION("after a relative redirect, with the token") {
    stage.add(kResolve + "f", redirect("/api/resolve-cache/f?etag=1", false));
    stage.add(kBase + "/api/resolve-cache/f?etag=1", content("text"));
    CHECK(works(stage.hub.read(stage.repo, kCommit, "f", 100)));
    CHECK(token_of(stage.network.sent[1]) == "Bearer " + kSecret);
  }
  SECTION("on another host, without it, and never again with it") {
    stage.add(kResolve + "f", redirect("https://cdn.example/f?Signature=s"));
    stage.add("https://cdn.example/f?Signature=s", redirect(kBase + "/back"));
    stage.add(kBase + "/back", http_answer(200, "text"));
    CHECK(works(stage.hub.read(stage.repo, kCommit, "f", 100)));
    REQUIRE(stage.network.sent.size() == 3);
    CHECK_FALSE(token_of(stage.network.sent[0]).empty());
    CHECK(token_of(stage.network.sent[1]).empty());
    CHECK(token_of(stage.network.sent[2]).empty());
  }
}

TEST_CASE("an answer that is no Hub's, or another commit's, is refused",
          "[hub]") {
  Stage stage;
  const auto reads = [&](http::Response answer) {
    stage.add(kResolve + "f", std::move(answer));
    return stage.hub.read(stage.repo, kCommit, "f", 100);
  };
  CHECK(refuses(reads(http_answer(200, "text")), ErrorKind::network,
                "no X-Repo-Commit"));
  CHECK(refuses(
      reads(http_answer(200, "text", "X-Repo-Commit", std::string(40, 'b'))),
      ErrorKind::network, "another commit"));
  CHECK(refuses(reads(redirect("https://cdn.example/f", false)),
                ErrorKind::network, "no X-Repo-Commit"));
  http::Response encoded = content("text");
  encoded.headers.push_back({"Content-Encoding", "gzip"});
  CHECK(refuses(reads(encoded), ErrorKind::network, "came encoded"));
  CHECK(refuses(reads(http_answer(404, "", "X-Error-Code", "EntryNotFound")),
                ErrorKind::not_found, "org/m@4f2c3a1: f: there is no such"));
}

TEST_CASE("the place of content has the token at home only", "[hub]") {
  Stage stage;
  const ListedFile small = file("small");
  const ListedFile large = file("large");
  const ListedFile gone = file("gone");
  stage.add(kResolve + "small", redirect("/api/resolve-cache/small"));
  stage.add(kBase + "/api/resolve-cache/small", content(""));
  stage.add(kResolve + "large", redirect("https://cdn.example/l?Signature=s"));
  const std::vector<const ListedFile*> files{&small, &large, &gone};
  const auto places = stage.hub.locate_all(stage.repo, kCommit, files);
  REQUIRE(places.size() == 3);
  REQUIRE(works(places[0]));
  CHECK(places[0]->url == kBase + "/api/resolve-cache/small");
  CHECK(places[0]->headers[0].value == "Bearer " + kSecret);
  REQUIRE(works(places[1]));
  CHECK(places[1]->url == "https://cdn.example/l?Signature=s");
  for (const http::Header& header : places[1]->headers)
    CHECK(header.value.find(kSecret) == std::string::npos);
  CHECK(refuses(places[2], ErrorKind::not_found, "gone"));
  CHECK(stage.network.rounds == std::vector<std::size_t>{3, 1});
  for (const http::Request& request : stage.network.sent) {
    CHECK(request.method == http::Method::head);
    CHECK(request.url.starts_with(kBase));
  }
  CHECK(works(stage.hub.locate(stage.repo, kCommit, large)));
}

TEST_CASE("a warning of the Hub is passed on once a topic", "[hub]") {
  Stage stage;
  http::Response answer = http_answer(200, R"({"name":"me"})", "X-HF-Warning",
                                      "quota; little is left");
  answer.headers.push_back({"X-HF-Warning", "news; a new client"});
  stage.add(kBase + "/api/whoami-v2", answer);
  CHECK(works(stage.hub.whoami()));
  CHECK(stage.hub.take_warnings() ==
        std::vector<std::string>{"little is left", "a new client"});
  CHECK(works(stage.hub.whoami()));
  CHECK(stage.hub.take_warnings().empty());
}

TEST_CASE("a repository that is there is not made again", "[hub]") {
  Stage stage;
  const std::string url = kBase + "/api/repos/create";
  stage.add(url, http_answer(200, "{}"));
  CHECK(*stage.hub.create_repo(stage.repo, true));
  CHECK(as_text(stage.network.sent[0].body) ==
        R"({"name":"m","organization":"org","private":true,"type":"model"})");
  stage.add(url, http_answer(409));
  CHECK_FALSE(*stage.hub.create_repo(stage.repo, false));
  stage.add(url, http_answer(403));
  CHECK(refuses(stage.hub.create_repo(stage.repo, false),
                ErrorKind::unauthorized, "lacks the role"));
  stage.add(kBase + "/api/models/org/m/revision/main",
            http_answer(200, concat(R"({"sha":")", kHash, "\"}")));
  CHECK_FALSE(*stage.hub.create_repo(stage.repo, false));
}

TEST_CASE("the answer of a preupload is about the files asked for", "[hub]") {
  Stage stage;
  const std::string url = kBase + "/api/models/org/m/preupload/main";
  const std::vector<PlannedFile> files{{"a", 3, to_bytes("abc")}};
  stage.add(url, http_answer(200, R"({"files":[{"path":"a","uploadMode":)"
                                  R"("regular"}]})"));
  CHECK(works(stage.hub.preupload(stage.repo, "main", files, false)));
  CHECK(as_text(stage.network.sent[0].body) ==
        R"({"files":[{"path":"a","sample":"YWJj","size":3}]})");
  stage.add(url, http_answer(200, R"({"files":[{"path":"b","uploadMode":)"
                                  R"("regular"}]})"));
  CHECK(refuses(stage.hub.preupload(stage.repo, "main", files, false),
                ErrorKind::invalid_input, "about other files"));
}

TEST_CASE("large objects are negotiated, completed and verified", "[hub]") {
  Stage stage;
  const LfsObject object{*Sha256Digest::parse_hex(std::string(64, 'b')), 15};
  const std::string oid = object.oid.to_hex();
  stage.add(
      kBase + "/org/m.git/info/lfs/objects/batch",
      http_answer(
          200,
          concat(
              R"({"transfer":"multipart","objects":[{"oid":")", oid,
              R"(","size":15,"actions":{"upload":{"href":)",
              R"("https://huggingface.co/complete","header":)",
              R"({"chunk_size":"10","1":"https://s3/1","2":"https://s3/2"}},)",
              R"("verify":{"href":"https://huggingface.co/verify"}}}]})")));
  const auto uploads = stage.hub.lfs_batch(stage.repo, "main", {object});
  REQUIRE(works(uploads));
  CHECK(as_text(stage.network.sent[0].body).find(R"("ref":{"name":"main"})") !=
        std::string::npos);
  const LfsUpload& one = uploads->front();
  CHECK(one.upload->url == kBase + "/complete");
  CHECK(one.parts[1].url == "https://s3/2");

  stage.add(kBase + "/complete", http_answer(200));
  REQUIRE(works(stage.hub.complete_parts(one, {"\"e1\"", "\"e2\""})));
  CHECK(as_text(stage.network.sent[1].body) ==
        concat(R"({"oid":")", oid,
               R"(","parts":[{"etag":"\"e1\"","partNumber":1},)",
               R"({"etag":"\"e2\"","partNumber":2}]})"));
  CHECK(token_of(stage.network.sent[1]).empty());

  stage.add(kBase + "/verify", http_answer(200));
  REQUIRE(works(stage.hub.verify_object(one)));
  CHECK(token_of(stage.network.sent[2]) == "Bearer " + kSecret);
  LfsUpload elsewhere = one;
  elsewhere.verify->url = "https://evil.example/verify";
  stage.add(elsewhere.verify->url, http_answer(200));
  REQUIRE(works(stage.hub.verify_object(elsewhere)));
  CHECK(token_of(stage.network.sent[3]).empty());
}

TEST_CASE("a commit is sent once, whatever happens", "[hub]") {
  Stage stage;
  const std::string url = kBase + "/api/models/org/m/commit/main";
  SECTION("done") {
    stage.add(url + "?create_pr=1",
              http_answer(200, concat(R"({"commitOid":")", kHash, "\"}")));
    const auto outcome =
        stage.hub.commit(stage.repo, "main", to_bytes("{}\n"), true);
    REQUIRE(works(outcome));
    CHECK(outcome->answer->commit == kCommit);
  }
  SECTION("the branch moved") {
    stage.add(url, http_answer(GENERATE(409, 412), R"({"error":"updated"})"));
    const auto outcome =
        stage.hub.commit(stage.repo, "main", to_bytes("{}\n"), false);
    REQUIRE(works(outcome));
    CHECK_FALSE(outcome->answer.has_value());
    CHECK(outcome->refusal.find("updated") != std::string::npos);
  }
  SECTION("nobody knows") {
    stage.add(url, http_answer(GENERATE(503, 429)));
    CHECK(refuses(stage.hub.commit(stage.repo, "main", to_bytes("{}\n"), false),
                  ErrorKind::network, "org/m@main"));
  }
  CHECK(stage.network.sent.size() == 1);
}

TEST_CASE("the Hub's quotas are waited for, for a window of theirs", "[hub]") {
  Stage stage;
  const std::string url = kBase + "/api/models/org/m/revision/main";
  std::string limit = "\"api\";r=0;t=300";
  int asked = 0;
  stage.routes[url] = [&](const http::Request&) {
    return ++asked < 2 ? http_answer(429, "", "RateLimit", limit)
                       : http_answer(200, concat(R"({"sha":")", kHash, "\"}"));
  };
  SECTION("five minutes") {
    REQUIRE(works(stage.hub.resolve_revision(stage.repo, "main")));
    CHECK(stage.waits ==
          std::vector<std::chrono::milliseconds>{std::chrono::seconds(301)});
  }
  SECTION("and no longer: the user is told") {
    limit = "\"api\";r=0;t=310";
    CHECK(refuses(stage.hub.resolve_revision(stage.repo, "main"),
                  ErrorKind::network, "try again in 311 seconds"));
    CHECK(stage.waits.empty());
  }
}

}  // namespace
}  // namespace sigstore::hub
