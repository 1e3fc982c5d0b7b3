// SPDX-License-Identifier: Apache-2.0
#include "core/git/commit_file.h"

#include <string>

#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::git::advance_branch;
using sigstore::git::commit_file;
using sigstore::git::CommitId;
using sigstore::git::ObjectId;

namespace {

CommitId add_signature(const TempRepository& repository, const CommitId& parent,
                       std::string_view content = "signature") {
  const auto objects = repository.objects();
  const auto commit =
      commit_file(repository.git(), *objects, parent,
                  {"model.sig", as_bytes(content), "Sign the model\n"});
  REQUIRE(works(commit));
  return *commit;
}

TempRepository& with_model(TempRepository& repository) {
  repository.write("a.txt", "a");
  repository.write("sub/b.txt", "b");
  repository.commit_all("model");
  return repository;
}

}  // namespace

TEST_CASE("a commit adds one file and keeps the others", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  const std::string name = after.id.to_hex();
  CHECK(repository.run({"ls-tree", "-r", "--name-only", name}) ==
        "a.txt\nmodel.sig\nsub/b.txt");
  CHECK(repository.run({"show", name + ":model.sig"}) == "signature");
  CHECK(repository.run({"rev-parse", name + "^"}) == before.id.to_hex());
  CHECK(repository.run({"log", "-1", "--format=%s|%an|%ae", name}) ==
        "Sign the model|A|a@example.org");
  CHECK(repository.run({"fsck", "--strict", "--no-dangling"}).empty());
}

TEST_CASE("a commit replaces a file of the same name", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId first = add_signature(repository, repository.head(), "old");
  const CommitId second = add_signature(repository, first, "new");
  CHECK(repository.run({"show", second.id.to_hex() + ":model.sig"}) == "new");
  CHECK(repository.run({"ls-tree", second.id.to_hex(), "model.sig"})
            .starts_with("100644 blob "));
}

TEST_CASE("a new commit is in no branch, index or work tree", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  add_signature(repository, before);
  CHECK(repository.head() == before);
  CHECK(repository.run({"status", "--porcelain"}).empty());
  CHECK_FALSE(std::filesystem::exists(repository.folder().at("model.sig")));
}

TEST_CASE("a commit keeps the executable bit and odd modes of others",
          "[git]") {
  TempRepository repository;
  repository.write("run.sh", "#!/bin/sh\n");
  repository.run({"add", "run.sh"});
  repository.run({"update-index", "--chmod=+x", "run.sh"});
  repository.run({"commit", "--quiet", "-m", "m"});
  const CommitId after = add_signature(repository, repository.head());
  CHECK(repository.run({"ls-tree", after.id.to_hex(), "run.sh"})
            .starts_with("100755 blob "));
}

TEST_CASE("a commit on a parent that is not here is incomplete", "[git]") {
  const TempRepository repository;
  const auto objects = repository.objects();
  const CommitId absent{*ObjectId::parse_hex(std::string(40, '7'))};
  CHECK(refuses(commit_file(repository.git(), *objects, absent,
                            {"model.sig", as_bytes("x"), "m"}),
                ErrorKind::incomplete, "is not in this repository"));
}

TEST_CASE("a commit without an identity fails in git's words", "[git]") {
  TempRepository repository;
  with_model(repository);
  const auto objects = repository.objects();
  const auto git = repository.git()
                       .with("GIT_AUTHOR_NAME", "")
                       .with("GIT_COMMITTER_NAME", "");
  CHECK(refuses(commit_file(git, *objects, repository.head(),
                            {"model.sig", as_bytes("x"), "m"}),
                ErrorKind::io, "git commit-tree: fatal: "));
}

TEST_CASE("the current branch takes index and work tree along", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  REQUIRE(works(
      advance_branch(repository.git(), "refs/heads/main", before, after)));
  CHECK(repository.head() == after);
  CHECK(repository.run({"status", "--porcelain"}).empty());
  CHECK(repository.folder().read("model.sig") == "signature");
}

