// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/cache_scan.h"

#include "tests/core/refuses.h"
#include "tests/hub-client/store/store_files.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

TEST_CASE("a folder of the cache says whose it is", "[store]") {
  for (const RepoName& repo :
       {RepoName{RepoType::model, "org/m"}, RepoName{RepoType::model, "gpt2"},
        RepoName{RepoType::dataset, "my-org/d.v1"},
        RepoName{RepoType::space, "o/s_s"}}) {
    CAPTURE(repo.folder());
    CHECK(parse_repo_folder(repo.folder()) == repo);
  }
  for (const char* name :
       {"", "models", "models--", "model--org--m", "kernels--org--m",
        "models--a--b--c", "models--..--x", "--org--m", ".locks"}) {
    CAPTURE(name);
    CHECK_FALSE(parse_repo_folder(name));
  }
}

TEST_CASE("what the cache holds is listed, and nothing else", "[store]") {
  const TempFolder folder;
  const std::string a(40, 'a');
  const std::string b(40, 'b');
  folder.make_folder("models--org--m/snapshots/" + b);
  folder.make_folder("models--org--m/snapshots/" + a);
  folder.make_folder("models--org--m/snapshots/tmp");
  folder.make_folder("datasets--org--d");
  folder.make_folder(".locks/models--org--m");
  folder.write("models--org--file", "");
  folder.make_folder("elsewhere/snapshots/" + a);
  folder.link("models--org--linked", folder.at("elsewhere"));
  const auto repos = scan_cache(folder.path());
  REQUIRE(works(repos));
  REQUIRE(repos->size() == 3);
  CHECK(repos->at(0).repo.path() == "datasets/org/d");
  CHECK(repos->at(0).snapshots.empty());
  CHECK(repos->at(1).repo.path() == "org/linked");
  CHECK(repos->at(2).repo.path() == "org/m");
  CHECK(repos->at(2).snapshots == std::vector{commit_of('a'), commit_of('b')});
}

TEST_CASE("where there is no cache there is nothing in it", "[store]") {
  const TempFolder folder;
  const auto none = scan_cache(folder.at("none"));
  REQUIRE(works(none));
  CHECK(none->empty());
  folder.write("file", "");
  CHECK(refuses(scan_cache(folder.at("file")), ErrorKind::io, "file"));
}

}  // namespace
}  // namespace sigstore::hub
