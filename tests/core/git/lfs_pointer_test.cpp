// SPDX-License-Identifier: Apache-2.0
#include "core/git/lfs_pointer.h"

#include <string>

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::ErrorKind;
using sigstore::git::parse_lfs_pointer;
using sigstore::git::write_lfs_pointer;

// The rows of git.md 5.1: what git-lfs 3.3.0 does with a blob, and what we do.

namespace {

const std::string kVersion = "version https://git-lfs.github.com/spec/v1\n";
const std::string kHex =
    "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const std::string kOid = "oid sha256:" + kHex + "\n";
const std::string kSize = "size 50000\n";
const std::string kCanonical = kVersion + kOid + kSize;

std::string replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

bool is_plain(std::string_view text) {
  const auto pointer = parse_lfs_pointer(as_bytes(text));
  return works(pointer) && !pointer->has_value();
}

bool is_unsafe(std::string_view text) {
  return refuses(parse_lfs_pointer(as_bytes(text)), ErrorKind::unsafe_tree,
                 "not in canonical form");
}

}  // namespace

TEST_CASE("a canonical pointer is read", "[git]") {
  const auto pointer = parse_lfs_pointer(as_bytes(kCanonical));
  REQUIRE(works(pointer));
  REQUIRE(pointer->has_value());
  CHECK((*pointer)->oid.to_hex() == kHex);
  CHECK((*pointer)->size == 50000);
}

TEST_CASE("a pointer survives the way out and back", "[git]") {
  const auto pointer = parse_lfs_pointer(as_bytes(kCanonical));
  REQUIRE(works(pointer));
  CHECK(write_lfs_pointer(pointer->value()) == kCanonical);
}

TEST_CASE("sizes from one byte to eighteen digits are read", "[git]") {
  for (const char* size : {"size 1\n", "size 999999999999999999\n"}) {
    CAPTURE(size);
    const auto pointer = parse_lfs_pointer(as_bytes(kVersion + kOid + size));
    REQUIRE(works(pointer));
    CHECK(pointer->has_value());
  }
}

TEST_CASE("a pointer with CRLF line ends is refused", "[git]") {
  std::string text;
  for (const char c : kCanonical)
    text += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(is_unsafe(text));
  CHECK(is_unsafe(replaced(kCanonical, "\noid", "\r\noid")));
}

TEST_CASE("a pointer with blank lines is refused", "[git]") {
  CHECK(is_unsafe(kVersion + "\n" + kOid + kSize));
  CHECK(is_unsafe("\n" + kCanonical));
  CHECK(is_unsafe(" " + kCanonical));
}

TEST_CASE("a pointer with newlines or spaces at its end is refused", "[git]") {
  CHECK(is_unsafe(kCanonical + "\n"));
  CHECK(is_unsafe(kCanonical + " "));
  CHECK(is_unsafe(replaced(kCanonical, "50000\n", "50000 \n")));
}

TEST_CASE("a pointer without its final newline is refused", "[git]") {
  CHECK(is_unsafe(kCanonical.substr(0, kCanonical.size() - 1)));
}

TEST_CASE("a pointer with an old version URL is refused", "[git]") {
  for (const char* url :
       {"http://git-media.io/v/2", "https://hawser.github.com/spec/v1"}) {
    CAPTURE(url);
    CHECK(is_unsafe(
        replaced(kCanonical, "https://git-lfs.github.com/spec/v1", url)));
  }
}

TEST_CASE("a size that is no canonical number is refused", "[git]") {
  for (const char* size :
       {"size +50000\n", "size 050000\n", "size 00\n", "size -1\n", "size \n",
        "size 5e4\n", "size 0x10\n", "size 1 2\n", "size 50000.0\n",
        "size  50000\n", "size 9223372036854775808\n"}) {
    CAPTURE(size);
    CHECK(is_unsafe(kVersion + kOid + size));
  }
}

TEST_CASE("a pointer to no bytes is refused", "[git]") {
  // git-lfs would write an empty file in place of the real one.
  CHECK(is_unsafe(kVersion + kOid + "size 0\n"));
}

TEST_CASE("an object name that is no lower-case SHA-256 is refused", "[git]") {
  std::string upper = kHex;
  upper[1] = 'D';
  for (const std::string& oid :
       {upper, kHex.substr(2), kHex + "00", kHex.substr(1), std::string("g")}) {
    CAPTURE(oid);
    CHECK(is_unsafe(kVersion + "oid sha256:" + oid + "\n" + kSize));
  }
  CHECK(is_unsafe(replaced(kCanonical, "sha256:", "SHA256:")));
  CHECK(is_unsafe(replaced(kCanonical, "sha256:", "sha512:")));
}

TEST_CASE("a pointer with an extension is refused", "[git]") {
  CHECK(
      is_unsafe(kVersion + "ext-0-name sha256:" + kHex + "\n" + kOid + kSize));
}

TEST_CASE("a pointer with more lines is refused", "[git]") {
  CHECK(is_unsafe(kCanonical + "x-extra 1\n"));
}

TEST_CASE("keys out of order are plain content", "[git]") {
  CHECK(is_plain(kVersion + kSize + kOid));
  CHECK(is_plain(kOid + kVersion + kSize));
}

TEST_CASE("a double space after a key is never taken for a pointer", "[git]") {
  for (const char* key : {"version ", "oid ", "size "}) {
    const auto pointer = parse_lfs_pointer(
        as_bytes(replaced(kCanonical, key, std::string(key) + " ")));
    CHECK((!pointer.ok() || !pointer->has_value()));
  }
}

TEST_CASE("text that only mentions git-lfs is plain content", "[git]") {
  CHECK(is_plain("Install git-lfs before you clone.\n"));
  CHECK(is_plain(kVersion));
  CHECK(is_plain("see " + kCanonical));
}

TEST_CASE("three keys without git-lfs among them are plain content", "[git]") {
  CHECK(is_plain("version 1\noid 2\nsize 3\n"));
}

TEST_CASE("an empty blob is plain content", "[git]") { CHECK(is_plain("")); }

TEST_CASE("binary content is plain", "[git]") {
  std::string bytes(4096, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 37 % 256);
  CHECK(is_plain(bytes));
}

TEST_CASE("a pointer padded beyond the limit is refused", "[git]") {
  CHECK(is_unsafe(kCanonical + std::string(2000, '\n')));
  CHECK(is_unsafe(kCanonical + std::string(2000, ' ')));
  CHECK(is_unsafe(kCanonical + std::string(1024 - kCanonical.size(), '\n')));
}

TEST_CASE("a large file that is no pointer is plain content", "[git]") {
  CHECK(is_plain(std::string(2000, 'x') + kCanonical));
}
