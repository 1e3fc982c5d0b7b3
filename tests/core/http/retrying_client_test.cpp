// SPDX-License-Identifier: Apache-2.0
#include "core/http/retrying_client.h"

#include <array>

#include "tests/core/refuses.h"
#include "tests/support/scripted_http.h"

using sigstore::ErrorKind;
using sigstore::Result;
using sigstore::http::Pauses;
using sigstore::http::Request;
using sigstore::http::Response;
using sigstore::http::RetryingClient;
using sigstore::http::RetryRules;
using std::chrono::milliseconds;

namespace {

// A clock that only waiting moves.
struct FakeTime {
  std::chrono::steady_clock::time_point now;
  std::vector<milliseconds> waits;

  Pauses pauses() {
    return {[this] { return now; },
            [this](milliseconds wait) {
              waits.push_back(wait);
              now += wait;
            },
            [] { return 1.0; }};
  }
};

Request repeatable(std::string url = "https://a.example/") {
  Request request;
  request.url = std::move(url);
  request.repeatable = true;
  return request;
}

using Waits = std::vector<milliseconds>;

}  // namespace

TEST_CASE("a request is sent again with growing waits", "[http]") {
  const int status = GENERATE(408, 429, 500, 502, 503, 599);
  CAPTURE(status);
  FakeTime time;
  int asked = 0;
  ScriptedHttp inner([&](const Request&) -> Result<Response> {
    return http_answer(++asked < 4 ? status : 200);
  });
  RetryingClient client(inner, {}, time.pauses());
  const auto answer = client.send(repeatable());
  REQUIRE(works(answer));
  CHECK(answer->status == 200);
  CHECK(time.waits ==
        Waits{milliseconds(1000), milliseconds(2000), milliseconds(4000)});
}

TEST_CASE("a network error is worth another try, others are not", "[http]") {
  const ErrorKind kind = GENERATE(ErrorKind::network, ErrorKind::invalid_input);
  FakeTime time;
  ScriptedHttp inner([&](const Request&) -> Result<Response> {
    return sigstore::fail(kind, "https://a.example: no");
  });
  RetryingClient client(inner, {}, time.pauses());
  CHECK(refuses(client.send(repeatable()), kind, "https://a.example: no"));
  CHECK(inner.sent.size() == (kind == ErrorKind::network ? 4U : 1U));
}

TEST_CASE("what a service says no to is not sent again", "[http]") {
  const int status = GENERATE(200, 201, 301, 400, 401, 403, 404, 409, 422);
  FakeTime time;
  ScriptedHttp inner(
      [&](const Request&) -> Result<Response> { return http_answer(status); });
  RetryingClient client(inner, {}, time.pauses());
  CHECK(client.send(repeatable())->status == status);
  CHECK(inner.sent.size() == 1);
}

TEST_CASE("what may not be repeated is sent once", "[http]") {
  FakeTime time;
  ScriptedHttp inner(
      [](const Request&) -> Result<Response> { return http_answer(503); });
  RetryingClient client(inner, {}, time.pauses());
  Request once = repeatable();
  once.repeatable = false;
  CHECK(client.send(once)->status == 503);
  CHECK(inner.sent.size() == 1);
}

TEST_CASE("Retry-After is waited for, up to a limit", "[http]") {
  FakeTime time;
  std::string asked_for = "7";
  ScriptedHttp inner([&](const Request&) -> Result<Response> {
    return inner.sent.size() < 2
               ? http_answer(429, "", "retry-after", asked_for)
               : http_answer(200);
  });
  RetryingClient client(inner, {}, time.pauses());
  SECTION("in seconds") {
    CHECK(client.send(repeatable())->status == 200);
    CHECK(time.waits == Waits{milliseconds(7000)});
  }
  SECTION("longer than we wait") {
    asked_for = GENERATE("21", "3600", "99999999999999999999");
    CHECK(client.send(repeatable())->status == 429);
    CHECK(time.waits.empty());
  }
  SECTION("not a number of seconds: the usual wait") {
    asked_for = GENERATE("Fri, 31 Dec 1999 23:59:59 GMT", "-1", "7s", "0x7");
    CHECK(client.send(repeatable())->status == 200);
    CHECK(time.waits == Waits{milliseconds(1000)});
  }
}

TEST_CASE("a quota that is used up is waited for until it is new", "[http]") {
  FakeTime time;
  std::string header = "\"api\";r=0;t=55";
  RetryRules rules;
  rules.longest_asked = std::chrono::seconds(56);
  ScriptedHttp inner([&](const Request&) -> Result<Response> {
    return inner.sent.size() < 2 ? http_answer(429, "", "RateLimit", header)
                                 : http_answer(200);
  });
  Waits told;
  auto pauses = time.pauses();
  pauses.asked = [&](milliseconds wait) { told.push_back(wait); };
  RetryingClient client(inner, rules, pauses);
  SECTION("and a second more, and whoever waits is told") {
    CHECK(client.send(repeatable())->status == 200);
    CHECK(time.waits == Waits{milliseconds(56'000)});
    CHECK(told == time.waits);
  }
  SECTION("not longer than may be asked for") {
    header = "\"api\";r=0;t=56";
    CHECK(client.send(repeatable())->status == 429);
    CHECK(time.waits.empty());
    CHECK(told.empty());
  }
  SECTION("nothing is told of our own waits") {
    header = "";
    CHECK(client.send(repeatable())->status == 200);
    CHECK(told.empty());
  }
}

TEST_CASE("no try begins after the phase is over", "[http]") {
  FakeTime time;
  ScriptedHttp inner([&](const Request&) -> Result<Response> {
    time.now += std::chrono::seconds(30);  // each try takes its time
    return sigstore::fail(ErrorKind::network, "timed out");
  });
  RetryingClient client(inner, {}, time.pauses());
  CHECK(refuses(client.send(repeatable()), ErrorKind::network, "timed out"));
  CHECK(inner.sent.size() == 2);
}

TEST_CASE("of many requests only those that failed are repeated", "[http]") {
  FakeTime time;
  ScriptedHttp inner([&](const Request& request) -> Result<Response> {
    if (request.url == "https://b.example/" && inner.rounds.size() < 3)
      return http_answer(500);
    return http_answer(200, request.url);
  });
  RetryingClient client(inner, {}, time.pauses());
  const std::array<Request, 3> requests{repeatable(),
                                        repeatable("https://b.example/"),
                                        repeatable("https://c.example/")};
  const auto answers = client.send_all(requests);
  CHECK(inner.rounds == std::vector<std::size_t>{3, 1, 1});
  REQUIRE(answers.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(sigstore::as_text(answers[i]->body) == requests[i].url);
}
