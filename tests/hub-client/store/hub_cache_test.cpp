// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/hub_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "hub-client/store/partial_name.h"
#include "tests/core/refuses.h"
#include "tests/hub-client/store/store_files.h"
#include "tests/support/temp_folder.h"

namespace sigstore::hub {
namespace {

namespace fs = std::filesystem;

const RepoName kRepo{RepoType::model, "org/m"};
const std::string kFolder = "models--org--m/";
const git::CommitId kCommit = commit_of('a');
const std::string kSnapshot =
    kFolder + "snapshots/" + std::string(40, 'a') + "/";

std::unique_ptr<HubCache> make(const TempFolder& folder,
                               bool no_symlinks = false) {
  auto cache = HubCache::make({folder.path(), no_symlinks}, kRepo);
  REQUIRE(works(cache));
  REQUIRE(works((*cache)->lock(1)));
  return std::move(*cache);
}

std::vector<std::string> names(const fs::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder))
    found.push_back(entry.path().filename());
  std::sort(found.begin(), found.end());
  return found;
}

void set_age(const fs::path& path, int days) {
  fs::last_write_time(
      path, fs::last_write_time(path) - std::chrono::hours(24 * days));
}

TEST_CASE("the cache is laid out as huggingface_hub has it", "[store]") {
  const TempFolder folder;
  const auto cache = make(folder);
  const ListedFile config = plain_file("config.json", "{}\n");
  const ListedFile weights = lfs_file("a/b/model.safetensors", "weights");
  REQUIRE(works(put(*cache, kCommit, config, "{}\n")));
  const auto placed = put(*cache, kCommit, weights, "weights");
  REQUIRE(works(placed));
  CHECK(*placed == folder.at(kSnapshot + "a/b/model.safetensors"));
  CHECK(fs::read_symlink(folder.at(kSnapshot + "config.json")) ==
        "../../blobs/" + config.blob_id);
  CHECK(fs::read_symlink(*placed) ==
        "../../../../blobs/" + weights.sha256->to_hex());
  CHECK(folder.read(kSnapshot + "a/b/model.safetensors") == "weights");
  CHECK_FALSE(fs::exists(folder.at(kFolder + "refs")));

  REQUIRE(works(cache->finish("refs/pr/1", {kCommit, {weights, config}})));
  CHECK(folder.read(kFolder + "refs/refs/pr/1") == std::string(40, 'a'));
  CHECK(fs::exists(
      folder.at(kFolder + "trees/" + std::string(40, 'a') + ".json")));
  CHECK(folder.read("CACHEDIR.TAG")
            .starts_with("Signature: 8a477f597d28d172789f06886806bc55\n"));
  CHECK(names(folder.at(kFolder + "blobs")).size() == 2);
  CHECK(names(folder.path()) ==
        std::vector<std::string>{".locks", "CACHEDIR.TAG", "models--org--m"});
  CHECK(cache->folder(kCommit) ==
        folder.at(kFolder + "snapshots/" + std::string(40, 'a')));
}

