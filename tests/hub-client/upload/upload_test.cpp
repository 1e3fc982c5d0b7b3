// SPDX-License-Identifier: Apache-2.0
#include "hub-client/upload/upload.h"

#include <map>
#include <string>

#include "core/base/json.h"
#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"
#include "tests/hub-client/upload/scripted_stream.h"
#include "tests/support/scripted_http.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

const std::string kBase = "https://hub.example";
const std::string kApi = kBase + "/api/models/org/m";
const std::string kParent(40, '1');
const std::string kNext(40, '2');
const std::string kOther(40, '3');

git::CommitId commit_id(const std::string& hex) {
  return {*git::ObjectId::parse_hex(hex)};
}

// A Hub with one branch: what ends with ".bin" goes to LFS, and ".skip" is
// ignored.
struct Stage {
  TempFolder folder;
  std::string head = kParent;
  std::string tree = "[]";
  std::vector<http::Response> commits;  // the answers to them, in order
  std::vector<std::string> bodies;
  int batches = 0;
  bool stored = false;
  int expired = 0;  // so many URLs do
  std::vector<std::chrono::milliseconds> waits;
  std::map<std::string, std::string> objects;

  ScriptedHttp network{
      [this](const http::Request& asked) { return answer(asked); }};
  ScriptedStream stream{
      [this](const http::StreamRequest& put,
             const std::string& bytes) -> Result<http::Response> {
        if (expired > 0) {
          --expired;
          return http_answer(403);
        }
        objects[put.url] = bytes;
        return http_answer(200);
      }};
  Hub hub{network,
          {*Endpoint::parse(kBase), *AccessToken::parse("hf_test")},
          {[] { return std::chrono::steady_clock::time_point(); },
           [](std::chrono::milliseconds) {}, [] { return 1.0; }}};
  UploadRequest request{.repo = *RepoName::make(RepoType::model, "org/m"),
                        .summary = "Sign",
                        .parent = commit_id(kParent),
                        .files = {}};
  UploadOptions options;

  Stage() {
    options.wait = [this](std::chrono::milliseconds wait) {
      waits.push_back(wait);
    };
  }

  void add(const std::string& name, const std::string& content,
           bool hashed = true) {
    UploadFile file{name, folder.write(name, content), content.size(), {}};
    if (hashed) file.sha256 = sha256(as_bytes(content));
    request.files.push_back(file);
  }
  Result<UploadReport> run() { return upload(hub, stream, request, options); }

  Result<http::Response> answer(const http::Request& asked) {
    const std::string& url = asked.url;
    const Result<Json> body = parse_json(as_text(asked.body));
    if (url.starts_with(kApi + "/preupload/")) return preupload(*body);
    if (url == kBase + "/org/m.git/info/lfs/objects/batch") return batch(*body);
    if (url == kBase + "/verify") return http_answer(200);
    if (url.starts_with(kApi + "/commit/")) return commit(asked);
    if (url == kApi + "/revision/main")
      return http_answer(200, concat(R"({"sha":")", head, "\"}"));
    if (url.starts_with(kApi + "/tree/" + head)) return http_answer(200, tree);
    return http_answer(404);
  }
  http::Response preupload(const Json& body) {
    Json files = Json::array();
    for (const Json& file : body["files"]) {
      const std::string path = file["path"];
      files.push_back(
          {{"path", path},
           {"uploadMode", path.ends_with(".bin") ? "lfs" : "regular"},
           {"shouldIgnore", path.ends_with(".skip")}});
    }
    return http_answer(200, Json{{"files", files}}.dump());
  }
  http::Response batch(const Json& body) {
    ++batches;
    Json list = Json::array();
    for (Json object : body["objects"]) {
      const std::string oid = object["oid"];
      if (!stored)
        object["actions"] = {{"upload", {{"href", "https://s3/" + oid}}},
                             {"verify", {{"href", kBase + "/verify"}}}};
      list.push_back(object);
    }
    return http_answer(200,
                       Json{{"transfer", "basic"}, {"objects", list}}.dump());
  }
  Result<http::Response> commit(const http::Request& asked) {
    bodies.emplace_back(as_text(asked.body));
    if (commits.empty())
      return http_answer(200, concat(R"({"commitOid":")", kNext, "\"}"));
    const http::Response next = commits.front();
    commits.erase(commits.begin());
    if (next.status == 0) return fail(ErrorKind::network, "connection lost");
    return next;
  }
};

TEST_CASE("small files go into the commit and large ones before it",
          "[upload]") {
  Stage stage;
  stage.add("a.json", "{}");
  stage.add("w.bin", "weights");
  stage.add("again.bin", "weights");
  stage.add("empty.bin", "");
  const auto report = stage.run();
  REQUIRE(works(report));
  CHECK(report->commit.commit == commit_id(kNext));
  CHECK(report->large == 2);
  CHECK(report->sent_bytes == 7);
  const std::string oid = sha256(as_bytes("weights")).to_hex();
  CHECK(stage.objects["https://s3/" + oid] == "weights");
  CHECK(stage.stream.sent.size() == 1);
  CHECK(stage.stream.sent[0].headers.empty());
  REQUIRE(stage.bodies.size() == 1);
  const std::string& body = stage.bodies[0];
  CHECK(body.starts_with(
      concat(R"({"key":"header","value":{"description":"","parentCommit":")",
             kParent)));
  CHECK(body.find(R"("content":"e30=","encoding":"base64","path":"a.json")") !=
        std::string::npos);
  CHECK(body.find(R"("content":"","encoding":"base64","path":"empty.bin")") !=
        std::string::npos);
  CHECK(body.find(concat(R"("oid":")", oid, R"(","path":"w.bin","size":7)")) !=
        std::string::npos);
  CHECK(body.find(R"("path":"again.bin")") != std::string::npos);
}

