// SPDX-License-Identifier: Apache-2.0
#include "core/http/asked_wait.h"

#include "tests/support/catch.h"
#include "tests/support/scripted_http.h"

namespace sigstore::http {
namespace {

using std::chrono::seconds;

std::optional<seconds> asked_by(std::string limit, std::string after = "",
                                int status = 429) {
  Response answer;
  answer.status = status;
  answer.headers = {{"ratelimit", std::move(limit)},
                    {"retry-after", std::move(after)}};
  return asked_wait(answer);
}

TEST_CASE("a quota that is used up is new in so many seconds", "[http]") {
  CHECK(asked_by("\"api\";r=0;t=55") == seconds(56));
  CHECK(asked_by("\"api\"; t=55 ; r=0") == seconds(56));
  CHECK(asked_by("\"api\";r=0;t=55", "7") == seconds(56));
  CHECK(asked_by("\"api\";r=0;t=0") == seconds(1));
  CHECK(asked_by("a;r=0;t=5, b;r=0;t=9, c;r=3;t=50") == seconds(10));
}

TEST_CASE("a quota of which something is left asks for nothing", "[http]") {
  const char* const limit = GENERATE(
      "\"api\";r=1;t=55", "\"api\";t=55", "\"api\";r=0", "r=0;t=55",
      "\"api\";r=0;t=x", "\"api\";r=0;t=", "\"api\";r=0;t=-1", ";;", ",", "");
  CAPTURE(limit);
  CHECK(asked_by(limit) == std::nullopt);
  CHECK(asked_by(limit, "7") == seconds(7));
}

TEST_CASE("with another status RateLimit is for information", "[http]") {
  CHECK(asked_by("\"api\";r=0;t=55", "", 503) == std::nullopt);
  CHECK(asked_by("\"api\";r=0;t=55", "7", 503) == seconds(7));
}

TEST_CASE("Retry-After counts where it has seconds", "[http]") {
  CHECK(asked_by("", "0") == seconds(0));
  CHECK(asked_by("", "7") == seconds(7));
  for (const char* text : {"Fri, 31 Dec 1999 23:59:59 GMT", "-1", "7s", "0x7"})
    CHECK(asked_by("", text) == std::nullopt);
}

TEST_CASE("no wait is longer than a day", "[http]") {
  CHECK(asked_by("", "86401") == seconds(86400));
  CHECK(asked_by("", "99999999999999999999") == seconds(86400));
  CHECK(asked_by("x;r=0;t=99999999999999999999") == seconds(86401));
}

}  // namespace
}  // namespace sigstore::http
