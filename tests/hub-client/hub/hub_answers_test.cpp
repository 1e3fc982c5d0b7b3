// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_answers.h"

#include <array>
#include <string>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

const std::string kSha1(40, 'a');
const std::string kSha256(64, 'b');

std::string file_entry(std::string_view more = "",
                       std::string_view path = "a.bin") {
  return concat(R"({"type":"file","oid":")", kSha1, R"(","size":5,"path":")",
                path, "\"", more, "}");
}

TEST_CASE("a page of a tree gives its files", "[hub]") {
  const std::string page =
      concat(R"([{"type":"directory","oid":"x","path":"d","size":0},)",
             file_entry(), ",",
             file_entry(concat(R"(,"lfs":{"oid":")", kSha256,
                               R"(","size":700,"pointerSize":130},"xetHash":")",
                               std::string(64, 'c'), "\""),
                        "b"),
             "]");
  const auto files = parse_tree_page(as_bytes(page));
  REQUIRE(works(files));
  REQUIRE(files->size() == 2);
  CHECK((*files)[0].path == "a.bin");
  CHECK((*files)[0].size == 5);
  CHECK((*files)[0].etag() == kSha1);
  CHECK((*files)[0].xet_hash.empty());
  CHECK((*files)[1].size == 700);
  CHECK((*files)[1].etag() == kSha256);
  CHECK((*files)[1].blob_id == kSha1);
  CHECK((*files)[1].xet_hash == std::string(64, 'c'));
  CHECK(parse_tree_page(as_bytes("[]"))->empty());
}

TEST_CASE("a malformed page of a tree is refused", "[hub]") {
  struct Row {
    std::string json;
    const char* phrase;
  };
  const std::array rows{
      Row{"{}", "not an array"},
      Row{"[", "JSON"},
      Row{"[1]", "'type' is missing"},
      Row{R"([{"type":"submodule","path":"s"}])", "neither file nor directory"},
      Row{R"([{"type":"file","path":"p","size":1}])", "'oid' is missing"},
      Row{R"([{"type":"file","path":"p","oid":"0"}])", "'size' is missing"},
      Row{R"([{"type":"file","path":"p","oid":"0","size":1}])", "no SHA-1"},
      Row{R"([{"type":"file","path":"p","oid":"0","size":-1}])",
          "whole number"},
      Row{concat("[", file_entry(R"(,"lfs":{"oid":"abc","size":1})"), "]"),
          "no SHA-256"},
      Row{concat("[",
                 file_entry(concat(R"(,"lfs":{"oid":")", std::string(64, 'B'),
                                   R"(","size":1})")),
                 "]"),
          "no SHA-256"},
      Row{concat("[", file_entry(concat(R"(,"lfs":{"oid":")", kSha256, "\"}")),
                 "]"),
          "'size' is missing"},
      Row{concat("[", file_entry(R"(,"xetHash":"../x")"), "]"), "no hash"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    CHECK(refuses(parse_tree_page(as_bytes(row.json)), ErrorKind::invalid_input,
                  row.phrase));
  }
}

TEST_CASE("files are sorted by path as bytes, and each is there once",
          "[hub]") {
  std::vector<ListedFile> files(3);
  files[0].path = "b";
  files[1].path = "a/z";
  files[2].path = "a-z";
  REQUIRE(works(sort_files(files)));
  CHECK(files[0].path == "a-z");
  CHECK(files[1].path == "a/z");
  files[0].path = "b";
  CHECK(refuses(sort_files(files), ErrorKind::invalid_input, "called 'b'"));
}

TEST_CASE("names that lead out of a folder are refused", "[hub]") {
  for (const char* path :
       {"a", "a/b", "..a/b..", "ab:c", ".cache/x", "\xc3\xbc/\xe2\x82\xac"}) {
    CAPTURE(path);
    CHECK(works(check_path(path)));
  }
  for (const std::string& path :
       {std::string(), std::string("/a"), std::string("a/"),
        std::string("a//b"), std::string(".."), std::string("a/../b"),
        std::string("./a"), std::string("a\\b"), std::string("C:/x"),
        std::string("c:x"), std::string("a\0b", 3), std::string("a\nb"),
        std::string("a\x7f"), std::string(5000, 'a')}) {
    CAPTURE(path);
    CHECK(refuses(check_path(path), ErrorKind::unsafe_tree,
                  "the name of a file"));
  }
}

TEST_CASE("a repository names its commit", "[hub]") {
  const auto info = parse_repo_info(
      as_bytes(concat(R"({"id":"org/new","sha":")", kSha1,
                      R"(","private":true,"gated":"auto","siblings":[{}]})")));
  REQUIRE(works(info));
  CHECK(info->id == "org/new");
  CHECK(info->commit.id.to_hex() == kSha1);
  CHECK(info->is_private);
  for (const std::string& json :
       {std::string("{}"), std::string(R"({"sha":"main"})"),
        concat(R"({"sha":")", kSha256, "\"}"),
        concat(R"({"sha":")", std::string(40, 'A'), "\"}")}) {
    CAPTURE(json);
    CHECK(refuses(parse_repo_info(as_bytes(json)), ErrorKind::invalid_input,
                  "'sha'"));
  }
}

TEST_CASE("references are read by kind", "[hub]") {
  const std::string one =
      concat(R"([{"name":"main","ref":"refs/heads/main","targetCommit":")",
             kSha1, "\"}]");
  const auto all = parse_references(as_bytes(concat(
      R"({"branches":)", one, R"(,"tags":[],"pullRequests":)", one, "}")));
  REQUIRE(works(all));
  REQUIRE(all->branches.size() == 1);
  CHECK(all->branches[0].ref == "refs/heads/main");
  CHECK(all->tags.empty());
  CHECK(all->pull_requests.size() == 1);
  CHECK(refuses(parse_references(as_bytes(R"({"branches":[{"name":"x"}]})")),
                ErrorKind::invalid_input, "'ref' is missing"));
  CHECK(refuses(parse_references(as_bytes("[]")), ErrorKind::invalid_input,
                "not an object"));
  CHECK(refuses(parse_references(as_bytes(R"({"error":"busy"})")),
                ErrorKind::invalid_input, "there is no 'branches'"));
}

TEST_CASE("commits and owners of tokens are read", "[hub]") {
  const auto commits = parse_commits(
      as_bytes(concat(R"([{"id":")", kSha1, R"(","title":"t","date":"d"}])")));
  REQUIRE(works(commits));
  CHECK((*commits)[0].title == "t");
  CHECK(refuses(parse_commits(as_bytes(R"([{"id":"x"}])")),
                ErrorKind::invalid_input, "'id' is no commit"));
  const auto account = parse_account(as_bytes(
      R"({"type":"user","name":"me","orgs":[{"name":"org"}],)"
      R"("auth":{"type":"access_token","accessToken":{"role":"write"}}})"));
  REQUIRE(works(account));
  CHECK(account->name == "me");
  CHECK(account->role == "write");
  CHECK(account->organizations == std::vector<std::string>{"org"});
  CHECK(refuses(parse_account(as_bytes("{}")), ErrorKind::invalid_input,
                "'name' is missing"));
}

}  // namespace
}  // namespace sigstore::hub
