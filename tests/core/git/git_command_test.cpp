// SPDX-License-Identifier: Apache-2.0
#include "core/git/git_command.h"

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::git::CommitId;
using sigstore::git::Git;
using sigstore::git::ObjectId;

namespace {

// A variable of this process's own environment, as a hook finds it.
class InheritedVariable {
 public:
  InheritedVariable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~InheritedVariable() { unsetenv(name_); }
  InheritedVariable(const InheritedVariable&) = delete;
  InheritedVariable& operator=(const InheritedVariable&) = delete;

 private:
  const char* name_;
};

}  // namespace

TEST_CASE("a commit is found by branch, short name and HEAD", "[git]") {
  const TempRepository repository;
  const CommitId commit = repository.commit_all();
  for (const std::string& name : {std::string("HEAD"), std::string("main"),
                                  std::string("refs/heads/main"),
                                  commit.id.to_hex(), commit.id.to_short()}) {
    CAPTURE(name);
    CHECK(repository.git().resolve_commit(name).value() == commit);
  }
}

TEST_CASE("a tag is resolved to its commit", "[git]") {
  const TempRepository repository;
  const CommitId commit = repository.commit_all();
  repository.run({"tag", "-a", "-m", "t", "v1"});
  CHECK(repository.git().resolve_commit("v1").value() == commit);
}

TEST_CASE("a name without a commit is not_found", "[git]") {
  const TempRepository repository;
  repository.write("f", "x");
  repository.commit_all();
  const std::string blob = repository.run({"rev-parse", "HEAD:f"});
  for (const std::string& name :
       {std::string("absent"), std::string(), blob, std::string(40, '7'),
        std::string("--all"), std::string("-q"), std::string("HEAD HEAD"),
        std::string("HEAD..HEAD")}) {
    CAPTURE(name);
    CHECK(refuses(repository.git().resolve_commit(name), ErrorKind::not_found,
                  "no commit '" + name + "'"));
  }
}

TEST_CASE("an ancestor is one, a descendant is none", "[git]") {
  const TempRepository repository;
  const CommitId first = repository.commit_all("first");
  const CommitId second = repository.commit_all("second");
  CHECK(repository.git().is_ancestor(first, second).value() == true);
  CHECK(repository.git().is_ancestor(second, first).value() == false);
  CHECK(repository.git().is_ancestor(first, first).value() == true);
}

TEST_CASE("a commit on another line of history is no ancestor", "[git]") {
  const TempRepository repository;
  const CommitId base = repository.commit_all("base");
  const CommitId left = repository.commit_all("left");
  repository.run({"checkout", "--quiet", "-b", "side", base.id.to_hex()});
  const CommitId right = repository.commit_all("right");
  CHECK(repository.git().is_ancestor(left, right).value() == false);
}

TEST_CASE("nobody is no ancestor where a commit between is missing", "[git]") {
  const TempRepository repository;
  const CommitId first = repository.commit_all("first");
  const CommitId between = repository.commit_all("between");
  const CommitId last = repository.commit_all("last");
  const std::string name = between.id.to_hex();
  REQUIRE(std::filesystem::remove(repository.folder().at(
      ".git/objects/" + name.substr(0, 2) + "/" + name.substr(2))));
  const auto descends = repository.git().is_ancestor(first, last);
  REQUIRE(works(descends));
  CHECK_FALSE(descends->has_value());
}

TEST_CASE("ancestry beyond a shallow history is unknown", "[git]") {
  const TempRepository source;
  const CommitId first = source.commit_all("first");
  const CommitId second = source.commit_all("second");
  const TempRepository shallow(source, 1);
  const auto absent = shallow.git().is_ancestor(first, second);
  REQUIRE(works(absent));
  CHECK_FALSE(absent->has_value());
}

TEST_CASE("ancestry that a shallow history does not show is unknown", "[git]") {
  const TempRepository source;
  source.commit_all("first");
  const CommitId second = source.commit_all("second");
  const TempRepository shallow(source, 1);
  shallow.run({"checkout", "--quiet", "--orphan", "other"});
  const CommitId other = shallow.commit_all("other");
  const auto unrelated = shallow.git().is_ancestor(other, second);
  REQUIRE(works(unrelated));
  CHECK_FALSE(unrelated->has_value());
  // What is here is known all the same.
  CHECK(shallow.git().is_ancestor(second, second).value() == true);
}

