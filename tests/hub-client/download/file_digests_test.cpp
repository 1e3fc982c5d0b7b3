// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/file_digests.h"

#include "tests/core/refuses.h"

using sigstore::as_bytes;
using sigstore::ContentDigest;
using sigstore::ErrorKind;
using sigstore::HashAlgorithm;
using sigstore::Result;
using sigstore::sha256;
using sigstore::hub::Expected;
using sigstore::hub::FileDigests;

namespace {

const std::string kText = "hello world\n";
// git hash-object
const std::string kBlob = "3b18e512dba79e4c8300dd08aeb37f8e728b8dad";

// In pieces of `step` bytes.
Result<void> check(const std::string& text, const Expected& expected,
                   std::size_t step = 5) {
  auto digests = FileDigests::create("a/b.txt", text.size(), expected);
  if (!digests.ok()) return std::move(digests).error();
  for (std::size_t at = 0; at < text.size(); at += step)
    TRY(digests->update(as_bytes(text.substr(at, step))));
  return digests->finish();
}

Expected signed_as(const ContentDigest& digest) {
  Expected expected;
  expected.resources = {{"a/b.txt", digest}};
  return expected;
}

Expected sharded(const std::string& text, std::size_t size) {
  Expected expected;
  expected.parameters.method = sigstore::Method::shards;
  expected.parameters.shard_size = static_cast<std::int64_t>(size);
  for (std::size_t at = 0; at < text.size(); at += size) {
    const std::string part = text.substr(at, size);
    expected.resources.push_back(
        {sigstore::shard_name("a/b.txt", static_cast<std::int64_t>(at),
                              static_cast<std::int64_t>(at + part.size())),
         sha256(as_bytes(part))});
  }
  return expected;
}

}  // namespace

TEST_CASE("content is what the listing says", "[download]") {
  Expected expected;
  CHECK(works(check(kText, expected)));
  expected.sha256 = sha256(as_bytes(kText));
  expected.git_blob = kBlob;
  CHECK(works(check(kText, expected)));
  CHECK(refuses(check("hello worle\n", expected), ErrorKind::content_differs,
                "a/b.txt: its sha256 is " +
                    sha256(as_bytes("hello worle\n")).to_hex() + ", expected " +
                    sha256(as_bytes(kText)).to_hex()));
  expected.sha256.reset();
  CHECK(refuses(check("hello worle\n", expected), ErrorKind::content_differs,
                "its git blob id is "));
  expected.git_blob = "3b18";
  CHECK(refuses(check(kText, expected), ErrorKind::invalid_input,
                "no id of a blob"));
}

TEST_CASE("content is what was signed", "[download]") {
  Expected expected = signed_as(sha256(as_bytes(kText)));
  CHECK(works(check(kText, expected)));
  CHECK(refuses(check("hello worle\n", expected), ErrorKind::content_differs,
                "its sha256 is"));
  expected.parameters.hash_type = HashAlgorithm::blake2b;
  auto digest = sigstore::RunningDigest::create(HashAlgorithm::blake2b);
  REQUIRE(works(digest));
  digest->update(as_bytes(kText));
  expected.resources[0].digest = digest->finish();
  expected.git_blob = kBlob;
  CHECK(works(check(kText, expected)));
  CHECK(refuses(check("hello worle\n", expected), ErrorKind::content_differs,
                "its git blob id"));
  expected.git_blob.clear();
  CHECK(refuses(check("hello worle\n", expected), ErrorKind::content_differs,
                "its blake2b is"));
  expected.parameters.hash_type = HashAlgorithm::blake3;
  CHECK(refuses(check(kText, expected), ErrorKind::content_differs,
                "its blake3 is"));
  expected.resources.push_back(expected.resources[0]);
  CHECK(refuses(check(kText, expected), ErrorKind::invalid_input,
                "more than once"));
}

TEST_CASE("a listing that contradicts the signature ends it at once",
          "[download]") {
  Expected expected = signed_as(sha256(as_bytes(kText)));
  expected.sha256 = sha256(as_bytes("other"));
  CHECK(refuses(FileDigests::create("a/b.txt", 12, expected),
                ErrorKind::content_differs,
                "by the listing, and " + sha256(as_bytes(kText)).to_hex() +
                    " was signed"));
  CHECK(refuses(FileDigests::create("a/b.txt", 13, sharded(kText, 5)),
                ErrorKind::content_differs,
                "it has 13 bytes by the listing, and 12 were signed"));
}

TEST_CASE("each shard is what was signed", "[download]") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += std::to_string(i);
  for (const std::size_t size : {1UL, 7UL, 10UL, 95UL, 190UL, 1000UL})
    for (const std::size_t step : {1UL, 5UL, 64UL, 1000UL})
      CHECK(works(check(text, sharded(text, size), step)));
  Expected expected = sharded(text, 50);
  // By name, 100 stands before 50.
  std::swap(expected.resources[1], expected.resources[2]);
  CHECK(works(check(text, expected)));
  std::string other = text;
  other[60] = 'x';
  CHECK(refuses(check(other, expected), ErrorKind::content_differs,
                "a/b.txt: its sha256 of bytes 50 to 100 is "));
  expected.sha256 = sha256(as_bytes(text));
  CHECK(works(check(text, expected)));
}

TEST_CASE("a wrong shard is known before the rest has come", "[download]") {
  const std::string text(100, 'x');
  auto digests =
      FileDigests::create("a", 100, sharded(std::string(100, 'y'), 10));
  REQUIRE(works(digests));
  CHECK(works(digests->update(as_bytes(text.substr(0, 9)))));
  CHECK(refuses(digests->update(as_bytes("x")), ErrorKind::content_differs,
                "bytes 0 to 10"));
}

TEST_CASE("shards that leave something out are refused", "[download]") {
  const std::string text(30, 'x');
  Expected expected = sharded(text, 10);
  expected.resources.erase(expected.resources.begin());
  CHECK(refuses(check(text, expected), ErrorKind::invalid_input,
                "do not follow each other"));
  expected = sharded(text, 10);
  expected.resources.erase(expected.resources.begin() + 1);
  CHECK(refuses(check(text, expected), ErrorKind::invalid_input,
                "do not follow each other"));
  expected = sharded(text, 10);
  expected.resources[0].name = "a/b.txt";
  CHECK_FALSE(check(text, expected).ok());
}
