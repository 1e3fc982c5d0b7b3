// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/listing.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <vector>

#include "tests/support/test_hub/digest.h"
#include "tests/support/test_hub/git.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxPointer = 1024;

std::uint64_t to_number(std::string_view text) {
  const size_t start = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(start);
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "<mode> <type> <oid> <size>\t<path>"
std::optional<TreeEntry> parse_line(std::string_view line) {
  const size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  const auto head = line.substr(0, tab);
  const size_t type = head.find(' ') + 1;
  const size_t oid = head.find(' ', type) + 1;
  const size_t size = head.find(' ', oid) + 1;
  const auto kind = head.substr(type, oid - 1 - type);
  if (kind != "blob" && kind != "tree") return std::nullopt;
  return TreeEntry{
      .path = std::string(line.substr(tab + 1)),
      .is_folder = kind == "tree",
      .oid = std::string(head.substr(oid, size - 1 - oid)),
      .size = kind == "tree" ? 0 : to_number(head.substr(size)),
  };
}

bool may_be_pointer(const TreeEntry& entry) {
  return !entry.is_folder && entry.size <= kMaxPointer;
}

// git-cat-file(1), --batch: "<oid> <type> <size>\n<content>\n"
void find_pointers(Hub& hub, const Repository& repository, Tree& tree) {
  std::string wanted;
  for (const auto& entry : tree) {
    if (may_be_pointer(entry)) wanted += entry.oid + "\n";
  }
  if (wanted.empty()) return;
  const auto output = run_git(
      hub, repository, {.arguments = {"cat-file", "--batch"}, .input = wanted});
  std::string_view rest = output ? std::string_view(*output) : "";
  for (auto& entry : tree) {
    if (!may_be_pointer(entry)) continue;
    const size_t line_end = rest.find('\n');
    if (line_end == std::string_view::npos) return;
    const auto content = rest.substr(line_end + 1, entry.size);
    rest.remove_prefix(std::min(line_end + 1 + entry.size + 1, rest.size()));
    entry.lfs = parse_pointer(content);
    if (entry.lfs) entry.size = entry.lfs->size;
  }
}

void lie(Json& json, const Json& lie) {
  if (lie.at("size") != 0U) json["size"] = lie.at("size");
  if (lie.at("blob_id") != "") json["oid"] = lie.at("blob_id");
  if (lie.at("plain") == true) json.erase("lfs");
  if (!json.contains("lfs")) return;
  if (lie.at("size") != 0U) json["lfs"]["size"] = lie.at("size");
  if (lie.at("sha256") != "") json["lfs"]["oid"] = lie.at("sha256");
}

}  // namespace

std::optional<LfsPointer> parse_pointer(std::string_view text) {
  constexpr std::string_view kVersion =
      "version https://git-lfs.github.com/spec/v1\n";
  constexpr std::string_view kOid = "oid sha256:";
  constexpr std::string_view kSize = "size ";
  if (!text.starts_with(kVersion)) return std::nullopt;
  LfsPointer pointer;
  for (const auto line : split(text, '\n')) {
    if (line.starts_with(kOid)) pointer.oid = line.substr(kOid.size());
    if (line.starts_with(kSize)) {
      pointer.size = to_number(line.substr(kSize.size()));
    }
  }
  if (!is_oid(pointer.oid)) return std::nullopt;
  pointer.pointer_size = text.size();
  return pointer;
}

std::string listing_key(const Repository& repository,
                        const std::string& commit) {
  return repository.full_name() + "@" + commit;
}

ListingCache::Pointer read_tree(Hub& hub, const Repository& repository,
                                const std::string& commit) {
  const std::string key = listing_key(repository, commit);
  if (auto known = hub.listings.find(key)) return known;
  const auto output =
      run_git(hub, repository,
              {.arguments = {"ls-tree", "-r", "-t", "-l", "-z", commit}});
  if (!output) return nullptr;
  auto tree = std::make_shared<Tree>();
  for (const auto line : split(*output, '\0')) {
    if (auto entry = parse_line(line)) tree->push_back(std::move(*entry));
  }
  find_pointers(hub, repository, *tree);
  hub.listings.add(key, tree);
  return tree;
}

const TreeEntry* find_entry(const Tree& tree, const std::string& path) {
  const auto found = std::ranges::find(tree, path, &TreeEntry::path);
  return found == tree.end() ? nullptr : &*found;
}

std::string xet_hash(const std::string& oid) {
  return sha256_hex("xet " + oid);
}

Json describe_entry(Hub& hub, const Repository& repository,
                    const TreeEntry& entry) {
  if (entry.is_folder) {
    return {{"type", "directory"},
            {"oid", entry.oid},
            {"size", 0},
            {"path", entry.path}};
  }
  const Target target = {
      .scope = "api", .repo = repository.full_name(), .file = entry.path};
  Json json = {{"type", "file"},
               {"oid", entry.oid},
               {"size", entry.size},
               {"path", entry.path}};
  if (entry.lfs) {
    json["lfs"] = {{"oid", entry.lfs->oid},
                   {"size", entry.lfs->size},
                   {"pointerSize", entry.lfs->pointer_size}};
    if (hub.switches.take("xet", target)) {
      json["xetHash"] = xet_hash(entry.lfs->oid);
    }
  }
  if (const auto settings = hub.switches.take("lying-listing", target)) {
    lie(json, *settings);
  }
  return json;
}

}  // namespace test_hub