TEST_CASE("a blob has the mode that new files have", "[store]") {
  const TempFolder folder;
  const mode_t old = umask(027);
  const auto cache = make(folder);
  const auto placed = put(*cache, kCommit, plain_file("f", "x"), "x");
  umask(old);
  REQUIRE(works(placed));
  struct stat status {};
  REQUIRE(stat(placed->c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);
}

TEST_CASE("a ref is written last, only for a name, only if it changes",
          "[store]") {
  const TempFolder folder;
  const auto cache = make(folder);
  REQUIRE(works(cache->finish(std::string(40, 'a'), {kCommit, {}})));
  CHECK_FALSE(fs::exists(folder.at(kFolder + "refs")));
  REQUIRE(works(cache->finish("main", {kCommit, {}})));
  const fs::path ref = folder.at(kFolder + "refs/main");
  set_age(ref, 3);
  const auto written = fs::last_write_time(ref);
  REQUIRE(works(cache->finish("main", {kCommit, {}})));
  CHECK(fs::last_write_time(ref) == written);
  REQUIRE(works(cache->finish("main", {commit_of('b'), {}})));
  CHECK(folder.read(kFolder + "refs/main") == std::string(40, 'b'));
  CHECK(names(folder.at(kFolder + "refs")) == std::vector<std::string>{"main"});
}

TEST_CASE("what cannot be a revision or a blob is refused", "[store]") {
  const TempFolder folder;
  const auto cache = make(folder);
  for (const char* revision : {"", "../main", "a/../../b", "/etc/x", "a//b"}) {
    CAPTURE(revision);
    CHECK(refuses(cache->finish(revision, {kCommit, {}}),
                  ErrorKind::unsafe_tree, "revision"));
    CHECK(
        refuses(cache->read_ref(revision), ErrorKind::unsafe_tree, "revision"));
  }
  for (const char* path : {"", "../x", "a/../../b", "/etc/x", "a\\b", "."}) {
    CAPTURE(path);
    CHECK(refuses(cache->partial_path(plain_file(path, "x")),
                  ErrorKind::unsafe_tree, "name of a file"));
    CHECK_FALSE(cache->find(kCommit, plain_file(path, "x")));
  }
  for (const char* etag : {"", "..", ".x", "a/b", "a b", "a\n", "\"ab\""}) {
    CAPTURE(etag);
    CHECK(refuses(cache->partial_path({"f", 1, etag}), ErrorKind::unsafe_tree,
                  "name of a blob"));
  }
  CHECK_FALSE(fs::exists(folder.at(kFolder + "snapshots")));
}

TEST_CASE("where links cannot be made files are in the snapshot", "[store]") {
  const TempFolder folder;
  const auto cache = make(folder, true);
  const ListedFile fresh = plain_file("a/fresh", "x");
  const ListedFile old = plain_file("old", "y");
  folder.write(kFolder + "blobs/" + old.blob_id, "y");
  REQUIRE(works(put(*cache, kCommit, fresh, "x")));
  CHECK(fs::is_regular_file(
      fs::symlink_status(folder.at(kSnapshot + "a/fresh"))));
  CHECK_FALSE(fs::exists(folder.at(kFolder + "blobs/" + fresh.blob_id)));
  CHECK(cache->find(kCommit, fresh) == folder.at(kSnapshot + "a/fresh"));
  REQUIRE(works(cache->adopt(kCommit, fresh)));
  REQUIRE(works(cache->adopt(kCommit, old)));
  CHECK(fs::is_regular_file(fs::symlink_status(folder.at(kSnapshot + "old"))));
  CHECK(folder.read(kSnapshot + "old") == "y");
  CHECK(folder.read(kFolder + "blobs/" + old.blob_id) == "y");
}

TEST_CASE("a blob that another client left is linked", "[store]") {
  const TempFolder folder;
  const auto cache = make(folder);
  const ListedFile file = lfs_file("d/f", "content");
  CHECK_FALSE(cache->find(kCommit, file));
  folder.write(kFolder + "blobs/" + file.etag(), "content");
  CHECK(cache->find(kCommit, file) ==
        folder.at(kFolder + "blobs/" + file.etag()));
  const auto path = cache->adopt(kCommit, file);
  REQUIRE(works(path));
  CHECK(fs::read_symlink(*path) == "../../../blobs/" + file.etag());
}

TEST_CASE("a link that leads elsewhere is replaced, not followed", "[store]") {
  const TempFolder folder;
  const TempFolder outside;
  outside.write("secret", "theirs");
  const auto cache = make(folder);
  const ListedFile file = plain_file("f", "ours");
  folder.link(kSnapshot + "f", outside.at("secret"));
  folder.link(kFolder + "blobs/" + file.blob_id, outside.at("secret"));
  // A blob that is a link is no blob.
  CHECK_FALSE(cache->find(kCommit, file));
  REQUIRE(works(put(*cache, kCommit, file, "ours")));
  CHECK(outside.read("secret") == "theirs");
  CHECK(folder.read(kSnapshot + "f") == "ours");
  CHECK(fs::read_symlink(folder.at(kSnapshot + "f")) ==
        "../../blobs/" + file.blob_id);
}

TEST_CASE("a planted link does not take the place of a file that was hashed",
          "[store]") {
  const TempFolder folder;
  const TempFolder outside;
  outside.write("theirs", "theirs");
  const auto cache = make(folder);
  const ListedFile file = plain_file("f", "ours");
  // As a client writes it where there are no links.
  folder.write(kSnapshot + "f", "ours");
  folder.link(kFolder + "blobs/" + file.blob_id, outside.at("theirs"));
  CHECK(cache->find(kCommit, file) == folder.at(kSnapshot + "f"));
  REQUIRE(works(cache->adopt(kCommit, file)));
  CHECK(folder.read(kSnapshot + "f") == "ours");
  std::filesystem::remove(folder.at(kSnapshot + "f"));
  CHECK(refuses(cache->adopt(kCommit, file), ErrorKind::io, "is gone"));
}

TEST_CASE("only a link to a shared blob is one", "[store]") {
  const std::string hash = "ab" + std::string(62, 'c');
  CHECK(shared_blob_path("../../blobs/ab/" + hash) == "blobs/ab/" + hash);
  for (const std::string& target :
       {std::string(), "/blobs/ab/" + hash, "../../blobs/cc/" + hash,
        "../../blobs/ab/" + hash + "/x", "../../blobs/ab/../" + hash,
        "../../other/ab/" + hash, "../blobs/ab/" + hash,
        "../../../blobs/ab/" + hash}) {
    CAPTURE(target);
    CHECK_FALSE(shared_blob_path(target));
  }
}

TEST_CASE("nothing is written below a folder that is a link", "[store]") {
  const TempFolder folder;
  const TempFolder outside;
  const auto cache = make(folder);
  const std::string part = GENERATE("snapshots", "blobs", "refs", "trees");
  folder.link(kFolder + part, outside.path());
  const ListedFile file = plain_file("f", "x");
  const auto placed = put(*cache, kCommit, file, "x");
  const auto finished = cache->finish("main", {kCommit, {file}});
  CAPTURE(part);
  const Result<void> failed =
      placed.ok() ? finished : Result<void>(placed.error());
  CHECK(refuses(failed, ErrorKind::io, "symbolic link stands where"));
  CHECK(names(outside.path()).empty());
}

TEST_CASE("one of our processes is at work in a repository at a time",
          "[store]") {
  const TempFolder folder;
  auto first = make(folder);
  auto second = HubCache::make({folder.path()}, kRepo);
  REQUIRE(works(second));
  CHECK(refuses((*second)->lock(0), ErrorKind::io, "another process holds"));
  first.reset();
  CHECK(works((*second)->lock(0)));
}

TEST_CASE("a download goes on where an earlier run left it", "[store]") {
  const TempFolder folder;
  const ListedFile file = lfs_file("f", "content");
  fs::path left;
  {
    const auto cache = make(folder);
    left = cache->partial_path(file).value();
    CHECK(left.parent_path() == folder.at(kFolder + "blobs"));
    CHECK(parse_partial_name(left.filename().string()));
    // None is given twice.
    CHECK(cache->partial_path(file).value() != left);
  }
  folder.write(fs::relative(left, folder.path()).string(), "cont");
  const std::string sidecar =
      fs::relative(sidecar_name(left.string()), folder.path()).string();
  folder.write(sidecar, "{}");
  {
    // Without the lock somebody else may be writing it.
    const auto cache = HubCache::make({folder.path()}, kRepo);
    CHECK((*cache)->partial_path(file).value() != left);
  }
  const auto cache = make(folder);
  CHECK(cache->partial_path(file).value() == left);
  CHECK(cache->partial_path(file).value() != left);
  REQUIRE(works(cache->place(kCommit, file, left)));
  CHECK_FALSE(fs::exists(folder.at(sidecar)));
  CHECK(names(folder.at(kFolder + "blobs")) ==
        std::vector<std::string>{file.etag()});
}

TEST_CASE("a link in the place of a partial is nobody's work", "[store]") {
  const TempFolder folder;
  const ListedFile file = lfs_file("f", "content");
  const std::string planted = partial_name(file.etag(), "00000000");
  folder.write("victim", "theirs");
  folder.link(kFolder + "blobs/" + planted, folder.at("victim"));
  const auto cache = make(folder);
  const auto path = cache->partial_path(file);
  REQUIRE(works(path));
  CHECK(path->filename() != planted);
  CHECK(refuses(
      cache->place(kCommit, file, folder.at(kFolder + "blobs/" + planted)),
      ErrorKind::io, "not there any more"));
  CHECK(refuses(cache->place(kCommit, file, folder.at("victim")),
                ErrorKind::invalid_input, "is no partial"));
}

TEST_CASE("partials that are of no use are swept, others' are not", "[store]") {
  const TempFolder folder;
  const ListedFile done = lfs_file("done", "done");
  const std::string blobs = kFolder + "blobs/";
  const std::string other = "ff.0123abcd.incomplete";
  const std::string useless = partial_name(done.etag(), "00000000");
  const std::string recent = partial_name("aa", "00000000");
  const std::string old = partial_name("bb", "00000000");
  for (const std::string& name :
       {other, useless, recent, old, sidecar_name(old)})
    folder.write(blobs + name, "part");
  set_age(folder.at(blobs + old), 8);
  set_age(folder.at(blobs + sidecar_name(old)), 8);
  set_age(folder.at(blobs + other), 8);
  {
    auto unlocked = HubCache::make({folder.path()}, kRepo);
    REQUIRE(works(put(**unlocked, kCommit, done, "done")));
    REQUIRE(works((*unlocked)->finish("main", {kCommit, {done}})));
    CHECK(fs::exists(folder.at(blobs + old)));
  }
  const auto cache = make(folder);
  REQUIRE(works(cache->finish("main", {kCommit, {done}})));
  std::vector<std::string> expected{done.etag(), other, recent};
  std::sort(expected.begin(), expected.end());
  CHECK(names(folder.at(blobs)) == expected);
}

TEST_CASE("a cache that may only be read is used as it is", "[store]") {
  if (geteuid() == 0) {
    // Nothing is read-only for root but a file system: t-store.sh.
    SUCCEED();
    return;
  }
  const TempFolder folder;
  const ListedFile file = plain_file("f", "x");
  {
    const auto cache = make(folder);
    REQUIRE(works(put(*cache, kCommit, file, "x")));
  }
  fs::permissions(folder.at(kFolder), fs::perms(0555));
  const auto cache = make(folder);
  CHECK(cache->find(kCommit, file));
  CHECK(works(cache->adopt(kCommit, file)));
  CHECK(works(cache->finish("main", {kCommit, {file}})));
  CHECK_FALSE(cache->finish("main", {commit_of('b'), {file}}).ok());
  fs::permissions(folder.at(kFolder), fs::perms(0755));
}

TEST_CASE("what is in the cache is found without the Hub", "[store]") {
  const TempFolder folder;
  const ListedFile config = plain_file("config.json", "{}");
  const ListedFile weights = lfs_file("weights", "w");
  {
    const auto cache = make(folder);
    REQUIRE(works(put(*cache, kCommit, config, "{}")));
    REQUIRE(works(cache->finish("v1/x", {kCommit, {config, weights}})));
  }
  auto cache = HubCache::open({folder.path()}, kRepo);
  REQUIRE(works(cache));
  CHECK((*cache)->read_ref("v1/x").value() == kCommit);
  CHECK((*cache)->read_ref(std::string(40, 'c')).value() == commit_of('c'));
  CHECK(refuses(find_offline(**cache, "main"), ErrorKind::not_found,
                "revision main of models--org--m is not in the cache"));
  CHECK(refuses(find_offline(**cache, std::string(40, 'c')),
                ErrorKind::not_found, "no listing"));
  CHECK(refuses(find_offline(**cache, "v1/x"), ErrorKind::incomplete,
                "1 of 2 files of v1/x are not here, such as weights"));
  folder.write(kFolder + "blobs/" + weights.etag(), "w");
  const auto listing = find_offline(**cache, "v1/x");
  REQUIRE(works(listing));
  CHECK(listing->files.size() == 2);
  folder.write(kFolder + "refs/main", std::string(40, 'a') + "\n");
  CHECK((*cache)->read_ref("main").value() == kCommit);
  folder.write(kFolder + "refs/main", "../../etc");
  CHECK(refuses((*cache)->read_ref("main"), ErrorKind::invalid_input,
                "does not hold the name of a commit"));
}

TEST_CASE("opening a cache makes nothing", "[store]") {
  const TempFolder folder;
  CHECK(refuses(HubCache::open({folder.at("none")}, kRepo),
                ErrorKind::not_found, "none"));
  CHECK(refuses(HubCache::open({folder.path()}, kRepo), ErrorKind::not_found,
                "models--org--m"));
  CHECK(names(folder.path()).empty());
}

TEST_CASE("that the Hub has no such file is noted for others", "[store]") {
  const TempFolder folder;
  const auto cache = make(folder);
  REQUIRE(works(cache->note_missing(kCommit, "a/adapter_config.json")));
  CHECK(folder
            .read(kFolder + ".no_exist/" + std::string(40, 'a') +
                  "/a/adapter_config.json")
            .empty());
  CHECK(refuses(cache->note_missing(kCommit, "../x"), ErrorKind::unsafe_tree,
                "leads elsewhere"));
}

}  // namespace
}  // namespace sigstore::hub
