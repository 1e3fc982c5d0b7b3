// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/verified_copy.h"

#include "core/crypto/message_digest.h"
#include "hub-client/download/partial_file.h"
#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::ContentDigest;
using sigstore::ErrorKind;
using sigstore::Method;
using sigstore::sha256;
using sigstore::hub::copy_verified;
using sigstore::hub::PartialFile;
using sigstore::hub::same_content;
using sigstore::hub::WantedFile;

namespace {

namespace fs = std::filesystem;

WantedFile wanted(const TempFolder& folder, const std::string& content) {
  WantedFile file;
  file.path = "weights";
  file.size = content.size();
  file.expected.sha256 = sha256(as_bytes(content));
  file.etag = file.expected.sha256->to_hex();
  file.partial = folder.at("x.incomplete");
  return file;
}

bool is_alone(const TempFolder& folder) {
  return std::distance(fs::directory_iterator(folder.path()),
                       fs::directory_iterator()) == 1;
}

}  // namespace

TEST_CASE("a copy has every byte, and is hashed", "[download]") {
  const TempFolder folder;
  const std::string content(GENERATE(0U, 1U, 3'000'001U), 'a');
  const auto source = folder.write("source", content);
  const auto copied = copy_verified(source, wanted(folder, content));
  REQUIRE(works(copied));
  CHECK(*copied);
  CHECK(folder.read("x.incomplete") == content);
  CHECK(folder.read("source") == content);
  CHECK(fs::hard_link_count(folder.at("x.incomplete")) == 1);
}

TEST_CASE("of what is no copy nothing is left", "[download]") {
  const TempFolder folder;
  const std::string content(1000, 'a');
  std::string other = content;
  other[999] = 'b';
  fs::path source = folder.write("source", other);
  SECTION("other bytes") {}
  SECTION("another digest, by the signature") {
    WantedFile file = wanted(folder, other);
    file.expected.sha256.reset();
    file.expected.resources = {{"weights", sha256(as_bytes(content))}};
    const auto copied = copy_verified(source, file);
    REQUIRE(works(copied));
    CHECK_FALSE(*copied);
  }
  SECTION("another size") { folder.write("source", content + "a"); }
  SECTION("a link") {
    fs::remove(source);
    folder.link("source", folder.write("real", content));
    const auto copied = copy_verified(source, wanted(folder, content));
    REQUIRE(works(copied));
    CHECK_FALSE(*copied);
    CHECK_FALSE(fs::exists(folder.at("x.incomplete")));
    return;
  }
  const auto copied = copy_verified(source, wanted(folder, content));
  REQUIRE(works(copied));
  CHECK_FALSE(*copied);
  CHECK(is_alone(folder));
  fs::remove(source);
  const auto gone = copy_verified(source, wanted(folder, content));
  REQUIRE(works(gone));
  CHECK_FALSE(*gone);
}

TEST_CASE("a partial of an earlier run does not show through", "[download]") {
  const TempFolder folder;
  const std::string content(1000, 'a');
  const WantedFile file = wanted(folder, content);
  {
    auto partial = PartialFile::open(file.partial, file.etag, file.size);
    REQUIRE(works(partial));
    REQUIRE(works((*partial)->write_at(0, as_bytes("hello"))));
    sigstore::hub::ByteRanges have;
    have.add({0, 5});
    REQUIRE(works((*partial)->checkpoint(have)));
  }
  const auto copied = copy_verified(folder.write("source", content), file);
  REQUIRE(works(copied));
  CHECK(*copied);
  CHECK(folder.read("x.incomplete") == content);
  CHECK_FALSE(fs::exists(PartialFile::sidecar_of(file.partial)));
}

TEST_CASE("what is one content by listing and signature", "[download]") {
  const TempFolder folder;
  const ContentDigest digest = sha256(as_bytes("signed"));
  const ContentDigest other_digest = sha256(as_bytes("other"));
  WantedFile one = wanted(folder, "content");
  WantedFile other = one;
  one.path = "one";
  other.path = "other";
  CHECK(same_content(one, other));
  one.expected.resources = {{"one", digest}};
  CHECK_FALSE(same_content(one, other));
  other.expected.resources = {{"other", digest}};
  CHECK(same_content(one, other));
  SECTION("the signature says something else of it") {
    other.expected.resources = {{"other", other_digest}};
  }
  SECTION("it is hashed in another way") {
    other.expected.parameters.hash_type = sigstore::HashAlgorithm::blake2b;
  }
  SECTION("in shards") { other.expected.parameters.method = Method::shards; }
  SECTION("another size") { ++other.size; }
  SECTION("another digest") {
    other.expected.sha256 = sha256(as_bytes("other"));
  }
  SECTION("another blob") { other.expected.git_blob = std::string(40, 'a'); }
  SECTION("another name of the content") { other.etag = "other"; }
  SECTION("the Hub says nothing of either") {
    one.expected.sha256.reset();
    other.expected.sha256.reset();
  }
  CHECK_FALSE(same_content(one, other));
}
