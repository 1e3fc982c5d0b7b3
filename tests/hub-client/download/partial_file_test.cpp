// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/partial_file.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "hub-client/download/partial_sidecar.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::hub::ByteRange;
using sigstore::hub::ByteRanges;
using sigstore::hub::encode_sidecar;
using sigstore::hub::PartialFile;

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSize = 10'000;

std::unique_ptr<PartialFile> opened(const fs::path& path,
                                    std::uint64_t size = kSize,
                                    const std::string& etag = "etag") {
  auto partial = PartialFile::open(path, etag, size);
  REQUIRE(works(partial));
  return std::move(*partial);
}

ByteRanges ranges(std::initializer_list<ByteRange> list) {
  ByteRanges ranges;
  for (const ByteRange& range : list) ranges.add(range);
  return ranges;
}

std::size_t files_in(const TempFolder& folder) {
  return static_cast<std::size_t>(std::distance(
      fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("what was written down is here the next time", "[download]") {
  const TempFolder folder;
  const fs::path path = folder.at("e.hfsig-12345678.incomplete");
  {
    const auto partial = opened(path);
    CHECK(partial->have().total() == 0);
    REQUIRE(works(partial->write_at(100, as_bytes("hello"))));
    REQUIRE(works(partial->checkpoint(ranges({{100, 105}}))));
    // This came after it, and counts for nothing.
    REQUIRE(works(partial->write_at(105, as_bytes("there"))));
  }
  CHECK(fs::file_size(path) == kSize);
  CHECK(fs::exists(folder.at("e.hfsig-12345678.json.incomplete")));
  CHECK(files_in(folder) == 2);
  const auto again = opened(path);
  CHECK(again->have().list() == std::vector<ByteRange>{{100, 105}});
  CHECK(folder.read("e.hfsig-12345678.incomplete").substr(100, 5) == "hello");
}

TEST_CASE("a partial of other content is not resumed", "[download]") {
  const TempFolder folder;
  const fs::path path = folder.at("x.incomplete");
  const auto write = [&] {
    const auto partial = opened(path);
    REQUIRE(works(partial->write_at(0, as_bytes("hello"))));
    REQUIRE(works(partial->checkpoint(ranges({{0, 5}}))));
  };
  write();
  CHECK(opened(path, kSize, "other")->have().total() == 0);
  CHECK_FALSE(fs::exists(PartialFile::sidecar_of(path)));
  write();
  CHECK(opened(path, kSize + 1)->have().total() == 0);
  CHECK(folder.read("x.incomplete") == std::string(kSize + 1, '\0'));
  // Without a sidecar, and with a damaged one.
  write();
  fs::remove(PartialFile::sidecar_of(path));
  CHECK(opened(path)->have().total() == 0);
  write();
  folder.write("x.json.incomplete", "{");
  CHECK(opened(path)->have().total() == 0);
  // A sidecar that was left without its file.
  write();
  fs::remove(path);
  CHECK(opened(path)->have().total() == 0);
  CHECK_FALSE(fs::exists(PartialFile::sidecar_of(path)));
}

TEST_CASE("a partial belongs to one process at a time", "[download]") {
  const TempFolder folder;
  const fs::path path = folder.at("x.incomplete");
  auto first = opened(path);
  CHECK(refuses(PartialFile::open(path, "etag", kSize), ErrorKind::io,
                "another process is downloading " + path.string()));
  first.reset();
  CHECK(works(PartialFile::open(path, "etag", kSize)));
}

TEST_CASE("a link in the place of a partial is not followed", "[download]") {
  const TempFolder folder;
  folder.write("precious", "precious");
  folder.link("x.incomplete", folder.at("precious"));
  CHECK(refuses(PartialFile::open(folder.at("x.incomplete"), "etag", kSize),
                ErrorKind::io, "cannot open "));
  fs::create_hard_link(folder.at("precious"), folder.at("y.incomplete"));
  CHECK(refuses(PartialFile::open(folder.at("y.incomplete"), "etag", kSize),
                ErrorKind::unsafe_tree, "no file of ours"));
  folder.make_fifo("z.incomplete");
  CHECK(refuses(PartialFile::open(folder.at("z.incomplete"), "etag", kSize),
                ErrorKind::unsafe_tree, "no file of ours"));
  CHECK(folder.read("precious") == "precious");
}

TEST_CASE("after its place nothing is written down of it", "[download]") {
  const TempFolder folder;
  const fs::path path = folder.at("x.incomplete");
  const auto partial = opened(path);
  REQUIRE(works(partial->checkpoint(ranges({{0, 5}}))));
  partial->finish();
  fs::rename(path, folder.at("x"));
  partial->remove_sidecar();
  REQUIRE(works(partial->checkpoint(ranges({{0, 10}}))));
  CHECK(files_in(folder) == 1);
  CHECK(fs::file_size(folder.at("x")) == kSize);
  struct stat status {};
  REQUIRE(stat(folder.at("x").c_str(), &status) == 0);
  const mode_t mask = umask(0);
  umask(mask);
  CHECK((status.st_mode & 07777U) == (0666U & ~mask));
}

TEST_CASE("what is discarded is gone, and a restart is empty", "[download]") {
  const TempFolder folder;
  const fs::path path = folder.at("x.incomplete");
  const auto partial = opened(path);
  REQUIRE(works(partial->write_at(0, as_bytes("hello"))));
  REQUIRE(works(partial->checkpoint(ranges({{0, 5}}))));
  REQUIRE(works(partial->restart()));
  CHECK(files_in(folder) == 1);
  CHECK(folder.read("x.incomplete") == std::string(kSize, '\0'));
  REQUIRE(works(partial->checkpoint(ranges({{0, 5}}))));
  partial->discard();
  CHECK(files_in(folder) == 0);
  REQUIRE(works(partial->checkpoint(ranges({{0, 5}}))));
  CHECK(files_in(folder) == 0);
}

TEST_CASE("where there is no room, the error says so", "[download]") {
  const TempFolder folder;
  const auto partial = PartialFile::open(folder.at("x.incomplete"), "etag",
                                         std::uint64_t{1} << 60U);
  CHECK(refuses(partial, ErrorKind::io, "cannot make room for"));
}

// A child writes block after block, each of one letter, and is killed at any
// moment: what the sidecar names is there, every time.
TEST_CASE("kill -9 leaves nothing, or what can be resumed", "[download]") {
  const TempFolder folder;
  const fs::path path = folder.at("x.incomplete");
  constexpr std::uint64_t kBlock = 1000;
  std::uint64_t most = 0;
  for (int round = 0; round < 20; ++round) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto partial = PartialFile::open(path, "etag", kSize);
      if (!partial.ok()) _exit(1);
      ByteRanges have = (*partial)->have();
      for (std::uint64_t at = have.prefix(); at < kSize; at += kBlock) {
        const std::string block(kBlock, static_cast<char>('a' + at / kBlock));
        if (!(*partial)->write_at(at, as_bytes(block)).ok()) _exit(1);
        have.add({at, at + kBlock});
        if (!(*partial)->checkpoint(have).ok()) _exit(1);
      }
      while (true) pause();
    }
    // Now and then it has to come as far as something.
    for (int i = 0; i < 20'000 && round % 4 == 3; ++i) {
      if (fs::exists(PartialFile::sidecar_of(path))) break;
      usleep(1000);
    }
    usleep(static_cast<useconds_t>(200 * round));
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    const auto partial = opened(path);
    const std::string content = folder.read("x.incomplete");
    for (const ByteRange& range : partial->have().list())
      for (std::uint64_t at = range.start; at < range.end; ++at)
        REQUIRE(content[at] == static_cast<char>('a' + at / kBlock));
    most = std::max(most, partial->have().total());
  }
  CHECK(most > 0);
}
