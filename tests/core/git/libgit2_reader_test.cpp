// SPDX-License-Identifier: Apache-2.0
#include "core/git/libgit2_reader.h"

#include <string>

#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::git::Libgit2Reader;
using sigstore::git::ObjectId;

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

}  // namespace

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

TEST_CASE("names of 32 bytes are not in a repository with SHA-1 names",
          "[git]") {
  const TempRepository repository;
  const ObjectId id = *ObjectId::parse_hex(std::string(64, '7'));
  CHECK(refuses(repository.objects()->read(id, 10), ErrorKind::incomplete,
                "SHA-1 names"));
}

TEST_CASE("configuration that libgit2 does not know is no obstacle", "[git]") {
  const TempRepository repository;
  const ObjectId id = repository.write_blob("x");
  repository.run({"config", "core.repositoryFormatVersion", "1"});
  repository.run({"config", "extensions.worktreeConfig", "true"});
  CHECK(works(reader_of({objects_folder(repository)})->read(id, 10)));
}
