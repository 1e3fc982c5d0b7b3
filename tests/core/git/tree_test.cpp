// SPDX-License-Identifier: Apache-2.0
#include "core/git/tree.h"

#include <string>

#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::ErrorKind;
using sigstore::git::ObjectId;
using sigstore::git::parse_commit;
using sigstore::git::parse_tree;
using sigstore::git::TreeEntry;
using sigstore::git::write_tree;
namespace git = sigstore::git;

namespace {

const std::string kRawId(20, '\x11');
const std::string kHexId(40, '1');

ObjectId some_id() { return *ObjectId::parse_hex(kHexId); }

std::string raw(const std::string& mode, const std::string& name) {
  return mode + " " + name + '\0' + kRawId;
}

bool is_malformed(const std::string& content, std::string_view why) {
  return refuses(parse_tree(as_bytes(content), 20), ErrorKind::invalid_input,
                 std::string("malformed tree object: ") + std::string(why));
}

}  // namespace

TEST_CASE("a tree survives the way out and back", "[git]") {
  const std::vector<TreeEntry> entries{{git::kModeFile, "a", some_id()},
                                       {git::kModeExecutable, "b", some_id()},
                                       {git::kModeTree, "c", some_id()},
                                       {git::kModeSymlink, "d", some_id()},
                                       {git::kModeSubmodule, "e", some_id()}};
  const Bytes content = write_tree(entries);
  const auto back = parse_tree(content, 20);
  REQUIRE(works(back));
  REQUIRE(back->size() == entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    CHECK((*back)[i].mode == entries[i].mode);
    CHECK((*back)[i].name == entries[i].name);
    CHECK((*back)[i].id == entries[i].id);
  }
  CHECK(write_tree(*back) == content);
}

TEST_CASE("the modes of a tree are written as git writes them", "[git]") {
  CHECK(as_text(write_tree({{git::kModeTree, "d", some_id()}})) ==
        raw("40000", "d"));
}

TEST_CASE("an empty tree has no entries", "[git]") {
  CHECK(parse_tree({}, 20).value().empty());
}

TEST_CASE("a tree with 32-byte names is read", "[git]") {
  const std::string content =
      std::string("100644 a") + '\0' + std::string(32, '\x22');
  CHECK(parse_tree(as_bytes(content), 32).value().at(0).id.to_hex() ==
        std::string(64, '2'));
}

TEST_CASE("a folder sorts as if its name ended in a slash", "[git]") {
  // "a.b" < "a/" < "a0"
  const Bytes content = write_tree({{git::kModeFile, "a0", some_id()},
                                    {git::kModeTree, "a", some_id()},
                                    {git::kModeFile, "a.b", some_id()}});
  CHECK(as_text(content) ==
        raw("100644", "a.b") + raw("40000", "a") + raw("100644", "a0"));
  CHECK(works(parse_tree(content, 20)));
  CHECK(is_malformed(raw("40000", "a") + raw("100644", "a.b"), "entries not"));
  CHECK(is_malformed(raw("100644", "a.b") + raw("100644", "a"), "entries not"));
}

TEST_CASE("names sort as unsigned bytes", "[git]") {
  const std::string high = raw("100644", "z") + raw("100644", "\xc3\xa9");
  CHECK(works(parse_tree(as_bytes(high), 20)));
}

TEST_CASE("a tree that is not sorted is refused", "[git]") {
  CHECK(is_malformed(raw("100644", "b") + raw("100644", "a"),
                     "entries not sorted"));
}

TEST_CASE("a name that stands twice in a tree is refused", "[git]") {
  CHECK(is_malformed(raw("100644", "a") + raw("100644", "a"),
                     "entries not sorted and unique"));
  CHECK(is_malformed(raw("40000", "a") + raw("40000", "a"),
                     "entries not sorted and unique"));
}

