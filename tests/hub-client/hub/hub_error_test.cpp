// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_error.h"

#include <array>
#include <string>

#include "tests/core/refuses.h"
#include "tests/support/scripted_http.h"

namespace sigstore::hub {
namespace {

struct Row {
  int status;
  const char* code;     // X-Error-Code
  const char* message;  // X-Error-Message
  const char* body;
  bool is_repository;
  ErrorKind kind;
  const char* phrase;
};

http::Response answer_of(const Row& row) {
  http::Response answer = http_answer(row.status, row.body);
  if (*row.code != '\0') answer.headers.push_back({"X-Error-Code", row.code});
  if (*row.message != '\0')
    answer.headers.push_back({"x-error-message", row.message});
  return answer;
}

constexpr const char* kBad = "Invalid credentials in Authorization header";
constexpr const char* kHidden =
    "no such repository, or it is private, or the token is wrong or missing";

// hub.md 1.3, row by row.
const std::array kRows{
    Row{404, "RevisionNotFound", "", "", true, ErrorKind::not_found,
        "no such branch, tag or commit"},
    Row{404, "EntryNotFound", "", "", true, ErrorKind::not_found,
        "no such file"},
    Row{403, "GatedRepo", "", "", true, ErrorKind::unauthorized,
        "gated: ask for access at https://hub.example/org/m"},
    Row{401, "GatedRepo", kBad, "", true, ErrorKind::unauthorized, "gated"},
    Row{403, "", "Access to this resource is disabled.", "", true,
        ErrorKind::unauthorized, "the repository is disabled"},
    Row{404, "RepoNotFound", "", "", false, ErrorKind::not_found, kHidden},
    Row{401, "RepoNotFound", kBad, "", true, ErrorKind::not_found, kHidden},
    Row{401, "", "", "", true, ErrorKind::not_found, kHidden},
    Row{401, "", kBad, "", true, ErrorKind::unauthorized,
        "the token is wrong or has expired"},
    Row{401, "", "",
        R"({"error":"Invalid credentials in Authorization header"})", true,
        ErrorKind::unauthorized, "the token is wrong or has expired"},
    Row{401, "", "", "", false, ErrorKind::unauthorized, "a token is needed"},
    Row{400, "", "", R"({"error":"bad yaml"})", true, ErrorKind::invalid_input,
        "refused the request (status 400, bad yaml)"},
    Row{403, "", "", "", true, ErrorKind::unauthorized,
        "lacks the role or scope"},
    Row{404, "", "", "", true, ErrorKind::not_found, "no such thing"},
    Row{409, "", "", R"({"error":"You already created this repo"})", true,
        ErrorKind::invalid_input, "exists already"},
    Row{409, "", "",
        R"({"error":"another conflicting operation is in progress"})", true,
        ErrorKind::network, "another operation is in progress"},
    Row{412, "", "", "", true, ErrorKind::network, "the branch moved"},
    Row{413, "", "", "", true, ErrorKind::invalid_input, "too much"},
    Row{416, "", "", "", true, ErrorKind::invalid_input, "range"},
    Row{422, "", "", "", true, ErrorKind::invalid_input, "cannot use"},
    Row{429, "", "", "", true, ErrorKind::network, "too many requests"},
    Row{408, "", "", "", true, ErrorKind::network, "out of order"},
    Row{500, "", "", "", true, ErrorKind::network, "out of order"},
    Row{504, "", "", "<html>", true, ErrorKind::network, "(status 504)"},
    Row{302, "", "", "", true, ErrorKind::invalid_input, "elsewhere"},
    Row{418, "", "", "", true, ErrorKind::invalid_input, "cannot use"},
};

TEST_CASE("answers mean what huggingface_hub takes them for", "[hub]") {
  for (const Row& row : kRows) {
    CAPTURE(row.status, row.code, row.message, row.body);
    const Error error =
        hub_error({"org/m", "https://hub.example/org/m", row.is_repository},
                  answer_of(row));
    CHECK(refuses(Result<int>(error), row.kind, row.phrase));
    CHECK(error.message.starts_with("org/m: "));
    CHECK(error.message.find(concat("status ", row.status)) !=
          std::string::npos);
  }
}

TEST_CASE("the server's words are shown in every shape, once", "[hub]") {
  struct Shape {
    const char* header;
    const char* body;
    const char* shown;
  };
  const std::array shapes{
      Shape{"", R"({"error":"one"})", "(status 400, one)"},
      Shape{"", R"({"error":["one","two"]})", "(status 400, one; two)"},
      Shape{"", R"({"error":"one","error_description":"two"})",
            "(status 400, one; two)"},
      Shape{"", R"({"errors":[{"message":"one"},{"message":"two"}]})",
            "(status 400, one; two)"},
      Shape{"", R"({"message":"one"})", "(status 400, one)"},
      Shape{"", "plain\nwords ", "(status 400, plain words)"},
      Shape{"one", R"({"error":"one"})", "(status 400, one)"},
      Shape{"one", R"({"error":"two"})", "(status 400, one; two)"},
      Shape{"", "<html>error</html>", "(status 400)"},
      Shape{"", R"({"error":{"x":1}})", "(status 400)"},
      Shape{"", "[1]", "(status 400)"},
      Shape{"", "", "(status 400)"},
  };
  for (const Shape& shape : shapes) {
    CAPTURE(shape.header, shape.body);
    const Error error =
        hub_error({"org/m", "", true},
                  answer_of({400, "", shape.header, shape.body, true, {}, ""}));
    CHECK(error.message.find(shape.shown) != std::string::npos);
    CAPTURE(error.message);
  }
}

TEST_CASE("an error says how long the Hub asks us to wait", "[hub]") {
  http::Response answer =
      http_answer(429, "", "RateLimit", "\"api\";r=0;t=900");
  CHECK(hub_error({"m"}, answer)
            .message.find(
                "too many requests: try again in 901 seconds (status 429") !=
        std::string::npos);
  answer = http_answer(503, "", "Retry-After", "30");
  CHECK(hub_error({"m"}, answer).message.find("try again in 30 seconds") !=
        std::string::npos);
}

TEST_CASE("an error shows the id of its request", "[hub]") {
  http::Response answer = http_answer(500);
  answer.headers.push_back({"x-amz-cf-id", "third"});
  CHECK(hub_error({"m"}, answer).message.find("request third)") !=
        std::string::npos);
  answer.headers.push_back({"X-Amzn-Trace-Id", "Root=1-2"});
  CHECK(hub_error({"m"}, answer).message.find("request Root=1-2)") !=
        std::string::npos);
  answer.headers.push_back({"X-Request-Id", "a\x1b[2Jb"});
  CHECK(hub_error({"m"}, answer).message.find("request a\\x1b[2Jb)") !=
        std::string::npos);
}

TEST_CASE("an error shows neither tokens nor signed queries", "[hub]") {
  const Error error = hub_error(
      {"m"},
      answer_of(
          {400,
           "",
           "token hf_AbCdEfGhIjKlMnOp and "
           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln",
           R"({"error":"see https://cdn.example/f?X-Amz-Signature=5ec2e7\u001b[0m"})",
           true,
           {},
           ""}));
  CHECK(error.message.find("hf_AbC") == std::string::npos);
  CHECK(error.message.find("eyJ") == std::string::npos);
  CHECK(error.message.find("5ec2e7") == std::string::npos);
  CHECK(error.message.find('\x1b') == std::string::npos);
  CHECK(error.message.find("see https://cdn.example/f?...") !=
        std::string::npos);
  const std::string flood(100'000, 'x');
  CHECK(safe_words(flood).size() < 500);
  CHECK(safe_words(concat("a b ", flood)).size() < 500);
}

TEST_CASE("warnings of the Hub come with their topic", "[hub]") {
  http::Response answer = http_answer(200);
  answer.headers = {{"X-HF-Warning", "quota; you have little left"},
                    {"x-hf-warning", "no topic"},
                    {"X-HF-Warning", "empty;"}};
  const std::vector<HubWarning> warnings = warnings_of(answer);
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].topic == "quota");
  CHECK(warnings[0].message == "you have little left");
  CHECK(warnings[1].topic.empty());
}

}  // namespace
}  // namespace sigstore::hub
