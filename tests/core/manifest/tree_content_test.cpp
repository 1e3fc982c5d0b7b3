// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_content.h"

#include <memory>
#include <set>
#include <string>

#include "core/crypto/message_digest.h"
#include "core/git/lfs_pointer.h"
#include "core/git/tree.h"
#include "core/manifest/directory_content.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::Manifest;
using sigstore::Parameters;
using sigstore::Result;
using sigstore::Selection;
using sigstore::sha256;
using sigstore::TreeContent;
using sigstore::git::CommitId;

namespace {

using Names = std::vector<std::string>;

constexpr const char* kLfsAttributes =
    "*.bin filter=lfs diff=lfs merge=lfs -text\n";

std::string pointer_to(std::string_view content) {
  return sigstore::git::write_lfs_pointer(
      {sha256(as_bytes(content)), static_cast<std::int64_t>(content.size())});
}

// A commit, and all that reading it needs.
class CommittedModel {
 public:
  explicit CommittedModel(const TempRepository& repository)
      : objects_(repository.objects()),
        content_(*objects_, repository.git(), repository.head()) {}
  TreeContent& content() { return content_; }

 private:
  std::unique_ptr<sigstore::git::ObjectReader> objects_;
  TreeContent content_;
};

Result<Manifest> manifest_of(const TempRepository& repository,
                             const Parameters& parameters = {},
                             const Selection& selection = {}) {
  repository.commit_all();
  return CommittedModel(repository).content().manifest(parameters, selection);
}

Names names_of(const Manifest& manifest) {
  Names names;
  for (const auto& resource : manifest.resources)
    names.push_back(resource.name);
  return names;
}

bool is_unsafe(const TempRepository& repository, std::string_view phrase) {
  return refuses(manifest_of(repository), ErrorKind::unsafe_tree, phrase);
}

}  // namespace

TEST_CASE("the manifest of a commit is that of its files", "[manifest]") {
  const TempRepository repository;
  const TempFolder checkout;
  write_demo_model(repository.folder());
  write_demo_model(checkout);
  repository.write("model.bin", "1");
  checkout.write("model.bin", "1");
  repository.write("model/x", "2");
  checkout.write("model/x", "2");
  repository.write("empty", "");
  checkout.write("empty", "");
  const auto tree = manifest_of(repository);
  const auto folder =
      sigstore::DirectoryContent(checkout.path()).manifest({}, {});
  REQUIRE(works(tree));
  REQUIRE(works(folder));
  CHECK(tree->resources == folder->resources);
  CHECK(tree->total_size == folder->total_size);
}

