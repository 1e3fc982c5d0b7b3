// SPDX-License-Identifier: Apache-2.0
#include "core/git/inflate.h"

#include <random>
#include <string>

#include "tests/support/catch.h"
#include "tests/support/temp_repository.h"

using sigstore::as_bytes;
using sigstore::as_text;
using sigstore::Bytes;
using sigstore::ByteView;
using sigstore::git::Inflater;

namespace {

// A loose object is a zlib stream made by git: "blob <size>\0<content>".
std::string compressed(const TempRepository& repository,
                       const std::string& content, const char* level) {
  repository.run({"config", "core.looseCompression", level});
  const std::string name = repository.write_blob(content).to_hex();
  return repository.folder().read(".git/objects/" + name.substr(0, 2) + "/" +
                                  name.substr(2));
}

std::string plain(const std::string& content) {
  return "blob " + std::to_string(content.size()) + '\0' + content;
}

// A literal with zeros in it.
template <std::size_t kSize>
std::string bytes(const char (&text)[kSize]) {
  return std::string(text, kSize - 1);
}

// What comes out, or "?".
std::string inflated(std::string_view zlib, std::size_t size) {
  Bytes out(size);
  Inflater inflater;
  if (!inflater.inflate(as_bytes(zlib), out)) return "?";
  return std::string(as_text(out));
}

std::string random_text(std::mt19937& random, std::size_t size) {
  // From one letter to all bytes, so that codes of every length appear.
  const unsigned letters = 1 + random() % 256;
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random() % letters);
  return text;
}

}  // namespace

TEST_CASE("what git compresses comes out again, at every level", "[git]") {
  const TempRepository repository;
  std::mt19937 random(1);
  const std::string content =
      GENERATE(std::string(), std::string("a"), std::string(100, 'x'),
               std::string("version https://git-lfs.github.com/spec/v1\n"),
               std::string(70000, 'y'));
  const char* level = GENERATE("0", "1", "6", "9");
  const std::string zlib = compressed(repository, content, level);
  CHECK(inflated(zlib, plain(content).size()) == plain(content));
}

TEST_CASE("random contents come out again", "[git]") {
  const TempRepository repository;
  std::mt19937 random(2);
  for (int i = 0; i < 60; ++i) {
    const std::string content = random_text(random, random() % 3000);
    CAPTURE(i);
    const std::string zlib = compressed(repository, content, "6");
    CHECK(inflated(zlib, plain(content).size()) == plain(content));
  }
}

TEST_CASE("a stream of another size is refused", "[git]") {
  const TempRepository repository;
  const std::string content = "some content, some content";
  const std::string zlib = compressed(repository, content, "6");
  const std::size_t size = plain(content).size();
  CHECK(inflated(zlib, size - 1) == "?");
  CHECK(inflated(zlib, size + 1) == "?");
}

TEST_CASE("a stream that ends early is refused", "[git]") {
  const TempRepository repository;
  std::mt19937 random(3);
  const std::string content = random_text(random, 300);
  const std::string zlib = compressed(repository, content, "9");
  // The last four bytes are the Adler-32, which is not read.
  for (std::size_t cut = 0; cut + 5 < zlib.size(); ++cut)
    CHECK(inflated(zlib.substr(0, cut), plain(content).size()) == "?");
}

TEST_CASE("streams that say what they must not are refused", "[git]") {
  // RFC 1950: another method, a preset dictionary, a wrong check.
  CHECK(inflated(bytes("\x77\x9c\x03\x00"), 0) == "?");
  CHECK(inflated(bytes("\x78\xbb\x03\x00"), 0) == "?");
  CHECK(inflated(bytes("\x78\x9d\x03\x00"), 0) == "?");
  // The empty stream, and block type 3.
  CHECK(inflated(bytes("\x78\x9c\x03\x00"), 0).empty());
  CHECK(inflated(bytes("\x78\x9c\x07\x00"), 0) == "?");
  // A stored block whose length and complement differ, or which is too long.
  CHECK(inflated(bytes("\x78\x9c\x01\x01\x00\xfe\xffX"), 1) == "X");
  CHECK(inflated(bytes("\x78\x9c\x01\x01\x00\xff\xffX"), 1) == "?");
  CHECK(inflated(bytes("\x78\x9c\x01\x02\x00\xfd\xffX"), 2) == "?");
  // Fixed codes: a copy from before the start ("length 3, distance 1").
  CHECK(inflated(bytes("\x78\x9c\x03\x02\x00"), 3) == "?");
}
