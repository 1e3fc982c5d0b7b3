// SPDX-License-Identifier: Apache-2.0
#include "core/git/cat_file_reader.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "core/base/limits.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_text;
using sigstore::ErrorKind;
using sigstore::git::CatFileReader;
using sigstore::git::ObjectFormat;
using sigstore::git::ObjectId;
using sigstore::git::ObjectType;
using sigstore::git::parse_cat_file_line;

namespace {

const std::string kHex(64, 'a');

std::unique_ptr<CatFileReader> reader_of(const std::filesystem::path& folder) {
  auto reader = CatFileReader::open({folder.string()}, ObjectFormat::sha256);
  REQUIRE(works(reader));
  return std::move(*reader);
}

}  // namespace

TEST_CASE("a header line gives type and size", "[git]") {
  const ObjectId id = *ObjectId::parse_hex(kHex);
  const auto header = parse_cat_file_line(kHex + " tree 1234", id);
  REQUIRE(works(header));
  REQUIRE(header->has_value());
  CHECK((*header)->type == ObjectType::tree);
  CHECK((*header)->size == 1234);
  CHECK_FALSE(parse_cat_file_line(kHex + " missing", id).value().has_value());
}

TEST_CASE("other header lines are refused", "[git]") {
  const ObjectId id = *ObjectId::parse_hex(kHex);
  for (const std::string& line :
       {std::string(), kHex, kHex + " ", kHex + " blob", kHex + " blob ",
        kHex + " blob -1", kHex + " blob 1 ", kHex + " blob 1x",
        kHex + " blob 99999999999999999999999", kHex + " leaf 1",
        kHex + " ambiguous", std::string(64, 'b') + " blob 1",
        std::string(40, 'a') + " blob 1"}) {
    CAPTURE(line);
    CHECK(refuses(parse_cat_file_line(line, id), ErrorKind::io,
                  "git cat-file answered"));
  }
}

TEST_CASE("after an object that was too large, the next one is read", "[git]") {
  const TempRepository repository("sha256");
  const ObjectId large = repository.write_blob(std::string(3'000'000, 'x'));
  const ObjectId small = repository.write_blob("small");
  const auto reader = reader_of(repository.folder().at(".git/objects"));
  CHECK(refuses(reader->read(large, 2'999'999), ErrorKind::invalid_input,
                "more than the limit of 2999999"));
  CHECK(as_text(reader->read(small, 5).value().content) == "small");
  CHECK(reader->read(large, 3'000'000).value().content.size() == 3'000'000);
  CHECK(as_text(reader->read(small, 5).value().content) == "small");
}

TEST_CASE("objects that arrive while the children run are found", "[git]") {
  const TempRepository repository("sha256");
  const ObjectId first = repository.write_blob("first");
  const auto reader = reader_of(repository.folder().at(".git/objects"));
  CHECK(works(reader->header(first)));
  const ObjectId later = repository.write_blob("later");
  CHECK(works(reader->header(later)));
  CHECK(works(reader->read(later, 10)));
}

TEST_CASE("an object that a promisor remote has is absent, not an end",
          "[git]") {
  const TempRepository repository("sha256");
  const ObjectId here = repository.write_blob("here");
  repository.run({"config", "remote.origin.promisor", "true"});
  repository.run({"config", "extensions.partialClone", "origin"});
  const auto reader = reader_of(repository.folder().at(".git/objects"));
  const ObjectId id = *ObjectId::parse_hex(kHex);
  CHECK(refuses(reader->header(id), ErrorKind::incomplete, kHex));
  CHECK(refuses(reader->read(id, 10), ErrorKind::incomplete, kHex));
  CHECK(works(reader->read(here, 10)));
}

TEST_CASE("objects of a quarantine and of its store are read together",
          "[git]") {
  const TempRepository store("sha256");
  const TempRepository quarantine("sha256");
  const ObjectId old_blob = store.write_blob("old");
  const ObjectId new_blob = quarantine.write_blob("new");
  const auto reader =
      CatFileReader::open({quarantine.folder().at(".git/objects").string(),
                           store.folder().at(".git/objects").string()},
                          ObjectFormat::sha256);
  REQUIRE(works(reader));
  CHECK(as_text((*reader)->read(old_blob, 10).value().content) == "old");
  CHECK(as_text((*reader)->read(new_blob, 10).value().content) == "new");
}

TEST_CASE("a child that ends is an error, not an absence", "[git]") {
  const TempRepository repository("sha256");
  const ObjectId id = repository.write_blob("x");
  const auto reader = CatFileReader::open({"/nowhere"}, ObjectFormat::sha256);
  REQUIRE(works(reader));
  const TempFolder empty;
  const auto path = std::string(std::getenv("PATH"));
  setenv("PATH", empty.path().c_str(), 1);
  const auto header = (*reader)->header(id);
  setenv("PATH", path.c_str(), 1);
  CHECK(refuses(header, ErrorKind::io, "cannot run git"));
}
