// SPDX-License-Identifier: Apache-2.0
#include "hub-client/listing_content.h"

#include <algorithm>
#include <utility>

#include "core/manifest/tree_names.h"
#include "core/manifest/tree_walk.h"

namespace sigstore::hub {
namespace {

// The names that were met, by what a file system folds them to.
class FoldedNames {
 public:
  Result<void> add(const std::string& path, bool is_folder) {
    const auto [item, is_new] =
        seen_.try_emplace(fold_name(path), Name{path, is_folder});
    if (is_new ||
        (is_folder && item->second.is_folder && item->second.path == path))
      return {};
    return fail(ErrorKind::unsafe_tree, path, " and ", item->second.path,
                " are one file on some file systems");
  }

 private:
  struct Name {
    std::string path;
    bool is_folder;
  };
  std::unordered_map<std::string, Name> seen_;
};

Result<void> check_parts(const std::string& path, FoldedNames& names) {
  std::size_t start = 0;
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', start)) {
    TRY(check_tree_name(path.substr(start, slash - start)));
    TRY(names.add(path.substr(0, slash), true));
    start = slash + 1;
  }
  TRY(check_tree_name(path.substr(start)));
  return names.add(path, false);
}

std::string_view path_of(const Manifest& manifest, const Resource& resource) {
  if (manifest.parameters.method == Method::files) return resource.name;
  // Shard names were checked when the statement was read.
  return parse_shard_name(resource.name).value().path;
}

// Shards of a file that has this size, first to last?
bool fits_size(const std::vector<Resource>& shards, std::uint64_t size) {
  std::int64_t end = 0;
  for (const Resource& shard : shards) {
    const ShardName name = parse_shard_name(shard.name).value();
    if (name.start != end) return false;
    end = name.end;
  }
  return static_cast<std::uint64_t>(end) == size;
}

// Without a digest: the file is extra, or has none of the shards that were
// signed. A shard has at least one byte.
Resource unexpected(const ListedFile& file, Method method) {
  const auto end =
      static_cast<std::int64_t>(std::max<std::uint64_t>(file.size, 1));
  return {method == Method::files ? file.path : shard_name(file.path, 0, end),
          ContentDigest()};
}

}  // namespace

Result<void> check_listing_names(const Listing& listing) {
  FoldedNames names;
  for (const ListedFile& file : listing.files)
    TRY(check_parts(file.path, names).context("the Hub's listing"));
  return {};
}

SignedFiles::SignedFiles(const Manifest& manifest) : manifest_(manifest) {
  // Sorted by name: shards of a file may have those of "file:x" in between.
  for (std::size_t i = 0; i < manifest.resources.size(); ++i) {
    const auto [item, is_new] =
        ranges_.try_emplace(path_of(manifest, manifest.resources[i]), i, i + 1);
    item->second.second = i + 1;
  }
}

std::vector<Resource> SignedFiles::find(std::string_view path) const {
  std::vector<Resource> found;
  const auto range = ranges_.find(path);
  if (range == ranges_.end()) return found;
  for (std::size_t i = range->second.first; i < range->second.second; ++i)
    if (path_of(manifest_, manifest_.resources[i]) == path)
      found.push_back(manifest_.resources[i]);
  if (manifest_.parameters.method == Method::shards)
    std::sort(found.begin(), found.end(),
              [](const Resource& a, const Resource& b) {
                return parse_shard_name(a.name).value().start <
                       parse_shard_name(b.name).value().start;
              });
  return found;
}

Result<Manifest> ListingContent::manifest(const Parameters& parameters,
                                          const Selection& selection) {
  const bool is_listed_kind = parameters.method == Method::files &&
                              parameters.hash_type == HashAlgorithm::sha256;
  Manifest manifest;
  manifest.parameters = parameters;
  for (const ListedFile& file : listing_.files) {
    if (!selection.has_file(file.path)) continue;
    manifest.total_size += file.size;
    const std::vector<Resource> expected = expected_.find(file.path);
    const bool is_comparable =
        parameters.method == Method::files || fits_size(expected, file.size);
    if (is_listed_kind && file.sha256)
      manifest.resources.push_back({file.path, *file.sha256});
    else if (expected.empty() || !is_comparable)
      manifest.resources.push_back(unexpected(file, parameters.method));
    else
      manifest.resources.insert(manifest.resources.end(), expected.begin(),
                                expected.end());
  }
  TRY(sort_resources(manifest.resources));
  return manifest;
}

}  // namespace sigstore::hub