TEST_CASE("a tree cut short is refused", "[git]") {
  const std::string content = raw("100644", "a") + raw("100644", "b");
  for (std::size_t size = 1; size < content.size(); ++size) {
    if (size == content.size() / 2) continue;  // one whole entry
    CAPTURE(size);
    REQUIRE(is_malformed(content.substr(0, size), "truncated entry"));
  }
}

TEST_CASE("an entry with a bad mode is refused", "[git]") {
  for (const char* mode : {"040000", "100644x", "1006440", "1006", "", "0",
                           "-10644", "100684", "0100644"}) {
    CAPTURE(mode);
    CHECK(is_malformed(raw(mode, "a"), "bad mode"));
  }
}

TEST_CASE("an entry with an empty name or a slash in it is refused", "[git]") {
  CHECK(is_malformed(raw("100644", ""), "bad name"));
  CHECK(is_malformed(raw("100644", "a/b"), "bad name"));
  CHECK(is_malformed(raw("100644", "/"), "bad name"));
}

TEST_CASE("an entry without a space is refused", "[git]") {
  CHECK(
      is_malformed(std::string("100644a") + '\0' + kRawId, "truncated entry"));
}

TEST_CASE("a tree that git wrote is read as git lists it", "[git]") {
  const TempRepository repository;
  repository.write("a.b", "1");
  repository.write("a/x", "2");
  repository.write("a0", "3");
  const auto commit = repository.commit_all();
  const auto objects = repository.objects();
  const auto tree_hex = repository.run({"rev-parse", "HEAD^{tree}"});
  const auto tree = git::read_object(*objects, *ObjectId::parse_hex(tree_hex),
                                     git::ObjectType::tree, 1000);
  REQUIRE(works(tree));
  const auto entries = parse_tree(*tree, 20);
  REQUIRE(works(entries));
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].name == "a.b");
  CHECK((*entries)[1].name == "a");
  CHECK((*entries)[2].name == "a0");
  CHECK(write_tree(*entries) == *tree);
  const auto raw_commit =
      git::read_object(*objects, commit.id, git::ObjectType::commit, 10'000);
  REQUIRE(works(raw_commit));
  CHECK(parse_commit(*raw_commit).value().tree.id.to_hex() == tree_hex);
}

TEST_CASE("a commit names its tree and its parents in order", "[git]") {
  const std::string one(40, '1');
  const std::string two(40, '2');
  const std::string three(40, '3');
  const auto commit = parse_commit(
      as_bytes("tree " + one + "\nparent " + two + "\nparent " + three +
               "\nauthor A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\n\n"
               "parent " +
               one + "\n"));
  REQUIRE(works(commit));
  CHECK(commit->tree.id.to_hex() == one);
  REQUIRE(commit->parents.size() == 2);
  CHECK(commit->parents[0].id.to_hex() == two);
  CHECK(commit->parents[1].id.to_hex() == three);
}

TEST_CASE("a commit without parents has none", "[git]") {
  const auto commit =
      parse_commit(as_bytes("tree " + kHexId + "\nauthor A <a@b> 0 +0000\n"));
  REQUIRE(works(commit));
  CHECK(commit->parents.empty());
}

TEST_CASE("text that is no commit is refused", "[git]") {
  const std::string author = "author A <a@b> 0 +0000\n";
  for (const std::string& text :
       {std::string(), author, "tree " + kHexId, "tree " + kHexId + "\n",
        "tree " + kHexId.substr(1) + "\n" + author,
        "tree " + std::string(40, 'A') + "\n" + author,
        "tree  " + kHexId + "\n" + author,
        "parent " + kHexId + "\ntree " + kHexId + "\n" + author,
        "tree " + kHexId + "\nparent xyz\n" + author,
        "tree " + kHexId + "\ntree " + kHexId + "\n" + author,
        "tree " + kHexId + "\r\n" + author}) {
    CAPTURE(text);
    CHECK(refuses(parse_commit(as_bytes(text)), ErrorKind::invalid_input,
                  "malformed commit object"));
  }
}
