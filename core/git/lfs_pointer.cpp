// SPDX-License-Identifier: Apache-2.0
#include "core/git/lfs_pointer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string_view>

#include "core/base/limits.h"

namespace sigstore::git {
namespace {

constexpr std::string_view kHead =
    "version https://git-lfs.github.com/spec/v1\noid sha256:";
constexpr std::string_view kSizeKey = "\nsize ";
constexpr std::size_t kHexDigits = 64;

std::optional<LfsPointer> parse_canonical(std::string_view text) {
  if (text.size() >= limits::kLfsPointer || !text.starts_with(kHead))
    return std::nullopt;
  text.remove_prefix(kHead.size());
  const auto oid = Sha256Digest::parse_hex(text.substr(0, kHexDigits));
  if (!oid) return std::nullopt;
  text.remove_prefix(kHexDigits);
  if (!text.starts_with(kSizeKey) || !text.ends_with('\n')) return std::nullopt;
  text.remove_prefix(kSizeKey.size());
  text.remove_suffix(1);
  // 18 digits always fit; git-lfs reads an int64.
  if (text.empty() || text.size() > 18 || text[0] == '0') return std::nullopt;
  std::int64_t size = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    size = size * 10 + (c - '0');
  }
  return LfsPointer{*oid, size};
}

bool contains_marker(std::string_view text) {
  constexpr std::array<std::string_view, 3> kMarkers{"git-media", "hawser",
                                                     "git-lfs"};
  return std::any_of(kMarkers.begin(), kMarkers.end(), [&](auto marker) {
    return text.find(marker) != std::string_view::npos;
  });
}

bool is_space(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

// A superset of what git-lfs's decoder (lfs/pointer.go) takes for a pointer:
// the keys in their order with anything as values, white space around, blank
// lines and extension lines between. It looks at the first 1024 bytes only.
bool looks_like_pointer(std::string_view text) {
  text = text.substr(0, limits::kLfsPointer);
  if (!contains_marker(text)) return false;
  // NEL and NBSP count as space there as well; skip any byte that could be
  // part of one.
  while (!text.empty() &&
         (is_space(text[0]) || static_cast<unsigned char>(text[0]) >= 0x80))
    text.remove_prefix(1);
  constexpr std::array<std::string_view, 3> kKeys{"version ", "oid ", "size "};
  std::size_t found = 0;
  while (!text.empty() && found < kKeys.size()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("ext-")) continue;
    if (!line.starts_with(kKeys[found])) return false;
    ++found;
  }
  return found == kKeys.size();
}

}  // namespace

Result<std::optional<LfsPointer>> parse_lfs_pointer(ByteView blob) {
  const std::string_view text = as_text(blob);
  if (const auto pointer = parse_canonical(text)) return pointer;
  if (looks_like_pointer(text))
    return fail(ErrorKind::unsafe_tree,
                "a git-lfs pointer that is not in canonical form");
  return std::optional<LfsPointer>();
}

std::string write_lfs_pointer(const LfsPointer& pointer) {
  return concat(kHead, pointer.oid.to_hex(), kSizeKey, pointer.size, "\n");
}

}  // namespace sigstore::git
