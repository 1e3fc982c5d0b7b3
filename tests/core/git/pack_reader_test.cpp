// SPDX-License-Identifier: Apache-2.0
#include "core/git/pack_reader.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/core/refuses.h"
#include "tests/support/temp_repository.h"

using sigstore::as_text;
using sigstore::git::ObjectId;
using sigstore::git::ObjectType;
using sigstore::git::PackReader;

namespace {

std::string objects_folder(const TempRepository& repository) {
  return repository.folder().at(".git/objects").string();
}

// A commit with `count` files, in one pack without deltas.
std::vector<ObjectId> fill(const TempRepository& repository, int count) {
  std::vector<ObjectId> blobs;
  for (int i = 0; i < count; ++i) {
    const std::string text = "file " + std::to_string(i) + "\n";
    repository.write("f" + std::to_string(i), text);
    blobs.push_back(repository.write_blob(text));
  }
  repository.commit_all();
  repository.run({"repack", "-a", "-d", "-f", "-q", "--depth=0"});
  return blobs;
}

PackReader reader_of(const TempRepository& repository) {
  auto reader = PackReader::open({objects_folder(repository)});
  REQUIRE(works(reader));
  return std::move(*reader);
}

std::filesystem::path file_of(const TempRepository& repository,
                              std::string_view extension) {
  for (const auto& entry : std::filesystem::directory_iterator(
           objects_folder(repository) + "/pack"))
    if (entry.path().extension() == extension) return entry.path();
  FAIL("no pack");
  return {};
}

void change_byte(const std::filesystem::path& path, long from_end) {
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-from_end, std::ios::end);
  const char old = static_cast<char>(file.get());
  file.seekp(-from_end, std::ios::end);
  file.put(static_cast<char>(old ^ 0x10));
}

}  // namespace

TEST_CASE("objects that stand whole in a pack are read", "[git]") {
  const TempRepository repository;
  const std::vector<ObjectId> blobs = fill(repository, 300);
  PackReader reader = reader_of(repository);
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    const auto object = reader.find(blobs[i], 100);
    REQUIRE(object);
    CHECK(object->type == ObjectType::blob);
    CHECK(as_text(object->content) == "file " + std::to_string(i) + "\n");
    CHECK(reader.find_header(blobs[i])->size == object->content.size());
  }
  const auto commit = reader.find(repository.head().id, 10000);
  REQUIRE(commit);
  CHECK(commit->type == ObjectType::commit);
}

TEST_CASE("what is not whole in a pack is left to others", "[git]") {
  const TempRepository repository;
  const ObjectId packed = fill(repository, 3)[0];
  const ObjectId loose = repository.write_blob("loose");
  PackReader reader = reader_of(repository);
  CHECK_FALSE(reader.find(loose, 100));
  CHECK_FALSE(reader.find_header(loose));
  CHECK_FALSE(reader.find(packed, 5));  // the limit
  CHECK(reader.find(packed, 7));
  CHECK_FALSE(reader.find(*ObjectId::parse_hex(std::string(64, '1')), 100));
}

TEST_CASE("deltas are left to others", "[git]") {
  const TempRepository repository;
  std::string text;
  for (int i = 0; i < 400; ++i) text += std::to_string(i * 7919) + "\n";
  const ObjectId first = repository.write_blob(text);
  repository.write("a", text);
  repository.commit_all();
  const ObjectId second = repository.write_blob(text + "more\n");
  repository.write("a", text + "more\n");
  repository.commit_all();
  repository.run({"repack", "-a", "-d", "-f", "-q"});
  PackReader reader = reader_of(repository);
  // Only one of the two stands whole.
  CHECK(reader.find(first, 10000).has_value() !=
        reader.find(second, 10000).has_value());
}

TEST_CASE("a damaged entry is left to others", "[git]") {
  const TempRepository repository;
  std::vector<ObjectId> all = fill(repository, 20);
  all.push_back(repository.head().id);
  all.push_back(*ObjectId::parse_hex(
      repository.run({"rev-parse", "HEAD:"}).substr(0, 40)));
  constexpr long kTrailer = 20 + 4;  // checksum and Adler-32
  change_byte(file_of(repository, ".pack"), kTrailer + 8);
  PackReader reader = reader_of(repository);
  int found = 0;
  for (const ObjectId& id : all) found += reader.find(id, 10000) ? 1 : 0;
  CHECK(found == 21);
}

TEST_CASE("a damaged index answers nothing wrong", "[git]") {
  const TempRepository repository;
  const std::vector<ObjectId> blobs = fill(repository, 20);
  const std::filesystem::path index = file_of(repository, ".idx");
  // The last offset; then the last byte of the fan-out, the number of names.
  const long trailer = 40;
  const auto size = static_cast<long>(std::filesystem::file_size(index));
  change_byte(index, GENERATE_COPY(trailer + 4, trailer + 1,
                                   size - (8 + 255 * 4), size - 7, size - 8));
  PackReader reader = reader_of(repository);
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    const auto object = reader.find(blobs[i], 100);
    if (object)
      CHECK(as_text(object->content) == "file " + std::to_string(i) + "\n");
  }
}

TEST_CASE("a truncated index or pack is left out", "[git]") {
  const TempRepository repository;
  const ObjectId blob = fill(repository, 20)[0];
  const std::filesystem::path path =
      file_of(repository, GENERATE(".idx", ".pack"));
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  const std::size_t size = GENERATE(0U, 7U, 100U, 1100U);
  if (size < std::filesystem::file_size(path))
    std::filesystem::resize_file(path, size);
  else
    return;
  PackReader reader = reader_of(repository);
  if (path.extension() == ".idx")
    CHECK_FALSE(reader.find(blob, 100));
  else if (const auto object = reader.find(blob, 100))
    CHECK(as_text(object->content) == "file 0\n");
}
