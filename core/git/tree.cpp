// SPDX-License-Identifier: Apache-2.0
#include "core/git/tree.h"

#include <algorithm>
#include <optional>

#include "core/base/limits.h"

namespace sigstore::git {
namespace {

Error malformed(std::string_view why) {
  return fail(ErrorKind::invalid_input, "malformed tree object: ", why);
}

// git compares names as bytes, a folder's as if it ended in "/".
bool tree_order(const TreeEntry& a, const TreeEntry& b) {
  const std::size_t common = std::min(a.name.size(), b.name.size());
  const int order = a.name.compare(0, common, b.name, 0, common);
  if (order != 0) return order < 0;
  const auto next = [&](const TreeEntry& entry) -> unsigned char {
    if (entry.name.size() > common)
      return static_cast<unsigned char>(entry.name[common]);
    return entry.mode == kModeTree ? '/' : '\0';
  };
  return next(a) < next(b);
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
  if (text.size() < 5 || text.size() > 6 || text[0] == '0') return std::nullopt;
  std::uint32_t mode = 0;
  for (const char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  }
  return mode;
}

}  // namespace

Result<std::vector<TreeEntry>> parse_tree(ByteView content,
                                          std::size_t id_size) {
  std::vector<TreeEntry> entries;
  std::string_view rest = as_text(content);
  while (!rest.empty()) {
    if (entries.size() >= limits::kTreeEntries)
      return malformed("too many entries");
    const std::size_t space = rest.find(' ');
    const std::size_t end = rest.find('\0');
    if (space == std::string_view::npos || end == std::string_view::npos ||
        space > end || rest.size() - end - 1 < id_size)
      return malformed("truncated entry");
    const auto mode = parse_mode(rest.substr(0, space));
    if (!mode) return malformed("bad mode");
    const std::string_view name = rest.substr(space + 1, end - space - 1);
    if (name.empty() || name.find('/') != std::string_view::npos)
      return malformed("bad name");
    const auto id =
        ObjectId::from_bytes(as_bytes(rest.substr(end + 1, id_size)));
    if (!id) return malformed("bad object id size");
    entries.push_back({*mode, std::string(name), *id});
    if (entries.size() > 1 &&
        !tree_order(entries[entries.size() - 2], entries.back()))
      return malformed("entries not sorted and unique");
    rest.remove_prefix(end + 1 + id_size);
  }
  return entries;
}

Bytes write_tree(std::vector<TreeEntry> entries) {
  std::sort(entries.begin(), entries.end(), tree_order);
  Bytes out;
  for (const TreeEntry& entry : entries) {
    std::string mode;
    for (std::uint32_t rest = entry.mode; rest != 0; rest >>= 3U)
      mode.insert(mode.begin(), static_cast<char>('0' + (rest & 7U)));
    const std::string head = mode + " " + entry.name + '\0';
    out.insert(out.end(), head.begin(), head.end());
    const ByteView id = entry.id.view();
    out.insert(out.end(), id.begin(), id.end());
  }
  return out;
}

Result<Commit> parse_commit(ByteView content) {
  const Error bad = fail(ErrorKind::invalid_input, "malformed commit object");
  std::string_view rest = as_text(content);
  // Takes the line "<key> <hex id>" from the front, if it stands there.
  const auto take_id = [&](std::string_view key) -> std::optional<ObjectId> {
    if (!rest.starts_with(key)) return std::nullopt;
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const auto id =
        ObjectId::parse_hex(rest.substr(key.size(), end - key.size()));
    if (id) rest.remove_prefix(end + 1);
    return id;
  };
  const auto tree = take_id("tree ");
  if (!tree) return bad;
  Commit commit{TreeId{*tree}, {}};
  while (rest.starts_with("parent ")) {
    const auto parent = take_id("parent ");
    if (!parent) return bad;
    commit.parents.push_back(CommitId{*parent});
  }
  if (!rest.starts_with("author ")) return bad;
  return commit;
}

}  // namespace sigstore::git
