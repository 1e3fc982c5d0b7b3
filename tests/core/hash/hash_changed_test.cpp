// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_changed.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <functional>
#include <string>

#include "core/base/file.h"
#include "core/crypto/message_digest.h"
#include "core/hash/file_state.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::ContentDigest;
using sigstore::ErrorKind;
using sigstore::FileDescriptor;
using sigstore::FileState;
using sigstore::FileStates;
using sigstore::hash_changed_files;
using sigstore::HashAlgorithm;
using sigstore::HashJob;
using sigstore::HashOptions;
using sigstore::KnownDigests;
using sigstore::Result;
using sigstore::sha256;
using sigstore::Timestamp;

namespace {

constexpr std::size_t kSize = 2 * sigstore::kLeastKnown;
// Years from now: whatever stands on the disk was left alone for long enough.
constexpr Timestamp kLater{4'000'000'000};

ContentDigest planted() { return sha256(as_bytes("planted")); }

// A folder with a file "f" of kSize bytes.
class Model {
 public:
  Model() { folder.write("f", content('a')); }

  static std::string content(char letter) { return std::string(kSize, letter); }
  std::filesystem::path path() const { return folder.path() / "f"; }

  // Where the file system has times to rely on, not by the code under test.
  bool has_states() const {
    struct statfs system {};
    REQUIRE(statfs(folder.path().c_str(), &system) == 0);
    const auto type = static_cast<unsigned long>(system.f_type);
    return type == 0xef53 || type == 0x58465342 || type == 0x9123683e;
  }

  std::optional<FileState> look() const {
    const FileDescriptor file(open(path().c_str(), O_RDONLY));
    return FileStates().look(file.get());
  }

  Result<std::vector<ContentDigest>> hash(KnownDigests* known,
                                          const HashOptions& options = {},
                                          std::vector<HashJob> jobs = {
                                              {"f", 0, kSize}}) const {
    const FileDescriptor root(
        open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
    return hash_changed_files(root.get(), std::move(jobs), options, known);
  }

  // Until a change now gets another time than the last one.
  void wait_for_next_tick() const {
    struct stat before {};
    REQUIRE(stat(path().c_str(), &before) == 0);
    struct stat now = before;
    while (now.st_ctim.tv_sec == before.st_ctim.tv_sec &&
           now.st_ctim.tv_nsec == before.st_ctim.tv_nsec) {
      usleep(1000);
      folder.write("clock", "");
      REQUIRE(stat((folder.path() / "clock").c_str(), &now) == 0);
    }
  }

  TempFolder folder;
};

KnownDigests next_run(const KnownDigests& known) {
  auto again = KnownDigests::unseal(known.seal(as_bytes("key")),
                                    as_bytes("key"), kLater);
  REQUIRE(works(again));
  return std::move(again).value();
}

// A run for which "f" as it is now has the digest planted(), which is not its:
// whoever answers with it has not read the file.
KnownDigests plant(const Model& model) {
  KnownDigests known(kLater);
  if (const auto state = model.look())
    known.add(*state, {0, kSize, HashAlgorithm::sha256}, planted());
  return next_run(known);
}

// Is the file read after this change?
bool is_read_after(const std::function<void(const Model&)>& change) {
  const Model model;
  KnownDigests known = plant(model);
  model.wait_for_next_tick();
  change(model);
  const std::uint64_t size = std::filesystem::file_size(model.path());
  const auto digests = model.hash(&known, {}, {{"f", 0, size}});
  REQUIRE(works(digests));
  return digests->front() != planted() && known.use().files == 0;
}

}  // namespace

TEST_CASE("a file that is known and did not change is not read",
          "[hash][known]") {
  const Model model;
  KnownDigests known = plant(model);
  std::uint64_t told = 0;
  HashOptions options;
  options.progress = [&](std::uint64_t done) { told = done; };
  const auto digests = model.hash(&known, options);
  REQUIRE(works(digests));
  CHECK((digests->front() == planted()) == model.has_states());
  CHECK(known.use().files == (model.has_states() ? 1 : 0));
  CHECK(known.use().bytes == (model.has_states() ? kSize : 0));
  CHECK(known.use().asked == 1);
  CHECK(told == kSize);
}

TEST_CASE("without memory every file is read", "[hash][known]") {
  const Model model;
  const auto digests = model.hash(nullptr);
  REQUIRE(works(digests));
  CHECK(digests->front() == sha256(as_bytes(Model::content('a'))));
}

TEST_CASE("what was read is known the next time", "[hash][known]") {
  const Model model;
  KnownDigests first(kLater);
  REQUIRE(works(model.hash(&first)));
  CHECK(first.use().files == 0);
  CHECK(first.has_news() == model.has_states());
  KnownDigests second = next_run(first);
  const auto digests = model.hash(&second);
  REQUIRE(works(digests));
  CHECK(digests->front() == sha256(as_bytes(Model::content('a'))));
  CHECK(second.use().files == (model.has_states() ? 1 : 0));
  CHECK(!second.has_news());
}

TEST_CASE("a file that changed is read", "[hash][known]") {
  CHECK(is_read_after([](const Model& model) {
    model.folder.write("f", Model::content('b'));
  }));
  // Its modification time is put back.
  CHECK(is_read_after([](const Model& model) {
    struct stat before {};
    REQUIRE(stat(model.path().c_str(), &before) == 0);
    model.folder.write("f", Model::content('b'));
    const timespec times[2] = {before.st_atim, before.st_mtim};
    REQUIRE(utimensat(AT_FDCWD, model.path().c_str(), times, 0) == 0);
  }));
  CHECK(is_read_after([](const Model& model) {
    REQUIRE(utimensat(AT_FDCWD, model.path().c_str(), nullptr, 0) == 0);
  }));
  CHECK(is_read_after([](const Model& model) {
    model.folder.write("other", Model::content('b'));
    std::filesystem::rename(model.folder.path() / "other", model.path());
  }));
  CHECK(is_read_after([](const Model& model) {
    model.folder.write("f", Model::content('a') + "more");
  }));
  CHECK(is_read_after([](const Model& model) {
    std::filesystem::remove(model.path());
    model.folder.write("f", Model::content('b'));
  }));
}

TEST_CASE("another algorithm or stretch of a known file is read",
          "[hash][known]") {
  const Model model;
  KnownDigests known = plant(model);
  HashOptions blake2b;
  blake2b.algorithm = HashAlgorithm::blake2b;
  REQUIRE(works(model.hash(&known, blake2b)));
  // All digests of a file are known, or it is read.
  const auto digests = model.hash(
      &known, {}, {{"f", 0, kSize / 2}, {"f", kSize / 2, kSize / 2}});
  REQUIRE(works(digests));
  CHECK(digests->at(0) == sha256(as_bytes(std::string(kSize / 2, 'a'))));
  CHECK(known.use().files == 0);
}

TEST_CASE("known and unknown files keep their order", "[hash][known]") {
  const Model model;
  for (const char* name : {"a", "e", "g"})
    model.folder.write(name, std::string(kSize, *name));
  model.folder.write("small", "x");
  KnownDigests known = plant(model);
  const auto digests = model.hash(&known, {},
                                  {{"a", 0, kSize / 2},
                                   {"a", kSize / 2, kSize / 2},
                                   {"small", 0, 1},
                                   {"f", 0, kSize},
                                   {"e", 0, kSize},
                                   {"g", 0, kSize}});
  REQUIRE(works(digests));
  CHECK(digests->at(0) == sha256(as_bytes(std::string(kSize / 2, 'a'))));
  CHECK(digests->at(2) == sha256(as_bytes("x")));
  if (model.has_states()) CHECK(digests->at(3) == planted());
  CHECK(digests->at(4) == sha256(as_bytes(std::string(kSize, 'e'))));
  CHECK(digests->at(5) == sha256(as_bytes(std::string(kSize, 'g'))));
  CHECK(known.use().asked == 5);
  // Those that were read are known now, each by its own digest.
  KnownDigests next = next_run(known);
  const auto again = model.hash(&next, {}, {{"e", 0, kSize}, {"g", 0, kSize}});
  REQUIRE(works(again));
  CHECK(again->at(0) == digests->at(4));
  CHECK(again->at(1) == digests->at(5));
  CHECK(next.use().files == (model.has_states() ? 2 : 0));
}

TEST_CASE("a file of which a part is known is read whole", "[hash][known]") {
  const Model model;
  KnownDigests known(kLater);
  if (const auto state = model.look())
    known.add(*state, {0, kSize / 2, HashAlgorithm::sha256}, planted());
  known = next_run(known);
  const auto digests = model.hash(
      &known, {}, {{"f", 0, kSize / 2}, {"f", kSize / 2, kSize / 2}});
  REQUIRE(works(digests));
  const ContentDigest half = sha256(as_bytes(std::string(kSize / 2, 'a')));
  CHECK(digests->at(0) == half);
  CHECK(digests->at(1) == half);
}

TEST_CASE("a file that changed just now is not remembered", "[hash][known]") {
  const Model model;
  struct stat status {};
  REQUIRE(stat(model.path().c_str(), &status) == 0);
  for (const int seconds : {-100, 0, 1, 2}) {
    KnownDigests known(Timestamp{status.st_ctim.tv_sec + seconds});
    REQUIRE(works(model.hash(&known)));
    CHECK(!known.has_news());
  }
  KnownDigests known(Timestamp{status.st_ctim.tv_sec + 3});
  REQUIRE(works(model.hash(&known)));
  CHECK(known.has_news() == model.has_states());
}

TEST_CASE("a file that changes while it is read is not remembered",
          "[hash][known]") {
  const Model model;
  model.wait_for_next_tick();
  KnownDigests known(kLater);
  HashOptions options;
  // After the last byte: the content is what was read.
  options.progress = [&](std::uint64_t) {
    REQUIRE(utimensat(AT_FDCWD, model.path().c_str(), nullptr, 0) == 0);
  };
  static_cast<void>(model.hash(&known, options));
  CHECK(!known.has_news());
}

TEST_CASE("a write through a mapping that was there before is seen",
          "[hash][known]") {
  const Model model;
  const FileDescriptor file(open(model.path().c_str(), O_RDWR));
  void* map =
      mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  REQUIRE(map != MAP_FAILED);
  // The page is dirty, and may be written to without a word to the kernel.
  std::memset(map, 'b', 10);
  KnownDigests first(kLater);
  const auto before = model.hash(&first);
  REQUIRE(works(before));
  CHECK(first.has_news() == model.has_states());
  model.wait_for_next_tick();
  std::memset(map, 'c', 10);
  KnownDigests second = next_run(first);
  const auto after = model.hash(&second);
  munmap(map, kSize);
  REQUIRE(works(after));
  CHECK(after->front() != before->front());
  CHECK(second.use().files == 0);
}

TEST_CASE("short files are read every time", "[hash][known]") {
  const Model model;
  model.folder.write("f", std::string(sigstore::kLeastKnown - 1, 'a'));
  KnownDigests known(kLater);
  REQUIRE(works(model.hash(&known, {}, {{"f", 0, sigstore::kLeastKnown - 1}})));
  CHECK(!known.has_news());
}

TEST_CASE("where times say nothing every file is read", "[hash][known]") {
  FileStates states;
  // Memory, and the kernel's own.
  const FileDescriptor memory(memfd_create("f", 0));
  REQUIRE(memory.valid());
  CHECK(!states.look(memory.get()));
  const FileDescriptor kernel(open("/proc/self/maps", O_RDONLY));
  CHECK(!states.look(kernel.get()));
  const FileDescriptor folder(open("/", O_RDONLY | O_DIRECTORY));
  CHECK(!states.look(folder.get()));
  CHECK(!states.look(-1));
}

TEST_CASE("a link leads to the file that it is for", "[hash][known]") {
  const Model model;
  std::filesystem::create_symlink("f", model.folder.path() / "link");
  KnownDigests known = plant(model);
  HashOptions options;
  options.follow_symlinks = true;
  const auto digests = model.hash(&known, options, {{"link", 0, kSize}});
  REQUIRE(works(digests));
  CHECK((digests->front() == planted()) == model.has_states());
  CHECK(!model.hash(&known, {}, {{"link", 0, kSize}}).ok());
}

TEST_CASE("a known file that is gone or shorter is an error", "[hash][known]") {
  const Model model;
  KnownDigests known = plant(model);
  CHECK(refuses(model.hash(&known, {}, {{"f", 0, kSize + 1}}),
                ErrorKind::content_differs, ""));
  std::filesystem::remove(model.path());
  CHECK(refuses(model.hash(&known), ErrorKind::not_found, ""));
}
