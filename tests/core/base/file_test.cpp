// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::FileDescriptor;
using sigstore::lock_file;
using sigstore::open_beneath;
using sigstore::read_file;
using sigstore::TemporaryDirectory;
using sigstore::write_file_atomic;
using sigstore::write_new_file;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::size_t count_entries(const TempFolder& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    static_cast<void>(entry);
    ++count;
  }
  return count;
}

FileDescriptor open_folder(const TempFolder& folder) {
  FileDescriptor fd(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY));
  REQUIRE(fd.valid());
  return fd;
}

}  // namespace

TEST_CASE("a file is read whole", "[base]") {
  const TempFolder folder;
  const std::string content = std::string(200'000, 'x') + '\0' + "end";
  const auto bytes = read_file(folder.write("f", content), 1'000'000);
  REQUIRE(works(bytes));
  CHECK(as_text(*bytes) == content);
}

TEST_CASE("a file as long as the limit is read", "[base]") {
  const TempFolder folder;
  CHECK(works(read_file(folder.write("f", "12345"), 5)));
  CHECK(works(read_file(folder.write("empty", ""), 0)));
}

TEST_CASE("a file longer than the limit is refused", "[base]") {
  const TempFolder folder;
  CHECK(refuses(read_file(folder.write("f", "123456"), 5),
                ErrorKind::invalid_input, "larger than 5 bytes"));
}

TEST_CASE("endless input is refused at the limit", "[base]") {
  const FileDescriptor zero(open("/dev/zero", O_RDONLY));
  REQUIRE(zero.valid());
  CHECK(refuses(sigstore::read_all(zero.get(), 1000, "zeros"),
                ErrorKind::invalid_input, "zeros is larger than 1000"));
}

TEST_CASE("a missing file is not_found and named", "[base]") {
  const TempFolder folder;
  CHECK(refuses(read_file(folder.at("absent"), 10), ErrorKind::not_found,
                folder.at("absent").string()));
}

TEST_CASE("a file below a file is not_found", "[base]") {
  const TempFolder folder;
  folder.write("f", "x");
  CHECK(refuses(read_file(folder.at("f/g"), 10), ErrorKind::not_found,
                "cannot open"));
}

TEST_CASE("a FIFO is refused without waiting for a writer", "[base]") {
  const TempFolder folder;
  CHECK(refuses(read_file(folder.make_fifo("pipe"), 10),
                ErrorKind::invalid_input, "not a regular file"));
}

TEST_CASE("folders and devices are no files", "[base]") {
  const TempFolder folder;
  CHECK(refuses(read_file(folder.path(), 10), ErrorKind::invalid_input,
                "not a regular file"));
  CHECK(refuses(read_file("/dev/null", 10), ErrorKind::invalid_input,
                "not a regular file"));
}

TEST_CASE("an atomic write makes a file with the mode asked for", "[base]") {
  const TempFolder folder;
  REQUIRE(works(write_file_atomic(folder.at("f"), as_bytes("new"), 0600)));
  CHECK(folder.read("f") == "new");
  CHECK(mode_of(folder.at("f")) == 0600);
  CHECK(count_entries(folder) == 1);
}

TEST_CASE("an atomic write keeps the mode of a file that exists", "[base]") {
  const TempFolder folder;
  folder.write("f", "a longer old content");
  REQUIRE(chmod(folder.at("f").c_str(), 0640) == 0);
  REQUIRE(works(write_file_atomic(folder.at("f"), as_bytes("new"), 0600)));
  CHECK(folder.read("f") == "new");
  CHECK(mode_of(folder.at("f")) == 0640);
}

TEST_CASE("an atomic write follows a symbolic link", "[base]") {
  const TempFolder folder;
  folder.write("real/f", "old");
  folder.link("link", "real/f");
  REQUIRE(works(write_file_atomic(folder.at("link"), as_bytes("new"))));
  CHECK(std::filesystem::is_symlink(folder.at("link")));
  CHECK(folder.read("real/f") == "new");
}

TEST_CASE("an atomic write into a missing folder is not_found", "[base]") {
  const TempFolder folder;
  CHECK(refuses(write_file_atomic(folder.at("no/f"), as_bytes("x")),
                ErrorKind::not_found, "cannot create a file beside"));
}

TEST_CASE("an atomic write over a folder fails and leaves nothing behind",
          "[base]") {
  const TempFolder folder;
  folder.make_folder("f");
  CHECK(refuses(write_file_atomic(folder.at("f"), as_bytes("x")),
                ErrorKind::invalid_input, "is not a regular file"));
  CHECK(count_entries(folder) == 1);
}

TEST_CASE("a new file is written with its mode", "[base]") {
  const TempFolder folder;
  REQUIRE(works(write_new_file(folder.at("f"), as_bytes("secret"), 0600)));
  CHECK(folder.read("f") == "secret");
  CHECK(mode_of(folder.at("f")) == 0600);
  CHECK(count_entries(folder) == 1);
}

TEST_CASE("a new file does not replace an existing one", "[base]") {
  const TempFolder folder;
  folder.write("f", "old");
  CHECK(refuses(write_new_file(folder.at("f"), as_bytes("new"), 0600),
                ErrorKind::io, "File exists"));
  CHECK(folder.read("f") == "old");
  CHECK(count_entries(folder) == 1);
}

TEST_CASE("a new file does not go through a dangling link", "[base]") {
  const TempFolder folder;
  folder.link("f", folder.at("elsewhere"));
  CHECK(refuses(write_new_file(folder.at("f"), as_bytes("new"), 0600),
                ErrorKind::io, "File exists"));
  CHECK_FALSE(std::filesystem::exists(folder.at("elsewhere")));
}

TEST_CASE("a held lock is refused, a released one is not", "[base]") {
  const TempFolder folder;
  {
    const auto first = lock_file(folder.at("lock"), 0);
    REQUIRE(works(first));
    CHECK(refuses(lock_file(folder.at("lock"), 0), ErrorKind::io,
                  "another process holds"));
  }
  CHECK(works(lock_file(folder.at("lock"), 0)));
}

TEST_CASE("a lock in a missing folder is not_found", "[base]") {
  const TempFolder folder;
  CHECK(refuses(lock_file(folder.at("no/lock"), 0), ErrorKind::not_found,
                "cannot open"));
}

TEST_CASE("a file beneath a folder is opened", "[base]") {
  const TempFolder folder;
  folder.write("a/b/c", "content");
  const FileDescriptor root = open_folder(folder);
  const auto fd = open_beneath(root.get(), "a/b/c", O_RDONLY);
  REQUIRE(works(fd));
  CHECK(as_text(sigstore::read_all(fd->get(), 100, "c").value()) == "content");
}

TEST_CASE("a symbolic link is not opened beneath a folder", "[base]") {
  const TempFolder folder;
  folder.write("a/f", "x");
  folder.link("file-link", "a/f");
  folder.link("folder-link", "a");
  const FileDescriptor root = open_folder(folder);
  CHECK(refuses(open_beneath(root.get(), "file-link", O_RDONLY), ErrorKind::io,
                "cannot open file-link"));
  CHECK_FALSE(open_beneath(root.get(), "folder-link/f", O_RDONLY).ok());
}

TEST_CASE("nothing above a folder is opened beneath it", "[base]") {
  const TempFolder folder;
  folder.write("outside", "x");
  folder.make_folder("root/sub");
  const FileDescriptor root(
      open(folder.at("root").c_str(), O_RDONLY | O_DIRECTORY));
  for (const std::string& path :
       {std::string("../outside"), std::string("sub/../../outside"),
        folder.at("outside").string()}) {
    CAPTURE(path);
    CHECK_FALSE(open_beneath(root.get(), path, O_RDONLY).ok());
  }
}

TEST_CASE("a missing file beneath a folder is not_found", "[base]") {
  const TempFolder folder;
  const FileDescriptor root = open_folder(folder);
  CHECK(refuses(open_beneath(root.get(), "absent", O_RDONLY),
                ErrorKind::not_found, "cannot open absent"));
}

TEST_CASE("a temporary folder goes away with all that is in it", "[base]") {
  const TempFolder folder;
  std::filesystem::path path;
  {
    auto made = TemporaryDirectory::create(folder.at("t-XXXXXX").string());
    REQUIRE(works(made));
    const TemporaryDirectory moved = std::move(*made);
    path = moved.path();
    std::filesystem::create_directories(path / "a/b");
    CHECK(mode_of(path) == 0700);
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a temporary folder in a missing one is not_found", "[base]") {
  const TempFolder folder;
  CHECK(refuses(TemporaryDirectory::create(folder.at("no/t-XXXXXX").string()),
                ErrorKind::not_found, "cannot create"));
}

TEST_CASE("a moved descriptor has one owner", "[base]") {
  FileDescriptor first(open("/dev/null", O_RDONLY));
  REQUIRE(first.valid());
  const int number = first.get();
  FileDescriptor second(std::move(first));
  CHECK(second.get() == number);
  second.reset();
  CHECK(fcntl(number, F_GETFD) == -1);
}
