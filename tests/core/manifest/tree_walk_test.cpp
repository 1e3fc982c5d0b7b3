// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_walk.h"

#include <string>

#include "core/git/tree.h"
#include "tests/core/refuses.h"
#include "tests/support/memory_objects.h"

using sigstore::check_attributes;
using sigstore::check_tree_name;
using sigstore::ErrorKind;
using sigstore::walk_tree;
using sigstore::git::PathAttributes;
using sigstore::git::TreeEntry;
using sigstore::git::TreeId;
namespace git = sigstore::git;

namespace {

TreeEntry file(MemoryObjects& objects, const std::string& name,
               std::uint32_t mode = git::kModeFile) {
  return {mode, name, objects.add_blob(name).id};
}

bool is_unsafe_name(std::string_view name, std::string_view phrase) {
  return refuses(check_tree_name(name), ErrorKind::unsafe_tree, phrase);
}

// Is a tree with one entry of this name and mode refused for it?
bool is_unsafe_entry(const std::string& name, std::uint32_t mode,
                     std::string_view phrase) {
  MemoryObjects objects;
  const TreeId sub = objects.add_tree({file(objects, name, mode)});
  const TreeId top = objects.add_tree({{git::kModeTree, "sub", sub.id}});
  return refuses(walk_tree(objects, top), ErrorKind::unsafe_tree, phrase);
}

}  // namespace

TEST_CASE("all files of a tree are found, with their attributes files",
          "[manifest]") {
  MemoryObjects objects;
  const TreeId sub =
      objects.add_tree({file(objects, "b"), file(objects, ".gitattributes")});
  const TreeId top =
      objects.add_tree({file(objects, ".gitattributes"),
                        file(objects, "a"),
                        file(objects, "run", git::kModeExecutable),
                        {git::kModeTree, "sub", sub.id}});
  const auto files = walk_tree(objects, top);
  REQUIRE(works(files));
  std::vector<std::string> paths;
  for (const auto& one : files->files) paths.push_back(one.path);
  CHECK(paths == std::vector<std::string>{".gitattributes", "a", "run",
                                          "sub/.gitattributes", "sub/b"});
  REQUIRE(files->attributes.size() == 2);
  CHECK(files->attributes[0].path == ".gitattributes");
  CHECK(files->attributes[1].path == "sub/.gitattributes");
}

TEST_CASE("an empty tree has no files", "[manifest]") {
  MemoryObjects objects;
  CHECK(walk_tree(objects, objects.add_tree({})).value().files.empty());
}

TEST_CASE("ordinary names are safe", "[manifest]") {
  for (const char* name :
       {"a", "a b", ".gitignore", ".gitattributes", ".github", ".gitmodules",
        "git", "git~2", "x.git", ".git2", "...a", "\xc3\xa9", "-x", "a'\"$`*?",
        "CON"}) {
    CAPTURE(name);
    CHECK(works(check_tree_name(name)));
  }
}

TEST_CASE("no name and names of folders themselves are unsafe", "[manifest]") {
  for (const char* name : {"", ".", ".."})
    CHECK(is_unsafe_name(name, "it is empty, '.' or '..'"));
}

TEST_CASE("a disguise of git's own files is unsafe", "[manifest]") {
  CHECK(is_unsafe_name(".GITATTRIBUTES", "unsafe name: "));
  CHECK(is_unsafe_entry("gitatt~1", git::kModeFile, "gitatt~1"));
}

TEST_CASE("every spelling that some file system takes for .git is unsafe",
          "[manifest]") {
  for (const char* name :
       {".git", ".GIT", ".Git", ".git.", ".git ", ".git . .", "git~1", "GIT~1",
        "Git~1.", ".g\xe2\x80\x8cit", "\xe2\x80\x8d.git", ".git\xef\xbb\xbf",
        ".gi\xe2\x80\xaat", ".\xe2\x81\xaagit", ".git\xe2\x81\xaf",
        ".G\xe2\x80\x8fiT"}) {
    CAPTURE(name);
    CHECK(is_unsafe_name(name, "take it for .git"));
  }
}

TEST_CASE("a stream of .git on NTFS is unsafe", "[manifest]") {
  CHECK(is_unsafe_name(".git::$INDEX_ALLOCATION", "unsafe name"));
  CHECK(is_unsafe_name("a:stream", "backslash, colon or slash"));
}

