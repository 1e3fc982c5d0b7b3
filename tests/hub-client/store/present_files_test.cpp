// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/present_files.h"

#include "hub-client/store/hub_cache.h"
#include "hub-client/store/local_folder.h"
#include "tests/core/refuses.h"
#include "tests/hub-client/store/store_files.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

using State = PresentFile::State;
const git::CommitId kCommit = commit_of('a');

TEST_CASE("a blob's name is no evidence of its content", "[store]") {
  const TempFolder folder;
  auto cache = HubCache::make({folder.path()}, {RepoType::model, "org/m"});
  REQUIRE(works(cache));
  const std::string blobs = "models--org--m/blobs/";
  const std::vector<ListedFile> files{
      plain_file("intact.json", "{}"),    plain_file("changed.json", "{1}"),
      lfs_file("intact.bin", "weights"),  lfs_file("changed.bin", "weight2"),
      lfs_file("missing.bin", "weight3"), lfs_file("short.bin", "weight4"),
      lfs_file("twin.bin", "weights"),    plain_file("empty", "")};
  folder.write(blobs + files[0].etag(), "{}");
  folder.write(blobs + files[1].etag(), "{2}");
  folder.write(blobs + files[2].etag(), "weights");
  folder.write(blobs + files[3].etag(), "weighty");
  folder.write(blobs + files[5].etag(), "weight");
  folder.write(blobs + files[7].etag(), "");
  const auto found = find_present(**cache, kCommit, files);
  REQUIRE(works(found));
  std::vector<State> states;
  for (const PresentFile& file : *found) states.push_back(file.state);
  CHECK(states == std::vector<State>{State::intact, State::differs,
                                     State::intact, State::differs,
                                     State::missing, State::differs,
                                     State::intact, State::intact});
  CHECK((*found)[0].sha256 == sha256(as_bytes("{}")));
  CHECK((*found)[2].sha256 == *files[2].sha256);
}

TEST_CASE("a record beside a file is no evidence of its content", "[store]") {
  const TempFolder folder;
  auto store = LocalFolder::make(folder.path());
  REQUIRE(works(store));
  const ListedFile file = lfs_file("d/f", "content");
  REQUIRE(works(put(**store, kCommit, file, "content")));
  auto found = find_present(**store, kCommit, std::vector{file});
  REQUIRE(works(found));
  CHECK(found->at(0).state == State::intact);
  folder.write("d/f", "CONTENT");
  found = find_present(**store, kCommit, std::vector{file});
  REQUIRE(works(found));
  CHECK(found->at(0).state == State::differs);
}

}  // namespace
}  // namespace sigstore::hub
