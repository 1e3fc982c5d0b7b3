// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/repo_name.h"

#include <array>
#include <string>

#include "tests/support/catch.h"

namespace sigstore::hub {
namespace {

TEST_CASE("repositories are named as people type them", "[hub]") {
  struct Row {
    const char* text;
    const char* api_path;
    const char* revision;
    const char* path;
  };
  const std::array rows{
      Row{"org/model", "api/models/org/model", "", ""},
      Row{"gpt2", "api/models/gpt2", "", ""},
      Row{"models/org/model", "api/models/org/model", "", ""},
      Row{"datasets/org/data@v1.0", "api/datasets/org/data", "v1.0", ""},
      Row{"org/model@refs/pr/3", "api/models/org/model", "refs/pr/3", ""},
      Row{"hf://spaces/org/app", "api/spaces/org/app", "", ""},
      Row{"hf://org/model@main/a/b.bin", "api/models/org/model", "main",
          "a/b.bin"},
      Row{"hf://org/model@refs/pr/3/a/b", "api/models/org/model", "refs/pr/3",
          "a/b"},
      Row{"hf://org/model/a/b", "api/models/org/model", "", "a/b"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const Result<Target> target = parse_target(row.text);
    REQUIRE(target.ok());
    CHECK(target->repo.api_path() == row.api_path);
    CHECK(target->revision == row.revision);
    CHECK(target->path == row.path);
  }
}

TEST_CASE("a repository has its place in URLs and in the cache", "[hub]") {
  const Result<RepoName> model = RepoName::make(RepoType::model, "org/m");
  REQUIRE(model.ok());
  CHECK(model->path() == "org/m");
  CHECK(model->folder() == "models--org--m");
  const Result<RepoName> data = RepoName::make(RepoType::dataset, "org/d");
  REQUIRE(data.ok());
  CHECK(data->path() == "datasets/org/d");
  CHECK(data->folder() == "datasets--org--d");
}

TEST_CASE("what is no repository is refused", "[hub]") {
  for (const char* text :
       {"", "/", "org/", "/model", "a/b/c", "org/mo--del", "org/mo..del",
        "-org/model", "org/model-", ".org/m", "org/m.", "org/model.git",
        "org/mo del", "org/\x01", "org/model@", "hf://", "hf://org/model@",
        "datasets/", "https://huggingface.co/org/model"}) {
    CAPTURE(text);
    const Result<Target> target = parse_target(text);
    REQUIRE_FALSE(target.ok());
    CHECK(target.error().kind == ErrorKind::invalid_input);
  }
  CHECK_FALSE(
      RepoName::make(RepoType::model, "o/" + std::string(97, 'a')).ok());
  CHECK(RepoName::make(RepoType::model, "o/" + std::string(96, 'a')).ok());
}

TEST_CASE("a type that contradicts the name is refused", "[hub]") {
  const Result<Target> plain = parse_target("org/data", RepoType::dataset);
  REQUIRE(plain.ok());
  CHECK(plain->repo.type == RepoType::dataset);
  CHECK(parse_target("datasets/org/data", RepoType::dataset).ok());
  CHECK_FALSE(parse_target("datasets/org/data", RepoType::model).ok());
  CHECK_FALSE(parse_type("kernel").ok());
}

}  // namespace
}  // namespace sigstore::hub
