// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/listing_file.h"

#include "tests/core/refuses.h"

namespace sigstore::hub {
namespace {

const std::string kBlob(40, 'b');
const std::string kSha256(64, 'c');
const std::string kXet(64, 'd');

git::CommitId commit() {
  return {*git::ObjectId::parse_hex(std::string(40, 'a'))};
}

Listing example() {
  return {commit(),
          {{"config.json", 519, kBlob},
           {"model.safetensors", 1234, kBlob, Sha256Digest::parse_hex(kSha256),
            kXet},
           {"w\xc3\xb6rter \"x\".txt", 0, kBlob,
            Sha256Digest::parse_hex(kSha256)}}};
}

// What Python's json.dumps(..., indent=1) makes of the same listing.
const std::string kText = R"({
 "format_version": 1,
 "files": {
  "config.json": {
   "size": 519,
   "blob_id": ")" + kBlob +
                          R"("
  },
  "model.safetensors": {
   "size": 1234,
   "blob_id": ")" + kBlob +
                          R"(",
   "lfs_sha256": ")" + kSha256 +
                          R"(",
   "lfs_size": 1234,
   "xet_hash": ")" + kXet +
                          R"("
  },
  "w\u00f6rter \"x\".txt": {
   "size": 0,
   "blob_id": ")" + kBlob +
                          R"(",
   "lfs_sha256": ")" + kSha256 +
                          R"(",
   "lfs_size": 0
  }
 }
})";

std::string one_file(const std::string& members) {
  return R"({"format_version":1,"files":{"f":{)" + members + "}}}";
}

TEST_CASE("a listing is written as huggingface_hub writes it", "[store]") {
  CHECK(write_listing(example()) == kText);
  CHECK(write_listing({commit(), {}}) ==
        "{\n \"format_version\": 1,\n \"files\": {}\n}");
}

TEST_CASE("a listing is read as it was written", "[store]") {
  const auto listing = parse_listing(kText, commit());
  REQUIRE(works(listing));
  REQUIRE(*listing);
  CHECK((*listing)->commit == commit());
  CHECK(write_listing(**listing) == kText);
  CHECK((*listing)->files[1].etag() == kSha256);
  CHECK((*listing)->files[0].etag() == kBlob);
}

TEST_CASE("the size of a pointer is not the size of its file", "[store]") {
  const auto listing = parse_listing(
      one_file("\"size\":133,\"blob_id\":\"" + kBlob + "\",\"lfs_sha256\":\"" +
               kSha256 + "\",\"lfs_size\":9000"),
      commit());
  REQUIRE(works(listing));
  CHECK((*listing)->files.at(0).size == 9000);
}

TEST_CASE("a listing in a format of the future is as good as none", "[store]") {
  const auto listing =
      parse_listing(R"({"format_version":2,"files":[]})", commit());
  REQUIRE(works(listing));
  CHECK_FALSE(*listing);
}

TEST_CASE("what is no listing is refused", "[store]") {
  const std::string blob = "\"blob_id\":\"" + kBlob + "\"";
  struct Row {
    std::string text;
    const char* phrase;
  };
  const std::vector<Row> rows{
      {"", "JSON"},
      {kText.substr(0, kText.size() - 1), "JSON"},
      {"[]", "format_version"},
      {R"({"files":{}})", "format_version"},
      {R"({"format_version":"1","files":{}})", "format_version"},
      {R"({"format_version":1})", "files"},
      {R"({"format_version":1,"files":[]})", "files"},
      {R"({"format_version":1,"files":{"f":{}, "f":{}}})", "f"},
      {one_file(""), "blob_id"},
      {one_file(blob), "size"},
      {one_file("\"size\":-1," + blob), "size"},
      {one_file("\"size\":1.5," + blob), "size"},
      {one_file("\"size\":1,\"blob_id\":\"../../x\""), "blob_id"},
      {one_file("\"size\":1," + blob + ",\"lfs_sha256\":\"ab\""), "lfs_sha256"},
      {one_file("\"size\":1," + blob + ",\"xet_hash\":\"ab\""), "xet_hash"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(refuses(parse_listing(row.text, commit()), ErrorKind::invalid_input,
                  row.phrase));
  }
}

}  // namespace
}  // namespace sigstore::hub