TEST_CASE("control characters in a name are unsafe", "[manifest]") {
  for (const char* name : {"a\nb", "a\rb", "\x1b[2J", "a\x7f", "\x01", "a\t"}) {
    CHECK(is_unsafe_name(name, "control characters"));
  }
}

TEST_CASE("separators of any system in a name are unsafe", "[manifest]") {
  for (const char* name : {"a\\b", "..\\x", "\\", "c:", "a/b"})
    CHECK(is_unsafe_name(name, "backslash, colon or slash"));
}

TEST_CASE("a dot or a space at the end of a name is unsafe", "[manifest]") {
  for (const char* name : {"a.", "a ", "...", "a. .", " "})
    CHECK(is_unsafe_name(name, "ends in a dot or space"));
}

TEST_CASE("a name that is not valid UTF-8 is unsafe", "[manifest]") {
  for (const char* name : {"a\xff", "\xc0\xae", "\xed\xa0\x80"})
    CHECK(is_unsafe_name(name, "not valid UTF-8"));
}

TEST_CASE("an unsafe name is found at any depth and named", "[manifest]") {
  CHECK(is_unsafe_entry(".GIT", git::kModeFile, "sub/.GIT: unsafe name"));
  CHECK(is_unsafe_entry("a\nb", git::kModeFile, "control characters"));
}

TEST_CASE("an unsafe name of a folder is refused before it is entered",
          "[manifest]") {
  MemoryObjects objects;
  const TreeId top =
      objects.add_tree({{git::kModeTree, ".git",
                         *git::ObjectId::parse_hex(std::string(40, '7'))}});
  CHECK(refuses(walk_tree(objects, top), ErrorKind::unsafe_tree,
                ".git: unsafe name"));
}

TEST_CASE("a symbolic link in a tree is unsafe", "[manifest]") {
  CHECK(is_unsafe_entry("link", git::kModeSymlink,
                        "sub/link is a symbolic link"));
}

TEST_CASE("a submodule in a tree is unsafe", "[manifest]") {
  CHECK(is_unsafe_entry("mod", git::kModeSubmodule, "sub/mod is a submodule"));
}

TEST_CASE("an odd mode in a tree is unsafe", "[manifest]") {
  for (const std::uint32_t mode :
       {0100664U, 0100600U, 0104755U, 0100000U, 0140000U, 0010644U, 0060644U}) {
    CAPTURE(mode);
    CHECK(is_unsafe_entry("f", mode, "sub/f has an unknown mode"));
  }
}

TEST_CASE("names that differ only in case are unsafe", "[manifest]") {
  MemoryObjects objects;
  const TreeId sub =
      objects.add_tree({file(objects, "Readme"), file(objects, "README")});
  CHECK(refuses(
      walk_tree(objects, objects.add_tree({{git::kModeTree, "d", sub.id}})),
      ErrorKind::unsafe_tree, "differ only in case: d/readme"));
}

TEST_CASE("names that differ only in composition are unsafe", "[manifest]") {
  MemoryObjects objects;
  const auto top = objects.add_tree(
      {file(objects, "cafe\xCC\x81"), file(objects, "caf\xC3\x89")});
  CHECK(refuses(walk_tree(objects, top), ErrorKind::unsafe_tree,
                "differ only in case or composition: cafe"));
}

TEST_CASE("a file and a folder of one name are unsafe", "[manifest]") {
  MemoryObjects objects;
  const TreeId sub = objects.add_tree({file(objects, "x")});
  for (const char* name : {"a", "A"}) {
    const TreeId top =
        objects.add_tree({file(objects, "a"), {git::kModeTree, name, sub.id}});
    CHECK(refuses(walk_tree(objects, top), ErrorKind::unsafe_tree,
                  "differ only in case: a"));
  }
}

TEST_CASE("equal names in different folders are no twins", "[manifest]") {
  MemoryObjects objects;
  const TreeId sub = objects.add_tree({file(objects, "A")});
  CHECK(works(walk_tree(
      objects,
      objects.add_tree({file(objects, "a"), {git::kModeTree, "b", sub.id}}))));
}