TEST_CASE("what the user has changed stays changed", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  repository.write("a.txt", "staged");
  repository.run({"add", "a.txt"});
  repository.write("sub/b.txt", "unstaged");
  REQUIRE(works(
      advance_branch(repository.git(), "refs/heads/main", before, after)));
  CHECK(repository.run({"diff", "--cached", "--name-only"}) == "a.txt");
  CHECK(repository.run({"diff", "--name-only"}) == "sub/b.txt");
}

TEST_CASE("another branch moves without index and work tree", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  repository.run({"branch", "side"});
  const CommitId after = add_signature(repository, before);
  REQUIRE(works(
      advance_branch(repository.git(), "refs/heads/side", before, after)));
  CHECK(repository.head() == before);
  CHECK(repository.run({"rev-parse", "side"}) == after.id.to_hex());
  CHECK(repository.run({"status", "--porcelain"}).empty());
  CHECK_FALSE(std::filesystem::exists(repository.folder().at("model.sig")));
}

TEST_CASE("a branch that has moved meanwhile is left alone", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  const CommitId moved = repository.commit_all("meanwhile");
  CHECK(refuses(
      advance_branch(repository.git(), "refs/heads/main", before, after),
      ErrorKind::io, "refs/heads/main has moved to"));
  CHECK(repository.head() == moved);
  CHECK(repository.run({"status", "--porcelain"}).empty());
  CHECK_FALSE(std::filesystem::exists(repository.folder().at("model.sig")));
}

TEST_CASE("a branch that is gone is not made again", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  CHECK(refuses(
      advance_branch(repository.git(), "refs/heads/gone", before, after),
      ErrorKind::not_found, "no commit 'refs/heads/gone'"));
  CHECK_FALSE(repository.git().resolve_commit("refs/heads/gone").ok());
}

TEST_CASE("a branch stays when its file cannot be checked out", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  repository.write(".git/index.lock", "");
  CHECK(refuses(
      advance_branch(repository.git(), "refs/heads/main", before, after),
      ErrorKind::io, "git merge: error: Unable to create"));
  std::filesystem::remove(repository.folder().at(".git/index.lock"));
  CHECK(repository.head() == before);
  CHECK(repository.run({"status", "--porcelain"}).empty());
}

TEST_CASE("the current branch moves from any folder of the work tree",
          "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  const auto git = repository.git_in(repository.folder().at("sub"));
  REQUIRE(works(advance_branch(git, "refs/heads/main", before, after)));
  CHECK(repository.head() == after);
  CHECK(repository.run({"status", "--porcelain"}).empty());
}

TEST_CASE("a bare repository's current branch moves", "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  repository.run({"clone", "--quiet", "--bare", ".", "bare.git"});
  const auto git = repository.git_in(repository.folder().at("bare.git"));
  repository.run({"push", "--quiet", "bare.git",
                  after.id.to_hex() + ":refs/heads/signed"});
  REQUIRE(works(advance_branch(git, "refs/heads/main", before, after)));
  CHECK(git.resolve_commit("main").value() == after);
}

TEST_CASE("what the user's configuration says of merges is not heard",
          "[git]") {
  TempRepository repository;
  with_model(repository);
  const CommitId before = repository.head();
  const CommitId after = add_signature(repository, before);
  repository.run({"config", "branch.main.mergeoptions", "--squash"});
  repository.run({"config", "merge.ff", "false"});
  repository.run({"config", "merge.autostash", "true"});
  repository.run({"config", "merge.verifySignatures", "true"});
  REQUIRE(works(
      advance_branch(repository.git(), "refs/heads/main", before, after)));
  CHECK(repository.head() == after);
  CHECK(repository.run({"status", "--porcelain"}).empty());
  CHECK(repository.run({"log", "-g", "-1", "--format=%gs"}) ==
        "push: signed: Fast-forward");
}
