// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/local_folder.h"

#include <filesystem>

#include "tests/core/refuses.h"
#include "tests/hub-client/store/store_files.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

namespace fs = std::filesystem;

const git::CommitId kCommit = commit_of('a');
const std::string kRecords = ".cache/huggingface/";

std::unique_ptr<LocalFolder> make(const TempFolder& folder) {
  auto store = LocalFolder::make(folder.path());
  REQUIRE(works(store));
  REQUIRE(works((*store)->lock(1)));
  return std::move(*store);
}

double recorded_time(const TempFolder& folder, const std::string& path) {
  const std::string text =
      folder.read(kRecords + "download/" + path + ".metadata");
  return std::stod(text.substr(text.rfind('\n', text.size() - 2)));
}

double modified(const fs::path& path) {
  const auto time = fs::last_write_time(path);
  const auto system = std::chrono::file_clock::to_sys(time);
  return std::chrono::duration<double>(system.time_since_epoch()).count();
}

TEST_CASE("a sidecar goes with the partial that it is about", "[store]") {
  const TempFolder folder;
  const auto store = make(folder);
  const ListedFile file = lfs_file("model.bin", "weights");
  const std::string stem = kRecords + "download/0123456789abcdef.e.hfsig-";
  folder.write(stem + "00000001.incomplete", "wei");
  folder.write(stem + "00000001.json.incomplete", "{}");
  folder.write(stem + "00000002.json.incomplete", "{}");
  REQUIRE(works(put(*store, kCommit, file, "weights")));
  REQUIRE(works(store->finish("main", {kCommit, {file}})));
  CHECK(fs::exists(folder.at(stem + "00000001.incomplete")));
  CHECK(fs::exists(folder.at(stem + "00000001.json.incomplete")));
  CHECK_FALSE(fs::exists(folder.at(stem + "00000002.json.incomplete")));
}

TEST_CASE("a folder holds the files and what huggingface_hub keeps of them",
          "[store]") {
  const TempFolder folder;
  const auto store = make(folder);
  const ListedFile file = lfs_file("a/model.bin", "weights");
  const auto partial = store->partial_path(file);
  REQUIRE(works(partial));
  CHECK(partial->parent_path() == folder.at(kRecords + "download/a"));
  CHECK(partial->filename().string().find(file.etag()) != std::string::npos);
  const auto placed = put(*store, kCommit, file, "weights");
  REQUIRE(works(placed));
  CHECK(*placed == folder.at("a/model.bin"));
  CHECK(folder.read("a/model.bin") == "weights");
  CHECK(fs::is_regular_file(fs::symlink_status(*placed)));
  const std::string record =
      folder.read(kRecords + "download/a/model.bin.metadata");
  CHECK(record.starts_with(std::string(40, 'a') + "\n" + file.etag() + "\n"));
  CHECK(record.ends_with("\n"));
  // _local_folder.py: a file is unchanged if mtime - 1 <= the time recorded.
  CHECK(modified(*placed) - 1 <= recorded_time(folder, "a/model.bin"));
  REQUIRE(works(store->finish("main", {kCommit, {file}})));
  CHECK(fs::exists(
      folder.at(kRecords + "trees/" + std::string(40, 'a') + ".json")));
  CHECK(folder.read(kRecords + ".gitignore") == "*");
  CHECK(store->folder(kCommit) == folder.path());
}

TEST_CASE("a file that is there and was hashed gets its record", "[store]") {
  const TempFolder folder;
  const auto store = make(folder);
  const ListedFile file = plain_file("f", "x");
  CHECK_FALSE(store->find(kCommit, file));
  folder.write("f", "x");
  CHECK(store->find(kCommit, file) == folder.at("f"));
  REQUIRE(works(store->adopt(kCommit, file)));
  CHECK(folder.read(kRecords + "download/f.metadata")
            .starts_with(std::string(40, 'a') + "\n" + file.blob_id));
  fs::remove(folder.at("f"));
  CHECK(refuses(store->adopt(kCommit, file), ErrorKind::io, "is gone"));
}

