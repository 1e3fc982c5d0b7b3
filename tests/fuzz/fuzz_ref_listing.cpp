// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <string_view>

#include "git-remote-sigstore/ref_listing.h"
#include "tests/fuzz/fuzz.h"

namespace sigstore {
namespace {

using AddRef = Result<void> (*)(std::string_view, RefListing&);

bool add_lines(std::string_view text, AddRef add) {
  RefListing listing;
  bool good = true;
  std::string_view rest = text;
  while (!rest.empty() && good) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    good = add(rest.substr(0, end), listing).ok();
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const ListedRef& ref : listing.refs) {
    require(!ref.name.empty() && text.find(ref.name) != std::string_view::npos,
            "the name was listed");
    require(std::all_of(ref.name.begin(), ref.name.end(),
                        [](char c) { return c != 0x7F && (c < 0 || c > ' '); }),
            "a name can be printed");
  }
  require(text.find(listing.head_target) != std::string_view::npos,
          "the target was listed");
  return good;
}

}  // namespace
}  // namespace sigstore

// What a server lists, in the two forms that the helper hears.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text = sigstore::as_text({data, size});
  const bool listed = sigstore::add_lines(text, sigstore::add_listed_ref);
  const bool helper = sigstore::add_lines(text, sigstore::add_helper_ref);
  return sigstore::finish(listed || helper);
}
