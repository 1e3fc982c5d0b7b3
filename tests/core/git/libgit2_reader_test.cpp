// SPDX-License-Identifier: Apache-2.0
#include "core/git/libgit2_reader.h"

#include <string>

#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::git::Libgit2Reader;
using sigstore::git::ObjectId;
using sigstore::git::ObjectReader;
using sigstore::git::ObjectType;
using sigstore::git::read_object;

namespace {

std::unique_ptr<Libgit2Reader> reader_of(
    const std::vector<std::string>& folders) {
  auto reader = Libgit2Reader::open(folders);
  REQUIRE(works(reader));
  return std::move(*reader);
}

std::string objects_folder(const TempRepository& repository) {
  return repository.folder().at(".git/objects").string();
}

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
  const TempRepository repository;
  repository.write("f", "content");
  const auto commit = repository.commit_all();
  const ObjectId blob = repository.write_blob("content");
  const auto reader = repository.objects();
  const auto object = reader->read(blob, 100);
  REQUIRE(works(object));
  CHECK(object->type == ObjectType::blob);
  CHECK(as_text(object->content) == "content");
  CHECK(reader->header(blob).value().size == 7);
  CHECK(reader->header(commit.id).value().type == ObjectType::commit);
}

TEST_CASE("packed objects are read", "[git]") {
  const TempRepository repository;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "line " + std::to_string(i) + "\n";
  repository.write("f", text);
  repository.commit_all();
  repository.write("f", text + "more\n");
  repository.commit_all();
  repository.run({"repack", "-adq"});
  repository.run({"prune-packed", "--quiet"});
  const auto reader = repository.objects();
  const auto id =
      ObjectId::parse_hex(repository.run({"rev-parse", "HEAD~1:f"}));
  CHECK(as_text(reader->read(*id, 1'000'000).value().content) == text);
}

TEST_CASE("annotated tags are objects of their own", "[git]") {
  const TempRepository repository;
  repository.commit_all();
  repository.run({"tag", "-a", "-m", "t", "v1"});
  const auto id = ObjectId::parse_hex(repository.run({"rev-parse", "v1"}));
  CHECK(repository.objects()->header(*id).value().type == ObjectType::tag);
}

TEST_CASE("an object that is not here is incomplete", "[git]") {
  const TempRepository repository;
  const auto reader = repository.objects();
  const ObjectId id = *ObjectId::parse_hex(std::string(40, '7'));
  CHECK(refuses(reader->read(id, 100), ErrorKind::incomplete,
                "is not in this repository"));
  CHECK(refuses(reader->header(id), ErrorKind::incomplete, id.to_hex()));
}

TEST_CASE("an object larger than the limit is refused", "[git]") {
  const TempRepository repository;
  const ObjectId id = repository.write_blob("123456");
  const auto reader = repository.objects();
  CHECK(works(reader->read(id, 6)));
  CHECK(refuses(reader->read(id, 5), ErrorKind::invalid_input,
                "has 6 bytes, more than the limit of 5"));
}

TEST_CASE("an object of another type than expected is refused", "[git]") {
  const TempRepository repository;
  const ObjectId id = repository.write_blob("x");
  const auto reader = repository.objects();
  CHECK(works(read_object(*reader, id, ObjectType::blob, 10)));
  CHECK(refuses(read_object(*reader, id, ObjectType::tree, 10),
                ErrorKind::invalid_input, "of another type"));
}

TEST_CASE("an object whose content does not fit its name is refused", "[git]") {
  const TempRepository repository;
  const ObjectId good = repository.write_blob("good");
  const ObjectId evil = repository.write_blob("evil");
  replace_loose(repository, good, evil);
  CHECK(refuses(repository.objects()->read(good, 100), ErrorKind::io,
                good.to_hex()));
}

TEST_CASE("a damaged object is refused", "[git]") {
  const TempRepository repository;
  const ObjectId id = repository.write_blob("content");
  std::filesystem::remove(repository.folder().at(loose_path(id)));
  repository.write(loose_path(id), "not zlib at all");
  const auto object = repository.objects()->read(id, 100);
  REQUIRE_FALSE(object.ok());
  CHECK(object.error().message.find(id.to_hex()) != std::string::npos);
}

TEST_CASE("objects of alternates are read", "[git]") {
  const TempRepository source;
  const ObjectId id = source.write_blob("borrowed");
  const TempRepository borrower;
  CHECK_FALSE(borrower.objects()->read(id, 100).ok());
  borrower.write(".git/objects/info/alternates", objects_folder(source) + "\n");
  CHECK(as_text(borrower.objects()->read(id, 100).value().content) ==
        "borrowed");
}

TEST_CASE("objects of a quarantine and of the store are read together",
          "[git]") {
  const TempRepository store;
  const TempRepository quarantine;
  const ObjectId old_blob = store.write_blob("old");
  const ObjectId new_blob = quarantine.write_blob("new");
  const auto reader =
      reader_of({objects_folder(quarantine), objects_folder(store)});
  CHECK(as_text(reader->read(old_blob, 10).value().content) == "old");
  CHECK(as_text(reader->read(new_blob, 10).value().content) == "new");
}

TEST_CASE("names of 32 bytes are unsupported", "[git]") {
  const TempRepository repository;
  const ObjectId id = *ObjectId::parse_hex(std::string(64, '7'));
  CHECK(refuses(repository.objects()->read(id, 10), ErrorKind::unsupported,
                "SHA-256"));
}

TEST_CASE("the name of content is what git calls it", "[git]") {
  const TempRepository repository;
  const ObjectId id = repository.write_blob("content");
  const auto reader = repository.objects();
  CHECK(reader->name_of(ObjectType::blob, as_bytes("content")).value() == id);
  CHECK(reader->name_of(ObjectType::tree, {}).value().to_hex() ==
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

TEST_CASE("configuration that libgit2 does not know is no obstacle", "[git]") {
  const TempRepository repository;
  const ObjectId id = repository.write_blob("x");
  repository.run({"config", "core.repositoryFormatVersion", "1"});
  repository.run({"config", "extensions.worktreeConfig", "true"});
  CHECK(works(reader_of({objects_folder(repository)})->read(id, 10)));
}
