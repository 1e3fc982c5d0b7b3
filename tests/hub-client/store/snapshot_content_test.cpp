// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/snapshot_content.h"

#include <filesystem>

#include "hub-client/store/present_files.h"
#include "tests/core/refuses.h"
#include "tests/hub-client/store/store_files.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

const git::CommitId kCommit = commit_of('a');
const std::string kRepo = "models--org--m/";
const std::string kSnapshot = kRepo + "snapshots/" + std::string(40, 'a') + "/";

std::unique_ptr<HubCache> open(const TempFolder& folder) {
  auto cache = HubCache::open({folder.path()}, {RepoType::model, "org/m"});
  REQUIRE(works(cache));
  return std::move(*cache);
}

TEST_CASE("links to blobs are the files themselves", "[store]") {
  const TempFolder folder;
  folder.write(kRepo + "blobs/one", "1");
  folder.write(kSnapshot + "plain", "2");
  folder.link(kSnapshot + "a/one", "../../../blobs/one");
  folder.link(kSnapshot + "absolute", folder.at(kRepo + "blobs/one"));
  const auto cache = open(folder);
  SnapshotContent content(*cache, kCommit);
  const auto manifest = content.manifest({}, {});
  REQUIRE(works(manifest));
  REQUIRE(manifest->resources.size() == 3);
  CHECK(manifest->resources[0].name == "a/one");
  CHECK(manifest->resources[0].digest == ContentDigest(sha256(as_bytes("1"))));
  CHECK(manifest->resources[2].name == "plain");
  CHECK_FALSE(manifest->parameters.allow_symlinks);
  CHECK(content.notes().empty());
  const auto linked = find_in_snapshot(*cache, kCommit, "a/one");
  REQUIRE(works(linked));
  REQUIRE(*linked);
  CHECK((*linked)->path == "blobs/one");
  CHECK((*linked)->etag == "one");
  CHECK(find_in_snapshot(*cache, kCommit, "plain").value()->etag.empty());
  CHECK_FALSE(find_in_snapshot(*cache, kCommit, "none").value());
}

// huggingface_hub 2.x, utils/_shared_blobs.py.
TEST_CASE("a blob may be shared with other repositories of the cache",
          "[store]") {
  const TempFolder folder;
  const std::string hash(64, 'e');
  const ListedFile file = lfs_file("w", "weights");
  folder.write("blobs/ee/" + hash, "weights");
  folder.link(kRepo + "blobs/" + file.etag(), "../../blobs/ee/" + hash);
  folder.link(kSnapshot + "w", "../../blobs/" + file.etag());
  const auto cache = open(folder);
  SnapshotContent content(*cache, kCommit);
  const auto manifest = content.manifest({}, {});
  REQUIRE(works(manifest));
  CHECK(manifest->resources.at(0).digest == ContentDigest(*file.sha256));
  CHECK(find_in_snapshot(*cache, kCommit, "w").value()->etag == file.etag());
  const auto present = find_present(*cache, kCommit, std::vector{file});
  REQUIRE(works(present));
  CHECK(present->at(0).state == PresentFile::State::intact);
  auto writer = HubCache::make({folder.path()}, {RepoType::model, "org/m"});
  REQUIRE(works((*writer)->adopt(commit_of('b'), file)));
  CHECK(std::filesystem::read_symlink(
            folder.at(kRepo + "snapshots/" + std::string(40, 'b') + "/w")) ==
        "../../blobs/" + file.etag());
}

TEST_CASE("a link that leads elsewhere is refused", "[store]") {
  const TempFolder folder;
  const TempFolder outside;
  outside.write("secret", "x");
  folder.write(kRepo + "blobs/one", "1");
  folder.write(kRepo + "blobs/d/below", "1");
  folder.write(kRepo + "trees/one", "1");
  folder.link(kRepo + "blobs/out", outside.at("secret"));
  const std::string target =
      GENERATE("/etc/hostname", "../../blobs/out", "../../trees/one",
               "../../blobs", "../../blobs/d", "../../blobs/d/below", "");
  CAPTURE(target);
  folder.link(kSnapshot + "link",
              target.empty() ? outside.at("secret").string() : target);
  const auto cache = open(folder);
  SnapshotContent content(*cache, kCommit);
  const auto manifest = content.manifest({}, {});
  REQUIRE_FALSE(manifest.ok());
  CHECK(manifest.error().kind == ErrorKind::unsafe_tree);
  CHECK_FALSE(find_in_snapshot(*cache, kCommit, "link").ok());
  // What is left out is not looked at.
  Selection selection;
  REQUIRE(works(selection.exclusions.add("link")));
  CHECK(works(content.manifest({}, selection)));
}

TEST_CASE("a link whose blob is gone is no verdict", "[store]") {
  const TempFolder folder;
  folder.make_folder(kRepo + "blobs");
  folder.link(kSnapshot + "link", "../../blobs/gone");
  const auto cache = open(folder);
  SnapshotContent content(*cache, kCommit);
  CHECK(
      refuses(content.manifest({}, {}), ErrorKind::incomplete, "is not there"));
}

}  // namespace
}  // namespace sigstore::hub
