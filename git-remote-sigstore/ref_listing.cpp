// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/ref_listing.h"

#include <algorithm>

namespace sigstore {
namespace {

// git-check-ref-format(1), rule 4. git prints names as they come.
bool has_control(std::string_view name) {
  return std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
}

}  // namespace

Result<void> add_listed_ref(std::string_view line, RefListing& listing) {
  if (has_control(line))
    return fail(ErrorKind::invalid_input,
                "a ref name with control characters: ", line);
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

Result<void> add_helper_ref(std::string_view line, RefListing& listing) {
  if (has_control(line))
    return fail(ErrorKind::invalid_input,
                "a ref name with control characters: ", line);
  const std::size_t space = line.find(' ');
  if (line.empty() || line[0] == ':') return {};
  if (space == std::string_view::npos)
    return fail(ErrorKind::invalid_input, "malformed ref listing");
  const std::string_view value = line.substr(0, space);
  const std::string_view rest = line.substr(space + 1);
  const std::string_view name = rest.substr(0, rest.find(' '));
  if (value[0] == '@') {
    if (name == "HEAD") listing.head_target = value.substr(1);
    return {};
  }
  if (value == "?") return {};
  return add_listed_ref(concat(value, " ", name), listing);
}

}  // namespace sigstore
