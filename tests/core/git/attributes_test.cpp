// SPDX-License-Identifier: Apache-2.0
#include "core/git/attributes.h"

#include <string>
#include <vector>

#include "core/git/libgit2_reader.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::ErrorKind;
using sigstore::git::AttributesFile;
using sigstore::git::AttributeTable;
using sigstore::git::BlobId;
using sigstore::git::Libgit2Reader;
using sigstore::git::PathAttributes;
using sigstore::git::read_attributes;

namespace {

AttributesFile file_of(const TempRepository& repository, std::string path,
                       std::string_view content) {
  return {std::move(path), BlobId{repository.write_blob(content)}};
}

AttributeTable attributes_of(const sigstore::git::Git& git,
                             const std::vector<AttributesFile>& files,
                             const std::vector<std::string>& paths) {
  const auto store = git.object_store();
  REQUIRE(works(store));
  const auto objects = Libgit2Reader::open({store->folder});
  REQUIRE(works(objects));
  auto all = read_attributes(git, **objects, files, paths);
  REQUIRE(works(all));
  REQUIRE(all->size() == paths.size());
  return std::move(*all);
}

}  // namespace

TEST_CASE("each path gets its attributes, in order", "[git]") {
  const TempRepository repository;
  const auto all =
      attributes_of(repository.git(),
                    {file_of(repository, ".gitattributes",
                             "*.bin filter=lfs diff=lfs merge=lfs -text\n"
                             "*.txt text eol=crlf ident\n"
                             "*.utf working-tree-encoding=UTF-16\n"
                             "*.old crlf\n")},
                    {"a.bin", "plain", "b.txt", "c.utf", "d.old", "z.bin"});
  CHECK(all[0].is_lfs());
  CHECK(all[0].text == "unset");
  CHECK(all[1] == PathAttributes{});
  CHECK(all[2].text == "set");
  CHECK(all[2].eol == "crlf");
  CHECK(all[2].ident == "set");
  CHECK(all[3].working_tree_encoding == "UTF-16");
  CHECK(all[4].crlf == "set");
  CHECK(all[5].is_lfs());
}

TEST_CASE("a deeper attributes file overrides a higher one", "[git]") {
  const TempRepository repository;
  const auto all = attributes_of(
      repository.git(),
      {file_of(repository, ".gitattributes", "*.bin filter=lfs\n"),
       file_of(repository, "sub/.gitattributes", "*.bin -filter\n")},
      {"a.bin", "sub/a.bin", "subway/a.bin"});
  CHECK(all[0].is_lfs());
  CHECK(all[1].filter == "unset");
  CHECK(all[2].is_lfs());
}

TEST_CASE("only another filter called lfs is lfs", "[git]") {
  const TempRepository repository;
  const auto all = attributes_of(repository.git(),
                                 {file_of(repository, ".gitattributes",
                                          "a filter\nb filter=LFS\n"
                                          "c filter=other\n")},
                                 {"a", "b", "c"});
  for (std::size_t i = 0; i < all.size(); ++i) CHECK_FALSE(all[i].is_lfs());
  CHECK(all[0].filter == "set");
}

TEST_CASE("the work tree and the index do not count", "[git]") {
  const TempRepository repository;
  repository.write(".gitattributes", "* filter=lfs\n");
  repository.run({"add", ".gitattributes"});
  const auto all = attributes_of(repository.git(), {}, {"a"});
  CHECK(all[0] == PathAttributes{});
}

TEST_CASE("the repository's own attributes file counts", "[git]") {
  const TempRepository repository;
  repository.write(".git/info/attributes", "*.txt eol=crlf\n");
  const auto all = attributes_of(repository.git(), {}, {"a.txt"});
  CHECK(all[0].eol == "crlf");
}

TEST_CASE("the user's own attributes file counts", "[git]") {
  const TempRepository repository;
  repository.write("user-attributes", "*.txt ident\n");
  repository.run({"config", "core.attributesFile",
                  repository.folder().at("user-attributes").string()});
  const auto all = attributes_of(repository.git(), {}, {"a.txt"});
  CHECK(all[0].ident == "set");
}