TEST_CASE("a pointer stands for the file that it points to", "[manifest]") {
  const std::string weights(100'000, 'w');
  const TempRepository repository;
  repository.write(".gitattributes", kLfsAttributes);
  repository.run({"config", "filter.lfs.clean", "cat"});
  repository.write("a.bin", pointer_to(weights));
  repository.write("readme", "r");
  const auto manifest = manifest_of(repository);
  REQUIRE(works(manifest));
  REQUIRE(names_of(*manifest) == Names{"a.bin", "readme"});
  CHECK(manifest->resources[0].digest.to_hex() ==
        sha256(as_bytes(weights)).to_hex());
  CHECK(manifest->total_size == weights.size() + 1);
}

TEST_CASE("content that is no pointer at an LFS path is taken as it is",
          "[manifest]") {
  const TempRepository repository;
  repository.write(".gitattributes", kLfsAttributes);
  repository.run({"config", "filter.lfs.clean", "cat"});
  repository.write("a.bin", "small");
  const auto manifest = manifest_of(repository);
  REQUIRE(works(manifest));
  CHECK(manifest->resources[0].digest.to_hex() ==
        sha256(as_bytes("small")).to_hex());
}

TEST_CASE("git's own files at the top are left out of a commit's manifest",
          "[manifest]") {
  const TempRepository repository;
  repository.write(".gitattributes", kLfsAttributes);
  repository.write(".gitignore", "x\n");
  repository.write(".github/a", "1");
  repository.write(".gitmodules", "");
  repository.write("sub/.gitattributes", "# nothing\n");
  repository.write("a", "1");
  const auto manifest = manifest_of(repository);
  REQUIRE(works(manifest));
  CHECK(names_of(*manifest) == Names{".gitmodules", "a", "sub/.gitattributes"});
}

TEST_CASE("a selection leaves paths of a commit out", "[manifest]") {
  const TempRepository repository;
  for (const char* path : {"a", "b", "sub/c", "sub/d"})
    repository.write(path, path);
  Selection selection;
  REQUIRE(works(selection.exclusions.add("sub")));
  selection.despite = {"sub/d"};
  CHECK(names_of(manifest_of(repository, {}, selection).value()) ==
        Names{"a", "b", "sub/d"});
  selection.only = {"a", "sub/d"};
  CHECK(names_of(manifest_of(repository, {}, selection).value()) ==
        Names{"a", "sub/d"});
}

TEST_CASE("a commit without files has an empty manifest", "[manifest]") {
  const TempRepository repository;
  const auto manifest = manifest_of(repository);
  REQUIRE(works(manifest));
  CHECK(manifest->resources.empty());
}

TEST_CASE("a pointer that no attribute covers is unsafe", "[manifest]") {
  const TempRepository repository;
  repository.write("a.bin", pointer_to("weights"));
  CHECK(is_unsafe(repository, "a.bin: a git-lfs pointer that no filter=lfs"));
}

TEST_CASE("a deeper attributes file that switches LFS off is seen",
          "[manifest]") {
  const TempRepository repository;
  repository.write(".gitattributes", kLfsAttributes);
  repository.run({"config", "filter.lfs.clean", "cat"});
  repository.write("sub/.gitattributes", "*.bin -filter\n");
  repository.write("sub/a.bin", pointer_to("weights"));
  CHECK(is_unsafe(repository, "sub/a.bin: a git-lfs pointer that no filter"));
}

TEST_CASE("a pointer in disguise is unsafe", "[manifest]") {
  const TempRepository repository;
  repository.write(".gitattributes", kLfsAttributes);
  repository.run({"config", "filter.lfs.clean", "cat"});
  repository.write("a.bin", pointer_to("weights") + "\n");
  CHECK(is_unsafe(repository, "a.bin: a git-lfs pointer that is not in"));
}

TEST_CASE("attributes that change bytes are unsafe", "[manifest]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"*.txt text\n", "'text' on a.txt"},
      {"* text=auto\n", "'text=auto' on a.txt"},
      {"*.txt eol=crlf\n", "on a.txt would change signed bytes"},
      {"*.txt ident\n", "'ident' on a.txt"},
      {"*.txt working-tree-encoding=UTF-16LE\n",
       "'working-tree-encoding=UTF-16LE' on a.txt"},
      {"*.txt filter=other\n", "'filter=other' on a.txt"}};
  for (const auto& [attributes, phrase] : cases) {
    CAPTURE(attributes);
    const TempRepository repository;
    repository.write("a.txt", "1\n");
    repository.commit_all();
    repository.write(".gitattributes", attributes);
    CHECK(is_unsafe(repository, phrase));
  }
}

TEST_CASE("attributes on files that are left out do not matter", "[manifest]") {
  const TempRepository repository;
  repository.write("a", "1");
  repository.write("README.md", "1\n");
  repository.write(".gitattributes", "*.md text\n");
  Selection selection;
  REQUIRE(works(selection.exclusions.add("README.md")));
  CHECK(works(manifest_of(repository, {}, selection)));
}

TEST_CASE("a link, a submodule and a twin in a commit are unsafe",
          "[manifest]") {
  {
    const TempRepository repository;
    repository.folder().link("link", "/etc/passwd");
    CHECK(is_unsafe(repository, "link is a symbolic link"));
  }
  {
    const TempRepository repository;
    const CommitId commit = repository.commit_all();
    repository.run({"update-index", "--add", "--cacheinfo",
                    "160000," + commit.id.to_hex() + ",mod"});
    repository.run({"commit", "--quiet", "-m", "m"});
    CommittedModel model(repository);
    CHECK(refuses(model.content().manifest({}, {}), ErrorKind::unsafe_tree,
                  "mod is a submodule"));
  }
  {
    const TempRepository repository;
    repository.write("a.txt", "1");
    repository.write("A.txt", "2");
    CHECK(is_unsafe(repository, "differ only in case"));
  }
}

