// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/content_answer.h"

#include "tests/core/refuses.h"

using sigstore::ErrorKind;
using sigstore::http::Header;
using sigstore::http::Response;
using sigstore::hub::AnswerMeaning;
using sigstore::hub::judge_answer;
using sigstore::hub::parse_content_range;
using sigstore::hub::Question;
using std::chrono::seconds;

namespace {

constexpr Question kPart{{100, 200}, 1000, false};
constexpr Question kWhole{{0, 1000}, 1000, true};

Response head(int status, std::vector<Header> headers = {}) {
  Response response;
  response.status = status;
  response.headers = std::move(headers);
  return response;
}

Response part(const std::string& range) {
  return head(206, {{"Content-Range", range}, {"Content-Length", "100"}});
}

bool means(const sigstore::Result<AnswerMeaning>& judged,
           AnswerMeaning meaning) {
  return works(judged) && *judged == meaning;
}

}  // namespace

TEST_CASE("a part is content when it is exactly what was asked for",
          "[download]") {
  CHECK(means(judge_answer(kPart, part("bytes 100-199/1000")),
              AnswerMeaning::content));
  for (const char* other : {"bytes 101-199/1000", "bytes 100-198/1000",
                            "bytes 100-200/1000", "bytes 0-99/1000"})
    CHECK(refuses(judge_answer(kPart, part(other)), ErrorKind::network,
                  "another range"));
  for (const char* malformed :
       {"", "bytes 100-199/*", "bytes */1000", "100-199/1000",
        "bytes 199-100/1000", "bytes 100-199/150", "bytes -199/1000",
        "bytes 100-199/1000x", "bytes 100/1000-199"})
    CHECK(refuses(judge_answer(kPart, part(malformed)), ErrorKind::network,
                  "its Content-Range"));
  CHECK(refuses(
      judge_answer(kPart, head(206, {{"Content-Range", "bytes 100-199/1000"},
                                     {"Content-Length", "99"}})),
      ErrorKind::network, "its length"));
}

TEST_CASE("a file of another size differs", "[download]") {
  CHECK(refuses(judge_answer(kPart, part("bytes 100-199/1001")),
                ErrorKind::content_differs,
                "it has 1001 bytes there, and was listed with 1000"));
  CHECK(refuses(judge_answer(kWhole, head(200, {{"Content-Length", "999"}})),
                ErrorKind::content_differs, "it has 999 bytes there"));
  CHECK(
      refuses(judge_answer(kPart, head(416, {{"Content-Range", "bytes */50"}})),
              ErrorKind::content_differs, "it has 50 bytes there"));
  CHECK(refuses(judge_answer(kPart, head(416)), ErrorKind::network,
                "status 416"));
}

TEST_CASE("a whole file is content when all of it follows", "[download]") {
  CHECK(means(judge_answer(kWhole, head(200, {{"Content-Length", "1000"}})),
              AnswerMeaning::content));
  CHECK(means(judge_answer(kWhole, head(200)), AnswerMeaning::content));
  CHECK(means(judge_answer(kPart, head(200, {{"Content-Length", "1000"}})),
              AnswerMeaning::range_ignored));
  CHECK(refuses(judge_answer(kWhole, part("bytes 0-999/1000")),
                ErrorKind::network, "a part of it"));
}

TEST_CASE("content that is encoded is no content", "[download]") {
  CHECK(refuses(judge_answer(kWhole, head(200, {{"Content-Encoding", "gzip"}})),
                ErrorKind::network, "it is encoded"));
  CHECK(refuses(
      judge_answer(kPart, head(206, {{"Content-Range", "bytes 100-199/1000"},
                                     {"content-encoding", "br"}})),
      ErrorKind::network, "it is encoded"));
  CHECK(
      means(judge_answer(kWhole, head(200, {{"Content-Encoding", "identity"}})),
            AnswerMeaning::content));
}

TEST_CASE("other statuses have their meaning", "[download]") {
  for (const int status : {301, 302, 303, 307, 308})
    CHECK(means(judge_answer(kPart, head(status)), AnswerMeaning::redirect));
  for (const int status : {400, 401, 403, 404, 410})
    CHECK(means(judge_answer(kPart, head(status)), AnswerMeaning::forbidden));
  for (const int status : {408, 429, 500, 502, 503, 504})
    CHECK(means(judge_answer(kPart, head(status)), AnswerMeaning::later));
  for (const int status : {201, 204, 300, 304, 405, 451})
    CHECK(means(judge_answer(kPart, head(status)), AnswerMeaning::refused));
}
