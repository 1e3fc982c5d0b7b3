// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/manifest/lfs_config.h"
#include "tests/fuzz/fuzz.h"

// A .lfsconfig, a zero byte, and what git lists of one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const std::string_view text = sigstore::as_text({data, size});
  const std::size_t zero = std::min(text.find('\0'), text.size());
  const std::string_view listed = text.substr(std::min(zero + 1, size));
  for (const std::string& url :
       sigstore::foreign_urls_in(listed, {"h.example"}))
    require(listed.find("\n" + url) != std::string_view::npos &&
                !url.starts_with("https://h.example/"),
            "it was listed, and is somewhere else");
  const std::string more = std::string(listed.substr(0, listed.rfind('\0'))) +
                           std::string("\0lfs.url\nhttps://evil/\0", 24);
  const auto found = sigstore::foreign_urls_in(more, {"h.example"});
  require(!found.empty() && found.back() == "https://evil/",
          "nothing hides what stands behind it");
  return sigstore::finish(
      sigstore::check_lfs_config(sigstore::as_bytes(text.substr(0, zero)))
          .ok());
}
