// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/ref_listing.h"

#include <algorithm>

namespace sigstore {

Result<void> add_listed_ref(std::string_view line, RefListing& listing) {
  constexpr std::string_view kTarget = "symref-target:";
  const std::size_t first = line.find(' ');
  if (first == std::string_view::npos)
    return fail(ErrorKind::invalid_input, "malformed ref listing");
  const std::string_view id_text = line.substr(0, first);
  std::string_view rest = line.substr(first + 1);
  const std::size_t second = std::min(rest.find(' '), rest.size());
  const std::string name(rest.substr(0, second));
  rest.remove_prefix(std::min(second + 1, rest.size()));
  if (name == "HEAD") {
    const std::size_t target = rest.find(kTarget);
    if (target != std::string_view::npos) {
      rest.remove_prefix(target + kTarget.size());
      listing.head_target = rest.substr(0, rest.find(' '));
    }
  }
  if (id_text == "unborn") return {};
  const auto id = git::ObjectId::parse_hex(id_text);
  if (!id || name.empty())
    return fail(ErrorKind::invalid_input, "malformed ref listing");
  listing.refs.push_back({name, *id});
  return {};
}

}  // namespace sigstore
