// SPDX-License-Identifier: Apache-2.0
#include "hub-client/upload/send_objects.h"

#include <map>
#include <string>

#include "tests/core/refuses.h"
#include "tests/hub-client/upload/scripted_stream.h"
#include "tests/support/scripted_http.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

using http::Response;
using http::StreamRequest;

// A store for objects, and a clock that moves when it is looked at.
struct Stage {
  TempFolder folder;
  std::chrono::steady_clock::time_point time;
  std::vector<std::chrono::steady_clock::time_point> times;     // of requests
  std::map<std::string, std::string> stored;                    // by URL
  std::map<std::string, std::vector<Result<Response>>> script;  // what is first
  ScriptedStream client{[this](const StreamRequest& request,
                               const std::string& bytes) -> Result<Response> {
    times.push_back(time);
    auto& before = script[request.url];
    if (!before.empty()) {
      Result<Response> answer = before.front();
      before.erase(before.begin());
      return answer;
    }
    stored[request.url] = bytes;
    return http_answer(200, "", "ETag", "\"" + bytes + "\"");
  }};
  SendOptions options;

  Stage() {
    options.now = [this] { return time += std::chrono::milliseconds(100); };
  }

  ObjectToSend whole(const char* name, const std::string& content) {
    ObjectToSend one;
    one.file = folder.write(name, content);
    one.object.size = content.size();
    one.object.upload = LfsAction{concat("https://s3/", name), {{"X-A", "1"}}};
    return one;
  }
  ObjectToSend in_parts(const char* name, const std::string& content,
                        std::uint64_t size) {
    ObjectToSend one = whole(name, content);
    one.object.upload->url = "https://hub/complete";
    one.object.part_size = size;
    for (std::uint32_t i = 0; i * size < content.size(); ++i)
      one.object.parts.push_back({i + 1, concat("https://s3/", name, i)});
    return one;
  }
};

TEST_CASE("objects are sent whole, with exactly the headers they came with",
          "[upload]") {
  Stage stage;
  std::uint64_t shown = 0;
  stage.options.progress = [&](std::uint64_t bytes) { shown = bytes; };
  const auto sent =
      send_objects(stage.client, {stage.whole("a", "12345")}, stage.options);
  REQUIRE(works(sent));
  CHECK(stage.stored["https://s3/a"] == "12345");
  CHECK(sent->front().etags.empty());
  CHECK_FALSE(sent->front().expired);
  REQUIRE(stage.client.sent.size() == 1);
  CHECK(stage.client.sent[0].method == http::Method::put);
  REQUIRE(stage.client.sent[0].headers.size() == 1);
  CHECK(stage.client.sent[0].headers[0].name == "X-A");
  CHECK(shown == 5);
}

TEST_CASE("objects are sent in parts, a few at once", "[upload]") {
  Stage stage;
  const auto sent = send_objects(
      stage.client,
      {stage.in_parts("a", "0123456789abc", 2), stage.whole("b", "x")},
      stage.options);
  REQUIRE(works(sent));
  CHECK(stage.client.most_at_once == 4);
  CHECK(stage.stored["https://s3/a0"] == "01");
  CHECK(stage.stored["https://s3/a6"] == "c");
  CHECK(stage.stored["https://s3/b"] == "x");
  REQUIRE((*sent)[0].etags.size() == 7);
  CHECK((*sent)[0].etags[0] == "\"01\"");
  CHECK((*sent)[0].etags[6] == "\"c\"");
  for (const StreamRequest& request : stage.client.sent)
    if (request.url != "https://s3/b") CHECK(request.headers.empty());
}