TEST_CASE("nothing is written through a link in a folder", "[store]") {
  const TempFolder folder;
  const TempFolder outside;
  outside.write("victim", "theirs");
  const auto store = make(folder);
  const ListedFile file = plain_file("sub/f", "ours");

  SECTION("in the place of the file") {
    folder.link("sub/f", outside.at("victim"));
    CHECK_FALSE(store->find(kCommit, file));
    CHECK(refuses(put(*store, kCommit, file, "ours"), ErrorKind::io,
                  "is a symbolic link; remove it"));
    CHECK(fs::is_symlink(folder.at("sub/f")));
  }
  SECTION("in the place of a folder above it") {
    folder.link("sub", outside.path());
    CHECK_FALSE(store->find(kCommit, file));
    CHECK(refuses(put(*store, kCommit, file, "ours"), ErrorKind::io,
                  "symbolic link stands where a folder has to be"));
  }
  SECTION("in the place of a folder of records") {
    folder.link(kRecords + "download", outside.path());
    CHECK(refuses(store->partial_path(file), ErrorKind::io,
                  "symbolic link stands where a folder has to be"));
  }
  SECTION("in the place of a record") {
    folder.link(kRecords + "download/sub/f.metadata", outside.at("victim"));
    CHECK(works(put(*store, kCommit, file, "ours")));
    CHECK_FALSE(
        fs::is_symlink(folder.at(kRecords + "download/sub/f.metadata")));
  }
  CHECK(outside.read("victim") == "theirs");
  CHECK(std::distance(fs::directory_iterator(outside.path()), {}) == 1);
}

TEST_CASE("records cannot be moved elsewhere by a link", "[store]") {
  const TempFolder folder;
  const TempFolder outside;
  folder.link(".cache", outside.path());
  CHECK(refuses(LocalFolder::make(folder.path()), ErrorKind::io,
                "symbolic link stands where a folder has to be"));
  CHECK(fs::is_empty(outside.path()));
}

TEST_CASE("names that mean something else are refused in a folder", "[store]") {
  const TempFolder folder;
  const auto store = make(folder);
  for (const char* path :
       {"", "/etc/passwd", "../x", "a/../../x", "a\\b", "C:x", "a:b",
        ".git/config", "a/.GIT/hooks/x", "x/.gitmodules ", "GIT~1/config",
        ".cache/huggingface/download/x.metadata",
        ".CACHE/HuggingFace/.gitignore", "a\nb"}) {
    CAPTURE(path);
    const ListedFile file = plain_file(path, "x");
    CHECK_FALSE(store->find(kCommit, file));
    const auto partial = store->partial_path(file);
    REQUIRE_FALSE(partial.ok());
    CHECK(partial.error().kind == ErrorKind::unsafe_tree);
    CHECK_FALSE(store->adopt(kCommit, file).ok());
  }
  CHECK(works(store->partial_path(plain_file(".cache/other/x", "x"))));
  CHECK(works(store->partial_path(plain_file(".gitattributes", "x"))));
}

TEST_CASE("two names that some file system takes for one are refused",
          "[store]") {
  const TempFolder folder;
  const auto store = make(folder);
  REQUIRE(works(store->partial_path(plain_file("a/README.md", "x"))));
  CHECK(works(store->partial_path(plain_file("a/README.md", "x"))));
  CHECK(refuses(store->partial_path(plain_file("a/readme.md", "y")),
                ErrorKind::unsafe_tree, "one name on some file systems"));
  CHECK(refuses(store->partial_path(plain_file("A/other", "y")),
                ErrorKind::unsafe_tree, "A and a are one name"));
}

TEST_CASE("a download into a folder goes on where it was left", "[store]") {
  const TempFolder folder;
  const ListedFile file = lfs_file("sub/f", "content");
  const ListedFile twin = lfs_file("sub/g", "content");
  fs::path left;
  {
    const auto store = make(folder);
    left = store->partial_path(file).value();
  }
  folder.write(fs::relative(left, folder.path()).string(), "cont");
  const auto store = make(folder);
  CHECK(store->partial_path(twin).value() != left);
  CHECK(store->partial_path(file).value() == left);
}

TEST_CASE("a folder knows commits alone without the Hub", "[store]") {
  const TempFolder folder;
  const ListedFile file = plain_file("f", "x");
  const auto store = make(folder);
  REQUIRE(works(put(*store, kCommit, file, "x")));
  REQUIRE(works(store->finish("main", {kCommit, {file}})));
  CHECK(works(find_offline(*store, std::string(40, 'a'))));
  CHECK(refuses(find_offline(*store, "main"), ErrorKind::not_found,
                "is known in the cache alone"));
  CHECK(refuses(LocalFolder::open(folder.at("none")), ErrorKind::not_found,
                "none"));
}

}  // namespace
}  // namespace sigstore::hub
