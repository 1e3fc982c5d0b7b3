// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_names.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "core/base/handle.h"

namespace sigstore {
namespace {

using MappedText = Handle<utf8proc_uint8_t, std::free>;

// The text itself when it cannot be mapped: it is then equal to itself only.
std::string map(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                   static_cast<utf8proc_option_t>(options));
  const MappedText owner(mapped);
  if (size < 0) return std::string(text);
  return std::string(reinterpret_cast<const char*>(mapped),
                     static_cast<std::size_t>(size));
}

// NTFS gives ".gitattributes" a second name: six letters of it, or two and four
// hexadecimal digits of a checksum, then "~" and a number (git's
// path.c, is_ntfs_dot_generic).
bool is_ntfs_short_name(std::string_view folded) {
  constexpr std::size_t kStem = 6;
  const std::size_t tilde = folded.find('~');
  if (tilde != kStem) return false;
  const std::string_view number = folded.substr(tilde + 1);
  if (number.empty() || number.size() > 5 ||
      !std::all_of(number.begin(), number.end(),
                   [](char c) { return c >= '0' && c <= '9'; }))
    return false;
  return folded.starts_with("gi");
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
}

std::string fold_name(std::string_view name) {
  if (is_ascii(name)) {
    std::string out(name);
    for (char& c : out)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
  }
  constexpr int kDecompose = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
  // D145: NFD(toCasefold(NFD(X))).
  return map(map(name, kDecompose),
             kDecompose | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
}

Result<void> check_disguise(std::string_view name) {
  constexpr std::array<std::string_view, 5> kObeyed{
      ".gitattributes", ".gitmodules", ".gitignore", ".github", ".lfsconfig"};
  std::string folded = fold_name(name);
  while (folded.ends_with('.') || folded.ends_with(' ')) folded.pop_back();
  for (const std::string_view obeyed : kObeyed)
    if (folded == obeyed && name != obeyed)
      return fail(ErrorKind::unsafe_tree,
                  "unsafe name: some file systems take it for ", obeyed);
  if (is_ntfs_short_name(folded))
    return fail(ErrorKind::unsafe_tree,
                "unsafe name: NTFS may take it for one of git's own files");
  return {};
}

}  // namespace sigstore
