// SPDX-License-Identifier: Apache-2.0
#include "hub-client/listing_content.h"

#include <string>
#include <utility>
#include <vector>

#include "core/crypto/message_digest.h"
#include "tests/support/catch.h"

namespace sigstore::hub {
namespace {

Sha256Digest digest_of(std::string_view text) { return sha256(as_bytes(text)); }

ListedFile plain(std::string path, std::uint64_t size = 1) {
  return {std::move(path), size, std::string(40, '1')};
}
ListedFile weights(std::string path, std::string_view content,
                   std::uint64_t size = 1) {
  ListedFile file = plain(std::move(path), size);
  file.sha256 = digest_of(content);
  return file;
}
Listing listing_of(std::vector<ListedFile> files) {
  return {git::CommitId{*git::ObjectId::parse_hex(std::string(40, 'a'))},
          std::move(files)};
}
Manifest manifest_of(std::vector<Resource> resources,
                     Parameters parameters = {}) {
  return {std::move(parameters), std::move(resources), 0};
}

Difference difference(const Listing& listing, const Manifest& expected) {
  const SignedFiles files(expected);
  ListingContent content(listing, files);
  const Result<Manifest> actual =
      content.manifest(expected.parameters, Selection());
  REQUIRE(actual.ok());
  return compare(expected, *actual);
}

TEST_CASE("a listing is compared with what was signed", "[hub]") {
  const Listing listing =
      listing_of({plain("config.json"), weights("w.bin", "one")});
  const auto expecting = [&](std::string_view content) {
    return manifest_of(
        {{"config.json", digest_of("any")}, {"w.bin", digest_of(content)}});
  };
  CHECK(difference(listing, expecting("one")).empty());
  CHECK(difference(listing, expecting("two")).changed ==
        std::vector<std::string>{"w.bin"});
  CHECK(difference(listing, manifest_of({{"config.json", digest_of("any")}}))
            .extra == std::vector<std::string>{"w.bin"});
  CHECK(difference(listing, manifest_of({{"w.bin", digest_of("one")}})).extra ==
        std::vector<std::string>{"config.json"});
  CHECK(difference(listing_of({weights("w.bin", "one")}), expecting("one"))
            .missing == std::vector<std::string>{"config.json"});
}

TEST_CASE("shards have to end where the listing says that the file does",
          "[hub]") {
  Parameters shards;
  shards.method = Method::shards;
  shards.shard_size = 10;
  const Manifest expected = manifest_of(
      {{"w.bin:0:10", digest_of("a")}, {"w.bin:10:15", digest_of("b")}},
      shards);
  CHECK(difference(listing_of({weights("w.bin", "x", 15)}), expected).empty());
  for (const std::uint64_t size : {0U, 10U, 14U, 16U, 25U})
    CHECK(difference(listing_of({weights("w.bin", "x", size)}), expected)
              .changed == std::vector<std::string>{"w.bin"});
  CHECK(difference(listing_of({weights("v.bin", "x", 15)}), expected).extra ==
        std::vector<std::string>{"v.bin"});
}

TEST_CASE("the resources of a file are found among others", "[hub]") {
  Parameters shards;
  shards.method = Method::shards;
  shards.shard_size = 10;
  // In the order of names, ten comes before two.
  const Manifest manifest = manifest_of({{"a:0:10", digest_of("1")},
                                         {"a:0:2:0:10", digest_of("other")},
                                         {"a:100:105", digest_of("3")},
                                         {"a:10:100", digest_of("2")}},
                                        shards);
  const SignedFiles files(manifest);
  const std::vector<Resource> found = files.find("a");
  REQUIRE(found.size() == 3);
  CHECK(found[1].name == "a:10:100");
  CHECK(found[2].name == "a:100:105");
  CHECK(files.find("a:0:2").size() == 1);
  CHECK(files.find("b").empty());
}

TEST_CASE("names that a file system changes are refused", "[hub]") {
  for (const char* path : {"../a", "a/../b", "/a", "a//b", "a/", ".git/config",
                           "a/.GIT/x", "a\\b", "a\nb", "C:x", ""}) {
    CAPTURE(path);
    const Result<void> checked = check_listing_names(listing_of({plain(path)}));
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().kind == ErrorKind::unsafe_tree);
  }
  CHECK_FALSE(
      check_listing_names(listing_of({plain("A.bin"), plain("a.bin")})).ok());
  CHECK_FALSE(
      check_listing_names(listing_of({plain("A/x"), plain("a/y")})).ok());
  CHECK_FALSE(check_listing_names(listing_of({plain("a"), plain("a/y")})).ok());
  CHECK(check_listing_names(
            listing_of({plain("a/x"), plain("a/y"), plain("b/x")}))
            .ok());
}

}  // namespace
}  // namespace sigstore::hub
