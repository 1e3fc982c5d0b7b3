// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_links.h"

#include <string>

#include "core/manifest/tree_content.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

namespace sigstore {
namespace {

Result<Manifest> manifest_of(const TempRepository& repository,
                             bool user_allows = true,
                             bool signer_allows = true) {
  const git::CommitId commit = repository.commit_all();
  const auto objects = repository.objects();
  TreeContent content(*objects, repository.git(), commit, {user_allows, false});
  Parameters parameters;
  parameters.allow_symlinks = signer_allows;
  return content.manifest(parameters, {});
}

}  // namespace

TEST_CASE("a link leads to a path from the top", "[manifest]") {
  CHECK(link_target("a", "b").value() == "b");
  CHECK(link_target("d/a", "b").value() == "d/b");
  CHECK(link_target("d/e/a", "../../b").value() == "b");
  CHECK(link_target("d/a", "./x//../b").value() == "d/b");
}

TEST_CASE("a link that leaves the tree is refused", "[manifest]") {
  const auto refused = [](const char* path, std::string_view target,
                          std::string_view phrase) {
    CAPTURE(path, target);
    return refuses(link_target(path, target), ErrorKind::unsafe_tree, phrase);
  };
  CHECK(refused("a", "/etc/passwd", "is not relative"));
  CHECK(refused("a", "../b", "leaves the repository"));
  CHECK(refused("d/a", "../../b", "leaves the repository"));
  CHECK(refused("d/a", "../x/../../d/b", "leaves the repository"));
  CHECK(refused("a", "C:\\x", "is not relative"));
  CHECK(refused("a", "C:x", "is not relative"));
  CHECK(refused("a", "", "leads nowhere"));
  CHECK(refused("a", std::string_view("b\0c", 3), "leads nowhere"));
}

TEST_CASE("a link to a signed file is listed with the file's digest",
          "[manifest]") {
  const TempRepository repository;
  repository.write("weights/w", "bytes");
  static_cast<void>(repository.folder().link("link", "weights/w"));
  const auto manifest = manifest_of(repository);
  REQUIRE(works(manifest));
  REQUIRE(manifest->resources.size() == 2);
  CHECK(manifest->resources[0].name == "link");
  CHECK(manifest->resources[0].digest == manifest->resources[1].digest);
}

TEST_CASE("links count only where signer and user allow them", "[manifest]") {
  const TempRepository repository;
  repository.write("w", "bytes");
  static_cast<void>(repository.folder().link("link", "w"));
  CHECK(works(manifest_of(repository)));
  CHECK(refuses(manifest_of(repository, false, true), ErrorKind::unsafe_tree,
                "link is a symbolic link"));
  CHECK(refuses(manifest_of(repository, true, false), ErrorKind::unsafe_tree,
                "link is a symbolic link"));
}

TEST_CASE("a link to anything but a signed file is refused", "[manifest]") {
  const char* target = GENERATE("nothing", "folder", "other", ".gitignore",
                                ".git/config", "..", "folder/..");
  const TempRepository repository;
  repository.write("folder/w", "bytes");
  repository.write(".gitignore", "*.tmp\n");
  static_cast<void>(repository.folder().link("other", "folder/w"));
  static_cast<void>(repository.folder().link("link", target));
  CAPTURE(target);
  CHECK(refuses(manifest_of(repository), ErrorKind::unsafe_tree,
                "link is a symbolic link "));
}

TEST_CASE("git's own files are no links", "[manifest]") {
  const TempRepository repository;
  repository.write("w", "* text\n");
  static_cast<void>(repository.folder().link("d.gitignore", "w"));
  CHECK(works(manifest_of(repository)));
  static_cast<void>(repository.folder().link(".mailmap", "w"));
  CHECK(works(manifest_of(repository)));
  static_cast<void>(repository.folder().link(".gitattributes", "w"));
  CHECK(refuses(manifest_of(repository), ErrorKind::unsafe_tree,
                ".gitattributes is a symbolic link"));
}

}  // namespace sigstore