TEST_CASE("a link is unsafe even where the signer allowed links",
          "[manifest]") {
  const TempRepository repository;
  repository.write("a", "1");
  repository.folder().link("link", "a");
  Parameters parameters;
  parameters.allow_symlinks = true;
  CHECK(refuses(manifest_of(repository, parameters), ErrorKind::unsafe_tree,
                "links cannot be signed"));
}

TEST_CASE("shards and other hashes cannot be told from a commit",
          "[manifest]") {
  const TempRepository repository;
  repository.write("a", "1");
  Parameters shards;
  shards.method = sigstore::Method::shards;
  shards.shard_size = 8;
  CHECK(refuses(manifest_of(repository, shards), ErrorKind::incomplete,
                "only the files themselves"));
  Parameters blake;
  blake.hash_type = sigstore::HashAlgorithm::blake2b;
  CHECK(refuses(manifest_of(repository, blake), ErrorKind::incomplete,
                "only the files themselves"));
}

TEST_CASE("a blob that is not here is incomplete and named", "[manifest]") {
  const TempRepository repository;
  repository.write("sub/a", "gone");
  repository.commit_all();
  const std::string hex = repository.run({"rev-parse", "HEAD:sub/a"});
  std::filesystem::remove(repository.folder().at(
      ".git/objects/" + hex.substr(0, 2) + "/" + hex.substr(2)));
  CommittedModel model(repository);
  CHECK(refuses(model.content().manifest({}, {}), ErrorKind::incomplete,
                "sub/a: object " + hex));
}

TEST_CASE("a commit that is not here is incomplete", "[manifest]") {
  const TempRepository repository;
  const auto objects = repository.objects();
  TreeContent content(
      *objects, repository.git(),
      CommitId{*sigstore::git::ObjectId::parse_hex(std::string(40, '7'))});
  CHECK(refuses(content.manifest({}, {}), ErrorKind::incomplete,
                "is not in this repository"));
}

TEST_CASE("the attributes files of a commit are listed", "[manifest]") {
  const TempRepository repository;
  repository.write(".gitattributes", "");
  repository.write("a/b/.gitattributes", "");
  repository.write("a/x.gitattributes", "");
  repository.commit_all();
  CommittedModel model(repository);
  const auto files = model.content().attributes_files();
  REQUIRE(works(files));
  REQUIRE(files->size() == 2);
  CHECK((*files)[1].path == "a/b/.gitattributes");
}

TEST_CASE("the signature of a commit is read", "[manifest]") {
  const TempRepository repository;
  repository.write("model.sig", "{}");
  repository.commit_all();
  CommittedModel model(repository);
  CHECK(sigstore::as_text(model.content().signature().value()) == "{}");
}

TEST_CASE("a commit without a signature is not_found", "[manifest]") {
  const TempRepository repository;
  repository.write("sub/model.sig", "{}");
  repository.write("model.sig2", "{}");
  repository.commit_all();
  CommittedModel model(repository);
  CHECK(refuses(model.content().signature(), ErrorKind::not_found,
                "no model.sig"));
}

TEST_CASE("a signature that is a link or a folder is unsafe", "[manifest]") {
  {
    const TempRepository repository;
    repository.folder().link("model.sig", "other");
    repository.commit_all();
    CommittedModel model(repository);
    CHECK(refuses(model.content().signature(), ErrorKind::unsafe_tree,
                  "model.sig is not a regular file"));
  }
  {
    const TempRepository repository;
    repository.write("model.sig/x", "1");
    repository.commit_all();
    CommittedModel model(repository);
    CHECK(refuses(model.content().signature(), ErrorKind::unsafe_tree,
                  "model.sig is not a regular file"));
  }
}