TEST_CASE("macros are seen through", "[git]") {
  const TempRepository repository;
  const auto all = attributes_of(
      repository.git(),
      {file_of(repository, ".gitattributes",
               "[attr]weights filter=lfs -text\n*.w weights\n*.b binary\n")},
      {"a.w", "a.b"});
  CHECK(all[0].is_lfs());
  CHECK(all[1].text == "unset");
}

TEST_CASE("paths with spaces, quotes and newlines keep their attributes",
          "[git]") {
  const TempRepository repository;
  const std::vector<std::string> paths{"a b.bin", "new\nline.bin",
                                       "quote\".bin", "\xc3\xa9.bin", "-x.bin"};
  const auto all = attributes_of(
      repository.git(),
      {file_of(repository, ".gitattributes", "*.bin filter=lfs\n")}, paths);
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(all[i].is_lfs());
}

TEST_CASE("a path without attributes between others does not shift them",
          "[git]") {
  const TempRepository repository;
  const auto all = attributes_of(
      repository.git(),
      {file_of(repository, ".gitattributes", "*.bin filter=lfs\n")},
      {"1", "2.bin", "3", "4", "5.bin", "6"});
  CHECK(all[1].is_lfs());
  CHECK(all[4].is_lfs());
  for (const std::size_t i : {0U, 2U, 3U, 5U})
    CHECK(all[i] == PathAttributes{});
}

TEST_CASE("no paths give no attributes", "[git]") {
  const TempRepository repository;
  CHECK(attributes_of(repository.git(), {}, {}).size() == 0);
}

TEST_CASE("paths are meant from the top, wherever git is started", "[git]") {
  const TempRepository repository;
  const auto sub = repository.folder().make_folder("sub");
  const auto all = attributes_of(
      repository.git_in(sub),
      {file_of(repository, ".gitattributes", "/config.json text\n")},
      {"config.json"});
  CHECK(all[0].text == "set");
}

TEST_CASE("attributes of a bare repository are read", "[git]") {
  const TempRepository repository;
  repository.run({"init", "--quiet", "--bare", "bare.git"});
  const auto git = repository.git_in(repository.folder().at("bare.git"));
  const auto id = git.read({"hash-object", "-w", "--stdin"},
                           {.input = sigstore::as_bytes("*.b filter=lfs\n")});
  REQUIRE(works(id));
  const BlobId blob{*sigstore::git::ObjectId::parse_hex(*id)};
  CHECK(attributes_of(git, {{".gitattributes", blob}}, {"a.b"})[0].is_lfs());
}

TEST_CASE("an attributes file whose blob is not here is no empty one",
          "[git]") {
  const TempRepository repository;
  const BlobId absent{
      *sigstore::git::ObjectId::parse_hex(std::string(40, '7'))};
  const std::vector<std::string> paths{"a"};
  CHECK(refuses(read_attributes(repository.git(), *repository.objects(),
                                {{".gitattributes", absent}}, paths),
                ErrorKind::incomplete, ".gitattributes"));
}

TEST_CASE("outside of a repository there are no attributes", "[git]") {
  const TempFolder folder;
  const auto git = sigstore::git::Git()
                       .in_directory(folder.path().string())
                       .with("GIT_CEILING_DIRECTORIES",
                             folder.path().parent_path().string());
  const TempRepository elsewhere;
  const std::vector<std::string> paths{"a"};
  CHECK(refuses(read_attributes(git, *elsewhere.objects(), {}, paths),
                ErrorKind::io, "git "));
}

TEST_CASE("every path may have attributes of its own", "[git]") {
  const TempRepository repository;
  std::string lines;
  std::vector<std::string> paths;
  for (int i = 0; i < 500; ++i) {
    paths.push_back("f" + std::to_string(1000 + i));
    lines += paths.back() + " eol=v" + std::to_string(i % 40) + "\n";
  }
  const auto all = attributes_of(
      repository.git(), {file_of(repository, ".gitattributes", lines)}, paths);
  for (std::size_t i = 0; i < paths.size(); ++i)
    CHECK(all[i].eol == "v" + std::to_string(i % 40));
}