TEST_CASE("the current branch has its full name", "[git]") {
  const TempRepository repository;
  CHECK(repository.git().head_branch().value() == "refs/heads/main");
  repository.commit_all();
  repository.run({"checkout", "--quiet", "--detach"});
  CHECK_FALSE(repository.git().head_branch().value().has_value());
}

TEST_CASE("the objects folder is absolute", "[git]") {
  const TempRepository repository;
  CHECK(repository.git().objects_folder().value() ==
        repository.folder().at(".git/objects").string());
}

TEST_CASE("the objects folder of a linked work tree is the shared one",
          "[git]") {
  const TempRepository repository;
  repository.commit_all();
  repository.run({"worktree", "add", "--quiet", "-b", "side", "linked"});
  CHECK(repository.git_in(repository.folder().at("linked"))
            .objects_folder()
            .value() == repository.folder().at(".git/objects").string());
}

TEST_CASE("the object store says how its objects are named", "[git]") {
  const TempRepository repository;
  const auto sha1 = repository.git().object_store();
  REQUIRE(works(sha1));
  CHECK(sha1->format == sigstore::git::ObjectFormat::sha1);
  CHECK(sha1->folder == repository.folder().at(".git/objects").string());
  repository.run({"init", "--quiet", "--object-format=sha256", "other"});
  CHECK(repository.git_in(repository.folder().at("other"))
            .object_store()
            .value()
            .format == sigstore::git::ObjectFormat::sha256);
}

TEST_CASE("a quarantine stands in front of a store with an odd path", "[git]") {
  const TempRepository repository;
  repository.run({"init", "--quiet", "odd: \"path\\"});
  const Git odd = repository.git_in(repository.folder().at("odd: \"path\\"));
  const std::string store = odd.objects_folder().value();
  const std::string id =
      odd.read({"hash-object", "-w", "--stdin"}, {.input = as_bytes("x")})
          .value();
  std::filesystem::create_directory(repository.folder().at("quarantine"));
  CHECK(works(
      odd.in_quarantine(repository.folder().at("quarantine").string(), {store})
          .read({"cat-file", "-e", id})));
}

TEST_CASE("an exit code is an answer of run and an error of read", "[git]") {
  const TempRepository repository;
  CHECK(repository.git().run({"config", "no.such"}).value().status == 1);
  CHECK(refuses(repository.git().read({"cat-file", "blob", "absent"}),
                ErrorKind::io, "git cat-file: fatal: "));
}

TEST_CASE("input reaches git, the final newline is dropped", "[git]") {
  const TempRepository repository;
  CHECK(repository.git()
            .read({"hash-object", "--stdin"}, {.input = sigstore::as_bytes("")})
            .value() == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

TEST_CASE("hooks of the repository do not run", "[git]") {
  const TempRepository repository;
  const auto hook = repository.folder().write(
      ".git/hooks/reference-transaction", "#!/bin/sh\nexit 1\n");
  std::filesystem::permissions(hook, std::filesystem::perms::owner_all);
  CHECK(works(repository.git().read(
      {"commit", "--quiet", "--allow-empty", "-m", "m"})));
}

TEST_CASE("a copy in another directory forgets the repository it had",
          "[git]") {
  const TempRepository named;
  const TempRepository other;
  const InheritedVariable variable("GIT_DIR",
                                   named.folder().at(".git").string());
  const Git git = Git().in_directory(other.folder().path().string());
  CHECK(git.objects_folder().value() ==
        other.folder().at(".git/objects").string());
  CHECK(Git().objects_folder().value() ==
        named.folder().at(".git/objects").string());
}

TEST_CASE("outside of a repository git's own words are the error", "[git]") {
  const TempFolder folder;
  const auto git = sigstore::git::Git()
                       .in_directory(folder.path().string())
                       .with("GIT_CEILING_DIRECTORIES",
                             folder.path().parent_path().string());
  CHECK(refuses(git.objects_folder(), ErrorKind::io, "not a git repository"));
}
