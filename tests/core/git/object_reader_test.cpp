// SPDX-License-Identifier: Apache-2.0
//
// What every ObjectReader promises, asked of each of them.
#include "core/git/object_reader.h"

#include <array>
#include <filesystem>
#include <string>

#include "core/git/cat_file_reader.h"
#include "core/git/libgit2_reader.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::git::CatFileReader;
using sigstore::git::Libgit2Reader;
using sigstore::git::ObjectFormat;
using sigstore::git::ObjectId;
using sigstore::git::ObjectReader;
using sigstore::git::ObjectType;
using sigstore::git::read_object;

namespace {

struct Case {
  const char* name;
  const char* format;
  std::size_t digits;  // of a name
  bool cat_file;

  std::unique_ptr<ObjectReader> open(const TempRepository& repository) const {
    const std::string folder = repository.folder().at(".git/objects").string();
    if (cat_file) {
      auto reader = CatFileReader::open(
          {folder}, digits == 40 ? ObjectFormat::sha1 : ObjectFormat::sha256);
      REQUIRE(works(reader));
      return std::move(*reader);
    }
    auto reader = Libgit2Reader::open({folder});
    REQUIRE(works(reader));
    return std::move(*reader);
  }
};

constexpr std::array<Case, 3> kCases{
    Case{"libgit2", "sha1", 40, false},
    Case{"cat-file, SHA-1", "sha1", 40, true},
    Case{"cat-file, SHA-256", "sha256", 64, true}};

std::string loose_path(const ObjectId& id) {
  const std::string hex = id.to_hex();
  return ".git/objects/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

// A loose object in place of another.
void replace_loose(const TempRepository& repository, const ObjectId& id,
                   const ObjectId& other) {
  const std::string content = repository.folder().read(loose_path(other));
  std::filesystem::remove(repository.folder().at(loose_path(id)));
  repository.write(loose_path(id), content);
}

}  // namespace

TEST_CASE("loose objects are read with their type", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  repository.write("f", "content");
  const auto commit = repository.commit_all();
  const ObjectId blob = repository.write_blob("content");
  const auto reader = world.open(repository);
  const auto object = reader->read(blob, 100);
  REQUIRE(works(object));
  CHECK(object->type == ObjectType::blob);
  CHECK(as_text(object->content) == "content");
  CHECK(reader->header(blob).value().size == 7);
  CHECK(reader->header(commit.id).value().type == ObjectType::commit);
}

TEST_CASE("packed objects are read", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "line " + std::to_string(i) + "\n";
  repository.write("f", text);
  repository.commit_all();
  repository.write("f", text + "more\n");
  repository.commit_all();
  repository.run({"repack", "-adq"});
  repository.run({"prune-packed", "--quiet"});
  const auto reader = world.open(repository);
  const auto id =
      ObjectId::parse_hex(repository.run({"rev-parse", "HEAD~1:f"}));
  CHECK(as_text(reader->read(*id, 1'000'000).value().content) == text);
}

TEST_CASE("annotated tags are objects of their own", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  repository.commit_all();
  repository.run({"tag", "-a", "-m", "t", "v1"});
  const auto id = ObjectId::parse_hex(repository.run({"rev-parse", "v1"}));
  CHECK(world.open(repository)->header(*id).value().type == ObjectType::tag);
}

TEST_CASE("an object that is not here is incomplete", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  const auto reader = world.open(repository);
  const ObjectId id = *ObjectId::parse_hex(std::string(world.digits, '7'));
  CHECK(refuses(reader->read(id, 100), ErrorKind::incomplete,
                "is not in this repository"));
  CHECK(refuses(reader->header(id), ErrorKind::incomplete, id.to_hex()));
}

TEST_CASE("an object larger than the limit is refused", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  const ObjectId id = repository.write_blob("123456");
  const auto reader = world.open(repository);
  CHECK(works(reader->read(id, 6)));
  CHECK(refuses(reader->read(id, 5), ErrorKind::invalid_input,
                "has 6 bytes, more than the limit of 5"));
}

TEST_CASE("an object of another type than expected is refused", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  const ObjectId id = repository.write_blob("x");
  const auto reader = world.open(repository);
  CHECK(works(read_object(*reader, id, ObjectType::blob, 10)));
  CHECK(refuses(read_object(*reader, id, ObjectType::tree, 10),
                ErrorKind::invalid_input, "of another type"));
}

TEST_CASE("an object whose content does not fit its name is refused", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  const ObjectId good = repository.write_blob("good");
  const ObjectId evil = repository.write_blob("evil");
  replace_loose(repository, good, evil);
  CHECK(refuses(world.open(repository)->read(good, 100), ErrorKind::io,
                good.to_hex()));
}

TEST_CASE("a damaged object is refused", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  const ObjectId id = repository.write_blob("content");
  std::filesystem::remove(repository.folder().at(loose_path(id)));
  repository.write(loose_path(id), "not zlib at all");
  const auto object = world.open(repository)->read(id, 100);
  REQUIRE_FALSE(object.ok());
  CHECK(object.error().message.find(id.to_hex()) != std::string::npos);
}

TEST_CASE("objects of alternates are read", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository source(world.format);
  const ObjectId id = source.write_blob("borrowed");
  const TempRepository borrower(world.format);
  CHECK_FALSE(world.open(borrower)->read(id, 100).ok());
  borrower.write(".git/objects/info/alternates",
                 source.folder().at(".git/objects").string() + "\n");
  CHECK(as_text(world.open(borrower)->read(id, 100).value().content) ==
        "borrowed");
}

TEST_CASE("the name of content is what git calls it", "[git]") {
  const Case world = GENERATE_COPY(from_range(kCases));
  CAPTURE(world.name);
  const TempRepository repository(world.format);
  const ObjectId id = repository.write_blob("content");
  const auto reader = world.open(repository);
  CHECK(reader->name_of(ObjectType::blob, as_bytes("content")).value() == id);
  CHECK(reader->name_of(ObjectType::tree, {}).value().to_hex() ==
        repository.run({"hash-object", "-t", "tree", "/dev/null"}));
  repository.commit_all();
  const auto head = repository.head();
  const auto commit = reader->read(head.id, 1000);
  REQUIRE(works(commit));
  CHECK(reader->name_of(commit->type, commit->content).value() == head.id);
}
