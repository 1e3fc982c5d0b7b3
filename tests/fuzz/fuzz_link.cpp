// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/manifest/tree_links.h"
#include "tests/fuzz/fuzz.h"

// Where a link is, a zero byte, and where it leads: never out of the tree.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using sigstore::require;
  const std::string_view text = sigstore::as_text({data, size});
  const std::size_t zero = std::min(text.find('\0'), text.size());
  const std::string_view target = text.substr(std::min(zero + 1, size));
  const auto path = sigstore::link_target(text.substr(0, zero), target);
  if (!path.ok()) return sigstore::finish(false);
  require(zero > 0 || (path->find('\0') == std::string::npos &&
                       path->find('\\') == std::string::npos),
          "no odd byte comes from the target");
  const std::string framed = "/" + *path + "/";
  require(framed.find("/../") == std::string::npos &&
              framed.find("/./") == std::string::npos,
          "no step is left");
  require(path->empty() || framed.find("//") == std::string::npos,
          "it is relative, without empty parts");
  // From the top of the tree it is where it is.
  if (path->empty() || path->find_first_of("\\:") != std::string::npos)
    return sigstore::finish(true);
  const auto again = sigstore::link_target("x", *path);
  require(again.ok() && *again == *path, "it stays where it is");
  return sigstore::finish(true);
}
