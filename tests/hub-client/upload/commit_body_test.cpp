// SPDX-License-Identifier: Apache-2.0
#include "hub-client/upload/commit_body.h"

#include <string>

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

TEST_CASE("a commit is a line for its head and one for each change",
          "[upload]") {
  CommitBody commit;
  commit.summary = "Sign \"it\"\n";
  commit.parent =
      git::CommitId{*git::ObjectId::parse_hex(std::string(40, 'a'))};
  commit.small.push_back({"d/model.sig", to_bytes("abc")});
  commit.large.push_back(
      {"w.bin", {*Sha256Digest::parse_hex(std::string(64, 'b')), 25}});
  commit.deleted.push_back("old");
  const auto body = write_commit(commit);
  REQUIRE(works(body));
  CHECK(as_text(*body) ==
        concat(R"({"key":"header","value":{"description":"","parentCommit":")",
               std::string(40, 'a'), R"(","summary":"Sign \"it\"\n"}})", "\n",
               R"({"key":"file","value":{"content":"YWJj",)",
               R"("encoding":"base64","path":"d/model.sig"}})", "\n",
               R"({"key":"lfsFile","value":{"algo":"sha256","oid":")",
               std::string(64, 'b'), R"(","path":"w.bin","size":25}})", "\n",
               R"({"key":"deletedFile","value":{"path":"old"}})", "\n"));
}

TEST_CASE("a commit without a parent names none", "[upload]") {
  const auto body = write_commit({.summary = "s"});
  REQUIRE(works(body));
  CHECK(as_text(*body).find("parentCommit") == std::string_view::npos);
}

TEST_CASE("paths that are not for uploading are refused", "[upload]") {
  for (const std::string& path :
       {std::string("../x"), std::string("/x"), std::string("a//b"),
        std::string(".git/config"), std::string("a/.git/x"),
        std::string(".cache/huggingface/x"), std::string("a\nb"),
        std::string("\xff")}) {
    CAPTURE(path);
    CommitBody small{.summary = "s"};
    small.small.push_back({path, {}});
    CHECK(refuses(write_commit(small), ErrorKind::invalid_input, "'"));
    CommitBody large{.summary = "s"};
    large.large.push_back({path, {}});
    CHECK(refuses(write_commit(large), ErrorKind::invalid_input, "'"));
    CommitBody deleted{.summary = "s"};
    deleted.deleted.push_back(path);
    CHECK(refuses(write_commit(deleted), ErrorKind::invalid_input, "'"));
  }
  CHECK(refuses(write_commit({.summary = "\xff"}), ErrorKind::invalid_input,
                "commit message is not UTF-8"));
}

TEST_CASE("small files have the name that git gives them", "[upload]") {
  // printf 'hello\n' | git hash-object --stdin
  const auto id = blob_id(as_bytes("hello\n"));
  REQUIRE(id.ok());
  CHECK(*id == "ce013625030ba8dba906f756967f9e9ca394464a");
}

}  // namespace

}  // namespace sigstore::hub