TEST_CASE("a tree that is not here is incomplete", "[manifest]") {
  MemoryObjects objects;
  const auto absent = *git::ObjectId::parse_hex(std::string(40, '7'));
  const TreeId top = objects.add_tree({{git::kModeTree, "d", absent}});
  CHECK(
      refuses(walk_tree(objects, top), ErrorKind::incomplete, absent.to_hex()));
}

TEST_CASE("a folder that is a blob is refused", "[manifest]") {
  MemoryObjects objects;
  const TreeId top = objects.add_tree({file(objects, "d", git::kModeTree)});
  CHECK(refuses(walk_tree(objects, top), ErrorKind::invalid_input,
                "of another type"));
}

TEST_CASE("trees nested too deep are unsafe", "[manifest]") {
  MemoryObjects objects;
  TreeId tree = objects.add_tree({file(objects, "f")});
  for (int i = 0; i < 128; ++i)
    tree = objects.add_tree({{git::kModeTree, "d", tree.id}});
  CHECK(works(walk_tree(objects, tree)));
  tree = objects.add_tree({{git::kModeTree, "d", tree.id}});
  CHECK(refuses(walk_tree(objects, tree), ErrorKind::unsafe_tree,
                "nested deeper than 128"));
}

TEST_CASE("a path that is too long is unsafe", "[manifest]") {
  MemoryObjects objects;
  TreeId tree = objects.add_tree({file(objects, "f")});
  for (int i = 0; i < 20; ++i)
    tree = objects.add_tree({{git::kModeTree, std::string(250, 'd'), tree.id}});
  CHECK(refuses(walk_tree(objects, tree), ErrorKind::unsafe_tree,
                "longer than 4096"));
}

TEST_CASE("few objects that unfold to endless folders are refused in time",
          "[manifest]") {
  MemoryObjects objects;
  // 2^40 folders, and no file among them that any limit would count.
  TreeId tree = objects.add_tree({});
  for (int i = 0; i < 40; ++i)
    tree = objects.add_tree(
        {{git::kModeTree, "a", tree.id}, {git::kModeTree, "b", tree.id}});
  objects.allow_reads(1'100'000);
  const auto files = walk_tree(objects, tree);
  REQUIRE_FALSE(files.ok());
  CHECK(files.error().kind != ErrorKind::internal);
}

TEST_CASE("attributes of weights as git-lfs writes them are safe",
          "[manifest]") {
  PathAttributes attributes;
  CHECK(works(check_attributes(attributes, "a")));
  attributes.filter = "lfs";
  attributes.text = "unset";
  CHECK(works(check_attributes(attributes, "a")));
}

TEST_CASE("attributes that are switched off are safe", "[manifest]") {
  PathAttributes attributes;
  attributes.filter = attributes.text = attributes.crlf = attributes.eol =
      attributes.ident = attributes.working_tree_encoding = "unset";
  CHECK(works(check_attributes(attributes, "a")));
}

TEST_CASE("each attribute that changes bytes is unsafe by name", "[manifest]") {
  const auto unsafe = [](std::string PathAttributes::*member,
                         const std::string& value, const char* phrase) {
    PathAttributes attributes;
    attributes.*member = value;
    return refuses(check_attributes(attributes, "d/f"), ErrorKind::unsafe_tree,
                   phrase);
  };
  CHECK(unsafe(&PathAttributes::text, "set", "'text' on d/f"));
  CHECK(unsafe(&PathAttributes::text, "auto", "'text=auto' on d/f"));
  CHECK(unsafe(&PathAttributes::crlf, "set", "'crlf' on d/f"));
  CHECK(unsafe(&PathAttributes::crlf, "input", "'crlf=input' on d/f"));
  CHECK(unsafe(&PathAttributes::eol, "crlf", "'eol=crlf' on d/f"));
  CHECK(unsafe(&PathAttributes::eol, "lf", "'eol=lf' on d/f"));
  CHECK(unsafe(&PathAttributes::ident, "set", "'ident' on d/f"));
  CHECK(unsafe(&PathAttributes::working_tree_encoding, "UTF-16",
               "'working-tree-encoding=UTF-16' on d/f"));
  CHECK(unsafe(&PathAttributes::filter, "evil", "'filter=evil' on d/f"));
  CHECK(unsafe(&PathAttributes::filter, "set", "'filter' on d/f"));
}
