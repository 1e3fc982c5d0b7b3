// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/root_folder.h"

#include <filesystem>

#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

namespace fs = std::filesystem;
using Type = FoundEntry::Type;

TEST_CASE("files are written with the folders above them", "[store]") {
  const TempFolder folder;
  const auto root = RootFolder::make(folder.at("new/root"));
  REQUIRE(works(root));
  REQUIRE(works(root->write("a/b/c", as_bytes("text"))));
  CHECK(folder.read("new/root/a/b/c") == "text");
  REQUIRE(works(root->write("a/b/c", as_bytes("more"), Sync::later)));
  CHECK(as_text(root->read("a/b/c", 10).value()) == "more");
  CHECK(root->list("a/b").value() == std::vector<std::string>{"c"});
  REQUIRE(works(root->copy("a/b/c", "d")));
  REQUIRE(works(root->move("a/b/c", "x/y")));
  CHECK(root->list("a/b").value().empty());
  CHECK(root->list("").value() == std::vector<std::string>{"a", "d", "x"});
  CHECK(root->list("none").value().empty());
  REQUIRE(works(root->make_link("l/link", "../x/y")));
  CHECK(root->read_link("l/link").value() == "../x/y");
  REQUIRE(works(root->remove("l/link")));
  CHECK(works(root->remove("l/link")));
  CHECK(works(root->remove("no/such")));
  CHECK(folder.read("new/root/x/y") == "more");
}

TEST_CASE("what stands somewhere is seen, not followed", "[store]") {
  const TempFolder folder;
  folder.write("file", "12345");
  folder.make_folder("folder");
  folder.link("link", "file");
  folder.link("up", "..");
  folder.make_fifo("fifo");
  const auto root = RootFolder::open(folder.path());
  REQUIRE(works(root));
  CHECK(root->look("file").value().type == Type::file);
  CHECK(root->look("file").value().size == 5);
  CHECK(root->look("folder").value().type == Type::folder);
  CHECK(root->look("link").value().type == Type::link);
  CHECK(root->look("fifo").value().type == Type::other);
  CHECK(root->look("none").value().type == Type::none);
  CHECK(root->look("file/below").value().type == Type::none);
  CHECK(root->look("up/file").value().type == Type::none);
  CHECK_FALSE(root->read("link", 10).ok());
  CHECK(refuses(root->read("fifo", 10), ErrorKind::invalid_input,
                "not a regular file"));
  CHECK(refuses(root->read("file", 4), ErrorKind::invalid_input, "larger"));
}

TEST_CASE("no path leads out of the folder", "[store]") {
  const TempFolder folder;
  folder.make_folder("root/a");
  const auto root = RootFolder::open(folder.at("root"));
  REQUIRE(works(root));
  for (const char* path :
       {"", ".", "..", "../x", "a/..", "a/../../x", "a//x", "/x", "a/./x"}) {
    CAPTURE(path);
    CHECK_FALSE(root->write(path, as_bytes("x")).ok());
    CHECK_FALSE(root->make_link(path, "x").ok());
    CHECK_FALSE(root->lock(path, 0).ok());
  }
  CHECK_FALSE(fs::exists(folder.at("x")));
  CHECK(root->list("a").value().empty());
}

TEST_CASE("a folder in the place of a file stays", "[store]") {
  const TempFolder folder;
  folder.write("d/file", "x");
  const auto root = RootFolder::open(folder.path());
  REQUIRE(works(root));
  CHECK(refuses(root->write("d", as_bytes("y")), ErrorKind::io, "write"));
  CHECK(refuses(root->make_link("d", "y"), ErrorKind::io, "link"));
  CHECK(folder.read("d/file") == "x");
  CHECK(root->list("").value() == std::vector<std::string>{"d"});
  CHECK(refuses(root->write("d/file/x", as_bytes("y")), ErrorKind::io,
                "stands where a folder has to be"));
}

}  // namespace
}  // namespace sigstore::hub