TEST_CASE("what may pass is tried again, a part at a time", "[upload]") {
  Stage stage;
  const int status = GENERATE(0, 408, 429, 500, 503);
  const auto trouble = [&]() -> Result<Response> {
    if (status == 0) return fail(ErrorKind::network, "https://s3: gone");
    return http_answer(status);
  };
  stage.script["https://s3/a1"] = {trouble(), trouble(), trouble(), trouble()};
  auto sent = send_objects(stage.client, {stage.in_parts("a", "0123", 2)},
                           stage.options);
  REQUIRE(works(sent));
  CHECK(stage.client.sent.size() == 6);
  CHECK(stage.stored["https://s3/a1"] == "23");
  // Waits of 1, 2, 4 and 8 seconds.
  CHECK(stage.time.time_since_epoch() > std::chrono::seconds(15));
  stage.script["https://s3/a1"] = {trouble(), trouble(), trouble(), trouble(),
                                   trouble()};
  sent = send_objects(stage.client, {stage.in_parts("a", "0123", 2)},
                      stage.options);
  CHECK(refuses(sent, ErrorKind::network, "sending "));
  CHECK(sent.error().message.find("https://s3/") == std::string::npos);
}

TEST_CASE("a store that asks to wait is sent nothing meanwhile", "[upload]") {
  Stage stage;
  std::vector<std::chrono::milliseconds> told;
  stage.options.asked = [&](std::chrono::milliseconds wait) {
    told.push_back(wait);
  };
  stage.options.at_once = 1;
  stage.script["https://s3/a0"] = {
      http_answer(GENERATE(429, 503), "", "Retry-After", "200")};
  const auto sent = send_objects(stage.client, {stage.in_parts("a", "0123", 2)},
                                 stage.options);
  REQUIRE(works(sent));
  CHECK(told ==
        std::vector<std::chrono::milliseconds>{std::chrono::seconds(200)});
  // The first again, and then the second, both of them after the wait.
  REQUIRE(stage.times.size() == 3);
  CHECK(stage.times[1] - stage.times[0] >= std::chrono::seconds(200));
}

TEST_CASE("a store that asks for too long is not asked again", "[upload]") {
  Stage stage;
  stage.script["https://s3/a"] = {
      http_answer(429, "", "RateLimit", "\"s3\";r=0;t=3600")};
  CHECK(refuses(
      send_objects(stage.client, {stage.whole("a", "x")}, stage.options),
      ErrorKind::network, "status 429"));
  CHECK(stage.client.sent.size() == 1);
}

TEST_CASE("URLs that expired are for the caller to renew", "[upload]") {
  Stage stage;
  stage.script["https://s3/a0"] = {http_answer(GENERATE(400, 403))};
  const auto sent = send_objects(
      stage.client,
      {stage.in_parts("a", std::string(20, 'x'), 2), stage.whole("b", "x")},
      stage.options);
  REQUIRE(works(sent));
  CHECK((*sent)[0].expired);
  CHECK_FALSE((*sent)[1].expired);
  CHECK(stage.stored["https://s3/b"] == "x");
  CHECK(stage.client.sent.size() < 10);
}

TEST_CASE("what cannot go well is not tried again", "[upload]") {
  Stage stage;
  SECTION("another answer") {
    stage.script["https://s3/a"] = {http_answer(GENERATE(302, 404, 413))};
    CHECK(refuses(
        send_objects(stage.client, {stage.whole("a", "x")}, stage.options),
        ErrorKind::network, "https://s3 answers with status"));
  }
  SECTION("a request that is refused here") {
    stage.script["https://s3/a"] = {
        Result<Response>(fail(ErrorKind::invalid_input, "malformed URL"))};
    CHECK(refuses(
        send_objects(stage.client, {stage.whole("a", "x")}, stage.options),
        ErrorKind::invalid_input, "malformed URL"));
  }
  SECTION("a part without an ETag") {
    stage.script["https://s3/a0"] = {http_answer(200)};
    CHECK(refuses(send_objects(stage.client, {stage.in_parts("a", "x", 2)},
                               stage.options),
                  ErrorKind::network, "without an ETag"));
  }
  SECTION("a file that changed") {
    ObjectToSend one = stage.whole("a", "123");
    one.object.size = 4;
    CHECK(refuses(send_objects(stage.client, {one}, stage.options),
                  ErrorKind::content_differs, "changed while"));
  }
  CHECK(stage.client.sent.size() <= 1);
}

}  // namespace
}  // namespace sigstore::hub
