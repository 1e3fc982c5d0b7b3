// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/upload_answers.h"

#include <array>
#include <string>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

const std::string kOid(64, 'b');
const LfsObject kAsked{*Sha256Digest::parse_hex(kOid), 25};

Result<std::vector<LfsUpload>> batch(std::string_view transfer,
                                     std::string_view rest,
                                     std::string_view size = "25") {
  return parse_lfs_batch(
      as_bytes(concat(R"({"transfer":")", transfer, R"(","objects":[{"oid":")",
                      kOid, R"(","size":)", size, rest, "}]}")),
      {kAsked});
}

std::string multipart(std::string_view header) {
  return concat(R"(,"actions":{"upload":{"href":"https://h/done","header":{)",
                header, "}}}");
}

TEST_CASE("the Hub says how each file is to be sent", "[hub]") {
  const auto modes = parse_preupload(as_bytes(
      R"({"files":[{"path":"a","uploadMode":"lfs","shouldIgnore":false},)"
      R"({"path":"b","uploadMode":"regular","shouldIgnore":true,"oid":"x"}]})"));
  REQUIRE(works(modes));
  REQUIRE(modes->size() == 2);
  CHECK((*modes)[0].is_lfs);
  CHECK_FALSE((*modes)[0].ignored);
  CHECK((*modes)[1].ignored);
  CHECK((*modes)[1].oid == "x");
  CHECK(refuses(parse_preupload(
                    as_bytes(R"({"files":[{"path":"a","uploadMode":"xet"}]})")),
                ErrorKind::invalid_input, "neither lfs nor regular"));
  CHECK(refuses(parse_preupload(as_bytes("{}")), ErrorKind::invalid_input,
                "'files' is missing"));
}

TEST_CASE("an object goes whole to its place", "[hub]") {
  const auto uploads = batch(
      "basic",
      R"(,"actions":{"upload":{"href":"https://cdn/x","header":{"X-A":"1"}},)"
      R"("verify":{"href":"https://hub/verify","header":{}}})");
  REQUIRE(works(uploads));
  const LfsUpload& one = uploads->front();
  REQUIRE(one.upload.has_value());
  CHECK(one.upload->url == "https://cdn/x");
  REQUIRE(one.upload->headers.size() == 1);
  CHECK(one.upload->headers[0].name == "X-A");
  CHECK(one.parts.empty());
  REQUIRE(one.verify.has_value());
  CHECK(one.verify->url == "https://hub/verify");
}

TEST_CASE("an object that is there is not sent", "[hub]") {
  const auto uploads = batch("", "");
  REQUIRE(works(uploads));
  CHECK_FALSE(uploads->front().upload.has_value());
}

TEST_CASE("an object goes in parts, in the order of their numbers", "[hub]") {
  const auto uploads = batch(
      "multipart",
      multipart(R"("00003":"https://c/3","chunk_size":"10",)"
                R"("00001":"https://c/1","00002":"https://c/2","x":"y")"));
  REQUIRE(works(uploads));
  const LfsUpload& one = uploads->front();
  CHECK(one.upload->url == "https://h/done");
  CHECK(one.part_size == 10);
  REQUIRE(one.parts.size() == 3);
  CHECK(one.parts[0].url == "https://c/1");
  CHECK(one.parts[2].number == 3);
}

TEST_CASE("parts that do not make the object are refused", "[hub]") {
  struct Row {
    const char* header;
    const char* phrase;
  };
  const std::array rows{
      Row{R"("00001":"u","00002":"u","00003":"u")", "'chunk_size' is no size"},
      Row{R"("chunk_size":"0","00001":"u")", "'chunk_size' is no size"},
      Row{R"("chunk_size":"ten","00001":"u")", "'chunk_size' is no size"},
      Row{R"("chunk_size":10)", "'header' is not a string"},
      Row{R"("chunk_size":"10","00001":"u","00002":"u")", "number of parts"},
      Row{R"("chunk_size":"10","00001":"u","00002":"u","00004":"u")",
          "lacks a part"},
      Row{R"("chunk_size":"10","1":"u","01":"u","2":"u","3":"u")", "twice"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.header);
    CHECK(refuses(batch("multipart", multipart(row.header)),
                  ErrorKind::invalid_input, row.phrase));
  }
  CHECK(refuses(
      batch("multipart", multipart(R"("chunk_size":"1")"), "9000000000000"),
      ErrorKind::invalid_input, "number of parts"));
}

TEST_CASE("an answer about something else is refused", "[hub]") {
  CHECK(refuses(batch("basic", "", "26"), ErrorKind::invalid_input,
                "not about object " + kOid));
  CHECK(refuses(parse_lfs_batch(as_bytes(R"({"objects":[]})"), {kAsked}),
                ErrorKind::invalid_input, "not about object"));
  CHECK(refuses(batch("xet", ""), ErrorKind::invalid_input,
                "none that was offered"));
  CHECK(
      refuses(batch("basic", R"(,"error":{"code":422,"message":"too large"})"),
              ErrorKind::invalid_input, "is refused: too large"));
  CHECK(refuses(
      batch("basic",
            R"(,"actions":{"upload":{"href":"u","header":{"A":"b\r\nC: d"}}})"),
      ErrorKind::invalid_input, "is no header"));
  CHECK(refuses(
      batch("basic",
            R"(,"actions":{"upload":{"href":"u","header":{"A b":"c"}}})"),
      ErrorKind::invalid_input, "is no header"));
}

TEST_CASE("a commit says what it is called", "[hub]") {
  const auto answer = parse_commit_answer(as_bytes(concat(
      R"({"success":true,"commitOid":")", std::string(40, 'a'),
      R"(","commitUrl":"https://h/c","pullRequestUrl":"https://h/7"})")));
  REQUIRE(works(answer));
  CHECK(answer->commit.id.to_hex() == std::string(40, 'a'));
  CHECK(answer->pull_request_url == "https://h/7");
  CHECK(refuses(parse_commit_answer(as_bytes("{}")), ErrorKind::invalid_input,
                "'commitOid' is missing"));
}

}  // namespace
}  // namespace sigstore::hub
