// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/lfs_config.h"

#include "tests/core/refuses.h"

namespace sigstore {

TEST_CASE("a git-lfs configuration that leaves pointers is refused",
          "[manifest]") {
  for (const char* text :
       {"[lfs]\nfetchexclude = *\n", "[LFS]\n\tFetchInclude = a\n",
        "[lfs] skipDownloadErrors\n"})
    CHECK(refuses(check_lfs_config(as_bytes(std::string_view(text))),
                  ErrorKind::unsafe_tree, "would leave pointers"));
  for (const char* text :
       {"[include]\npath = x\n", "[InCludeIf \"gitdir:/\"]\npath = x\n"})
    CHECK(refuses(check_lfs_config(as_bytes(std::string_view(text))),
                  ErrorKind::unsafe_tree, "includes other files"));
  CHECK(works(check_lfs_config(
      as_bytes(std::string_view("[lfs]\nurl = https://h/\n")))));
}

TEST_CASE("servers that are not the repository's own are found", "[manifest]") {
  const auto foreign = [](std::string_view text) {
    const auto urls =
        foreign_lfs_urls(git::Git(), as_bytes(text), {"huggingface.co"});
    REQUIRE(works(urls));
    return *urls;
  };
  CHECK(foreign("[lfs]\nurl = https://u@HuggingFace.co/org/m\n").empty());
  CHECK(foreign("[lfs]\nurl = https://hf.co/org/m\nlocksverify = x\n").empty());
  using List = std::vector<std::string>;
  CHECK(foreign("[lfs]\nurl = https://evil.example/x\n") ==
        List{"https://evil.example/x"});
  CHECK(foreign("[LFS]\nPushURL = http://huggingface.co:99/x\n") ==
        List{"http://huggingface.co:99/x"});
  CHECK(foreign("[remote \"o\"]\nlfsurl = a@evil.example:x\n") ==
        List{"a@evil.example:x"});
  CHECK(
      foreign("[remote \"o\"]\nlfspushurl = https://huggingface.co@evil/\n") ==
      List{"https://huggingface.co@evil/"});
  CHECK(refuses(
      foreign_lfs_urls(git::Git(), as_bytes(std::string_view("[x")), {"h"}),
      ErrorKind::unsafe_tree, "git cannot read it"));
}

TEST_CASE("servers are found in whatever git lists", "[manifest]") {
  using std::operator""sv;
  using List = std::vector<std::string>;
  CHECK(foreign_urls_in("lfs.url\nhttps://e/\0lfs.pushurl\nf:x\0"sv, {"h"}) ==
        List{"https://e/", "f:x"});
  // A key without a value, a value with a line end, an end that is missing.
  CHECK(foreign_urls_in("lfs.url\0remote.a.lfsurl\nhttps://h/\nx"sv, {"h"})
            .empty());
  CHECK(foreign_urls_in("remote.a\nb.lfsurl\nx\0\0\n\0"sv, {"h"}).empty());
}

}  // namespace sigstore