TEST_CASE("what the Hub has already is not sent again", "[upload]") {
  Stage stage;
  stage.stored = true;
  stage.add("w.bin", "weights");
  const auto report = stage.run();
  REQUIRE(works(report));
  CHECK(report->sent_bytes == 0);
  CHECK(stage.stream.sent.empty());
  CHECK(stage.bodies.size() == 1);
}

TEST_CASE("a large file that was not hashed is hashed first", "[upload]") {
  Stage stage;
  stage.add("w.bin", "weights", false);
  REQUIRE(works(stage.run()));
  CHECK(stage.objects.contains("https://s3/" +
                               sha256(as_bytes("weights")).to_hex()));
}

TEST_CASE("URLs that expired are renewed, a few times", "[upload]") {
  Stage stage;
  stage.add("w.bin", "weights");
  SECTION("once") {
    stage.expired = 1;
    REQUIRE(works(stage.run()));
    CHECK(stage.batches == 2);
    CHECK(stage.objects.size() == 1);
  }
  SECTION("not for ever") {
    stage.expired = 100;
    CHECK(refuses(stage.run(), ErrorKind::network, "refuses every URL"));
    CHECK(stage.batches == 4);
    CHECK(stage.bodies.empty());
  }
}

TEST_CASE("nothing is changed when a file is not what was signed", "[upload]") {
  Stage stage;
  SECTION("changed since") {
    stage.add("a.json", "{}");
    stage.folder.write("a.json", "[]");
    CHECK(refuses(stage.run(), ErrorKind::content_differs, "changed while"));
  }
  SECTION("left out by the repository") {
    stage.add("a.skip", "x");
    stage.add("b.skip", "x");
    const auto report = stage.run();
    CHECK(refuses(report, ErrorKind::invalid_input,
                  ".gitignore of org/m leaves out a.skip and 1 more"));
    CHECK(report.error().details ==
          std::vector<std::string>{"a.skip", "b.skip"});
  }
  SECTION("gone") {
    stage.add("a.json", "{}");
    std::filesystem::remove(stage.folder.at("a.json"));
    CHECK(refuses(stage.run(), ErrorKind::io, "cannot read"));
  }
  CHECK(stage.bodies.empty());
}

TEST_CASE("a branch that moved is not written to", "[upload]") {
  Stage stage;
  stage.add("a.json", "{}");
  stage.head = kOther;
  stage.commits = {http_answer(GENERATE(409, 412), R"({"error":"updated"})")};
  CHECK(refuses(stage.run(), ErrorKind::network,
                "the branch moved to 3333333 meanwhile"));
  CHECK(stage.bodies.size() == 1);
}

TEST_CASE("a commit whose answer is lost is looked for", "[upload]") {
  Stage stage;
  stage.add("a.json", "{}");
  const std::string ours = R"([{"type":"file","path":"a.json","size":2,"oid":")"
                           R"(9e26dfeeb6e641a33dae4961196235bdb965b21b"}])";
  stage.commits = {GENERATE(http_answer(0), http_answer(503))};
  SECTION("it was made") {
    stage.head = kNext;
    stage.tree = ours;
    const auto report = stage.run();
    REQUIRE(works(report));
    CHECK(report->commit.commit == commit_id(kNext));
    CHECK(report->commit.url == kBase + "/org/m/commit/" + kNext);
    CHECK(stage.bodies.size() == 1);
  }
  SECTION("it was not: it is sent again") {
    const auto report = stage.run();
    REQUIRE(works(report));
    CHECK(stage.bodies.size() == 2);
    CHECK(stage.waits ==
          std::vector<std::chrono::milliseconds>{std::chrono::seconds(2)});
  }
  SECTION("it was made late, and the second one is refused") {
    stage.commits.push_back(http_answer(412));
    stage.tree = ours;
    stage.options.wait = [&](std::chrono::milliseconds) {};
    const auto later = [&](const http::Request& asked) {
      // The head is seen at its old place once.
      if (asked.url == kApi + "/revision/main" && stage.bodies.size() == 2)
        stage.head = kNext;
      return stage.answer(asked);
    };
    ScriptedHttp network(later);
    Hub hub(network, {*Endpoint::parse(kBase), {}},
            {[] { return std::chrono::steady_clock::time_point(); },
             [](std::chrono::milliseconds) {}, [] { return 1.0; }});
    const auto report = upload(hub, stage.stream, stage.request, stage.options);
    REQUIRE(works(report));
    CHECK(report->commit.commit == commit_id(kNext));
    CHECK(stage.bodies.size() == 2);
  }
  SECTION("somebody else was faster") {
    stage.head = kOther;
    CHECK(refuses(stage.run(), ErrorKind::network, "the branch moved to 3333"));
    CHECK(stage.bodies.size() == 1);
  }
  SECTION("a pull request cannot be looked for") {
    stage.request.create_pr = true;
    CHECK(refuses(stage.run(), ErrorKind::network,
                  "not known whether the pull request was opened"));
    CHECK(stage.bodies.size() == 1);
  }
}

TEST_CASE("a commit that is refused is an error", "[upload]") {
  Stage stage;
  stage.add("a.json", "{}");
  stage.commits = {http_answer(400, R"({"error":"bad yaml"})")};
  CHECK(refuses(stage.run(), ErrorKind::invalid_input, "bad yaml"));
  CHECK(stage.bodies.size() == 1);
}

}  // namespace
}  // namespace sigstore::hub