TEST_CASE("a signature in git-lfs is its pointer here", "[manifest]") {
  const TempRepository repository;
  repository.write("model.sig", pointer_to("{}"));
  repository.commit_all();
  CommittedModel model(repository);
  const auto blob = model.content().signature();
  REQUIRE(works(blob));
  CHECK(sigstore::git::parse_lfs_pointer(*blob).value().has_value());
}

TEST_CASE("the tree of a binding is that without the signature", "[manifest]") {
  const TempRepository repository;
  repository.write("a", "1");
  repository.write("sub/b", "2");
  repository.commit_all();
  const std::string tree = repository.run({"rev-parse", "HEAD^{tree}"});
  repository.write("model.sig", "{}");
  const CommitId commit = repository.commit_all();
  CommittedModel model(repository);
  const auto facts = model.content().binding_facts();
  REQUIRE(works(facts));
  CHECK(facts->tree.id.to_hex() == tree);
  CHECK(facts->commit == commit);
  CHECK(facts->object_format == "sha1");
  CHECK_FALSE(facts->gitattributes.has_value());
  CHECK_FALSE(facts->gitignore.has_value());
  CHECK_FALSE(facts->github.has_value());
}

TEST_CASE("a binding covers the files that OMS leaves out", "[manifest]") {
  const TempRepository repository;
  repository.write(".gitattributes", "# a\n");
  repository.write(".gitignore", "b\n");
  repository.write(".github/workflows/x.yml", "1");
  repository.commit_all();
  const auto before = CommittedModel(repository).content().binding_facts();
  REQUIRE(works(before));
  CHECK(before->gitattributes == sha256(as_bytes("# a\n")));
  CHECK(before->gitignore == sha256(as_bytes("b\n")));
  REQUIRE(before->github.has_value());
  repository.write(".github/workflows/x.yml", "2");
  repository.commit_all();
  const auto after = CommittedModel(repository).content().binding_facts();
  REQUIRE(works(after));
  CHECK(after->github != before->github);
  CHECK(after->gitattributes == before->gitattributes);
}

TEST_CASE("an executable bit changes the tree of a binding", "[manifest]") {
  const TempRepository repository;
  repository.write("a", "1");
  repository.commit_all();
  const auto before = CommittedModel(repository).content().binding_facts();
  repository.run({"update-index", "--chmod=+x", "a"});
  repository.run({"commit", "--quiet", "-m", "m"});
  const auto after = CommittedModel(repository).content().binding_facts();
  REQUIRE(works(before));
  REQUIRE(works(after));
  CHECK(before->tree != after->tree);
}

TEST_CASE("a git-lfs configuration that leaves pointers behind is unsafe",
          "[manifest]") {
  for (const char* line :
       {"fetchexclude = *", "FetchInclude = x", "skipdownloaderrors = true"}) {
    CAPTURE(line);
    const TempRepository repository;
    repository.write(".lfsconfig", std::string("[lfs]\n\t") + line + "\n");
    CHECK(is_unsafe(repository, "would leave pointers"));
  }
  const TempRepository harmless;
  harmless.write(".lfsconfig", "[lfs]\n\turl = https://example.org/lfs\n");
  CHECK(works(manifest_of(harmless)));
}

TEST_CASE("a git-lfs configuration that git cannot read is unsafe",
          "[manifest]") {
  const TempRepository repository;
  repository.write(".lfsconfig", "[lfs\n");
  repository.commit_all();
  const auto objects = repository.objects();
  sigstore::TreePolicy policy;
  policy.hosts = {"example.org"};
  TreeContent content(*objects, repository.git(), repository.head(), policy);
  CHECK(refuses(content.manifest({}, {}), ErrorKind::unsafe_tree,
                ".lfsconfig: git cannot read it"));
}

TEST_CASE("only one file below an excluded folder is looked at when asked",
          "[manifest]") {
  const TempRepository repository;
  repository.write(".github/a", "a");
  repository.write("b", "b");
  Selection selection;
  selection.only = std::set<std::string>{".github/a"};
  const Names expected{".github/a"};
  CHECK(names_of(manifest_of(repository, {}, selection).value()) == expected);
  sigstore::DirectoryContent folder(repository.folder().path());
  CHECK(names_of(folder.manifest({}, selection).value()) == expected);
}
