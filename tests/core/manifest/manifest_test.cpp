// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/manifest.h"

#include <string>

#include "core/crypto/message_digest.h"
#include "tests/core/refuses.h"

using sigstore::check_canonical_path;
using sigstore::check_no_difference;
using sigstore::compare;
using sigstore::ContentDigest;
using sigstore::Difference;
using sigstore::ErrorKind;
using sigstore::Manifest;
using sigstore::Method;
using sigstore::parse_shard_name;
using sigstore::Resource;
using sigstore::root_digest;
using sigstore::sort_resources;

namespace {

ContentDigest digest_of(std::string_view text) {
  return sigstore::sha256(sigstore::as_bytes(text));
}

ContentDigest hex_digest(std::string_view hex) {
  const auto digest = sigstore::Sha256Digest::parse_hex(hex);
  REQUIRE(digest.has_value());
  return *digest;
}

// A manifest of names with their content.
Manifest make(const std::vector<std::pair<std::string, std::string>>& contents,
              Method method = Method::files) {
  Manifest manifest;
  manifest.parameters.method = method;
  if (method == Method::shards) manifest.parameters.shard_size = 8;
  for (const auto& [name, content] : contents)
    manifest.resources.push_back({name, digest_of(content)});
  REQUIRE(works(sort_resources(manifest.resources)));
  return manifest;
}

std::vector<std::string> sorted_names(const std::vector<std::string>& names) {
  std::vector<Resource> resources;
  for (const std::string& name : names) resources.push_back({name, {}});
  REQUIRE(works(sort_resources(resources)));
  std::vector<std::string> out;
  for (const Resource& resource : resources) out.push_back(resource.name);
  return out;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("resources sort by the code points of the whole name", "[manifest]") {
  const Paths expected{"Z", "a b", "a-b", "a.txt", "a/b", "\xc3\xa9"};
  CHECK(sorted_names({"\xc3\xa9", "a/b", "a.txt", "a-b", "a b", "Z"}) ==
        expected);
}

TEST_CASE("a folder's files sort after names with a dot or a space",
          "[manifest]") {
  CHECK(sorted_names({"model/a", "model.bin", "model x"}) ==
        Paths{"model x", "model.bin", "model/a"});
}

TEST_CASE("code points beyond U+FFFF sort after those below", "[manifest]") {
  // UTF-16 has it the other way round.
  CHECK(sorted_names({"\xf0\x90\x80\x80", "\xef\xbf\xbf"}) ==
        Paths{"\xef\xbf\xbf", "\xf0\x90\x80\x80"});
}

TEST_CASE("shards sort by name, not by number", "[manifest]") {
  CHECK(
      sorted_names({"w.bin:8:16", "w.bin:0:8", "w.bin:24:26", "w.bin:16:24"}) ==
      Paths{"w.bin:0:8", "w.bin:16:24", "w.bin:24:26", "w.bin:8:16"});
  CHECK(sorted_names({"w:0:5", "w.x:0:5"}) == Paths{"w.x:0:5", "w:0:5"});
}

TEST_CASE("a name that is listed twice is refused", "[manifest]") {
  std::vector<Resource> resources{{"b", {}}, {"a", {}}, {"b", {}}};
  CHECK(refuses(sort_resources(resources), ErrorKind::invalid_input,
                "'b' is listed twice"));
}

TEST_CASE("the root digest is that of the published bundle", "[manifest]") {
  CHECK(root_digest(
            {{"signme-1", hex_digest("bc9a717db6064a32cbe9eae6fc40651d"
                                     "d6d36ef1757183f590eff2b1765d7ebc")},
             {"signme-2", hex_digest("32dcb1f8e1ae52d5963e56a6ba06ab58"
                                     "b424c15ed2a6b70d2feca1d089370028")}})
            .to_hex() ==
        "92745110b1ab4368471cbe31664e10174e954b113a3df333db860317b2c6dec4");
}

TEST_CASE("the root digest of nothing is that of no bytes", "[manifest]") {
  CHECK(root_digest({}).to_hex() ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("the root digest depends on the order and not on the names",
          "[manifest]") {
  const Resource a{"a", digest_of("1")};
  const Resource b{"b", digest_of("2")};
  CHECK(root_digest({a, b}) != root_digest({b, a}));
  CHECK(root_digest({a, b}) == root_digest({{"x", a.digest}, {"y", b.digest}}));
}

TEST_CASE("the root digest covers the whole of longer digests", "[manifest]") {
  sigstore::Bytes bytes(64, 1);
  const ContentDigest one(bytes);
  bytes.back() = 2;
  const ContentDigest two(bytes);
  CHECK(root_digest({{"a", one}}) != root_digest({{"a", two}}));
}

TEST_CASE("canonical paths are accepted", "[manifest]") {
  for (const char* path : {"a", "a/b/c", ".hidden", "a b", "...", "..a", "a..",
                           "a:b", "a\\b", "a\nb", "\xc3\xa9", "-", "a/.b/c"}) {
    CAPTURE(path);
    CHECK(works(check_canonical_path(path)));
  }
}

TEST_CASE("paths that are not canonical are refused", "[manifest]") {
  for (const char* path : {"", "/", "/a", "a/", "a//b", ".", "..", "./a",
                           "a/./b", "a/..", "../a", "a/../b", "//"}) {
    CAPTURE(path);
    CHECK(refuses(check_canonical_path(path), ErrorKind::invalid_input,
                  "is not canonical"));
  }
}

TEST_CASE("paths with a NUL or invalid UTF-8 are refused", "[manifest]") {
  CHECK(refuses(check_canonical_path(std::string_view("a\0b", 3)),
                ErrorKind::invalid_input, "NUL"));
  CHECK(refuses(check_canonical_path("a\xff/b"), ErrorKind::invalid_input,
                "'a\\xff/b' is not valid UTF-8"));
}

TEST_CASE("a shard name comes apart at its last two colons", "[manifest]") {
  const auto shard = parse_shard_name("a:b:0:10");
  REQUIRE(works(shard));
  CHECK(shard->path == "a:b");
  CHECK(shard->start == 0);
  CHECK(shard->end == 10);
  CHECK(parse_shard_name("1:2:3:4").value().path == "1:2");
  CHECK(parse_shard_name("a::0:1").value().path == "a:");
}

TEST_CASE("a shard name survives the way out and back", "[manifest]") {
  const std::string name =
      sigstore::shard_name("a/b:c", 1'000'000'000, 999'999'999'999'999'999);
  CHECK(name == "a/b:c:1000000000:999999999999999999");
  const auto shard = parse_shard_name(name);
  REQUIRE(works(shard));
  CHECK(shard->path == "a/b:c");
  CHECK(shard->end == 999'999'999'999'999'999);
}

TEST_CASE("text that is no shard name is refused", "[manifest]") {
  for (const char* name :
       {"",        "a",       "a:0",     ":",      "::",
        "a:0:",    "a::5",    "a:x:5",   "a:0:x",  "a:+0:5",
        "a:-1:5",  "a: 0:5",  "a:0:5 ",  "a:00:5", "a:0:05",
        "a:5:5",   "a:6:5",   "a:0:0",   "0:5",    "a:0:9223372036854775808",
        "a:0:5.0", "a:0:0x5", "a:1e1:20"}) {
    CAPTURE(name);
    CHECK(refuses(parse_shard_name(name), ErrorKind::invalid_input,
                  "is not a shard name"));
  }
}

TEST_CASE("equal manifests do not differ", "[manifest]") {
  const Manifest manifest = make({{"a", "1"}, {"b", "2"}});
  CHECK(compare(manifest, manifest).empty());
  CHECK(compare(Manifest(), Manifest()).empty());
}

TEST_CASE("missing, extra and changed files are told apart", "[manifest]") {
  const Difference difference =
      compare(make({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"z", "9"}}),
              make({{"b", "2"}, {"c", "X"}, {"d", "4"}, {"e", "5"}}));
  CHECK(difference.missing == Paths{"a", "z"});
  CHECK(difference.extra == Paths{"d", "e"});
  CHECK(difference.changed == Paths{"c"});
}

TEST_CASE("against nothing all is missing or extra", "[manifest]") {
  const Manifest manifest = make({{"a", "1"}, {"b", "2"}});
  CHECK(compare(manifest, Manifest()).missing == Paths{"a", "b"});
  CHECK(compare(Manifest(), manifest).extra == Paths{"a", "b"});
}

TEST_CASE("two files that swapped names have both changed", "[manifest]") {
  CHECK(compare(make({{"a", "1"}, {"b", "2"}}), make({{"a", "2"}, {"b", "1"}}))
            .changed == Paths{"a", "b"});
}

TEST_CASE("a digest of another length has changed", "[manifest]") {
  Manifest other = make({{"a", "1"}});
  other.resources[0].digest = ContentDigest(sigstore::Bytes(64, 0));
  CHECK(compare(make({{"a", "1"}}), other).changed == Paths{"a"});
}

TEST_CASE("shards fold to one path", "[manifest]") {
  const Manifest signed_one =
      make({{"w:0:8", "1"}, {"w:8:16", "2"}, {"w:16:20", "3"}, {"x:0:3", "4"}},
           Method::shards);
  SECTION("a shard that changed") {
    CHECK(compare(signed_one, make({{"w:0:8", "1"},
                                    {"w:8:16", "X"},
                                    {"w:16:20", "Y"},
                                    {"x:0:3", "4"}},
                                   Method::shards))
              .changed == Paths{"w"});
  }
  SECTION("a file that grew") {
    const Difference difference = compare(signed_one, make({{"w:0:8", "1"},
                                                            {"w:8:16", "2"},
                                                            {"w:16:24", "3"},
                                                            {"w:24:25", "3"},
                                                            {"x:0:3", "4"}},
                                                           Method::shards));
    CHECK(difference.changed == Paths{"w"});
    CHECK(difference.missing.empty());
    CHECK(difference.extra.empty());
  }
  SECTION("a file that shrank to whole shards") {
    const Difference difference = compare(
        signed_one, make({{"w:0:8", "1"}, {"w:8:16", "2"}, {"x:0:3", "4"}},
                         Method::shards));
    CHECK(difference.changed == Paths{"w"});
    CHECK(difference.missing.empty());
  }
  SECTION("a file that shrank to another size altogether") {
    CHECK(compare(signed_one,
                  make({{"w:0:5", "1"}, {"x:0:3", "4"}}, Method::shards))
              .changed == Paths{"w"});
  }
  SECTION("a file that is gone and one that came") {
    const Difference difference = compare(
        signed_one,
        make(
            {{"w:0:8", "1"}, {"w:8:16", "2"}, {"w:16:20", "3"}, {"y:0:3", "4"}},
            Method::shards));
    CHECK(difference.missing == Paths{"x"});
    CHECK(difference.extra == Paths{"y"});
    CHECK(difference.changed.empty());
  }
}

TEST_CASE("no difference is no error", "[manifest]") {
  CHECK(works(check_no_difference({})));
}

TEST_CASE("a difference names three paths and lists all", "[manifest]") {
  const auto checked =
      check_no_difference({{"m1", "m2"}, {"e1"}, {"c1", "c2"}});
  REQUIRE(refuses(checked, ErrorKind::content_differs,
                  "does not match its signature: changed c1, changed c2, "
                  "missing m1 (+2 more)"));
  CHECK(checked.error().details == Paths{"changed c1", "changed c2",
                                         "missing m1", "missing m2",
                                         "extra e1"});
}

TEST_CASE("a difference of three paths has no more", "[manifest]") {
  const auto checked = check_no_difference({{"m"}, {"e"}, {"c"}});
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().message ==
        "does not match its signature: changed c, missing m, extra e");
}
