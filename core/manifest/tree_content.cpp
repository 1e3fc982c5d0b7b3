// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_content.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/git/lfs_pointer.h"
#include "core/git/read_many.h"
#include "core/manifest/lfs_config.h"
#include "core/manifest/tree_links.h"
#include "core/manifest/tree_walk.h"

namespace sigstore {
namespace {

constexpr const char* kLfsConfig = ".lfsconfig";

struct FileFacts {
  Sha256Digest digest;
  std::uint64_t size = 0;
  bool is_pointer = false;
};

Result<FileFacts> read_facts(const Bytes& blob) {
  TRY_ASSIGN(const std::optional<git::LfsPointer> pointer,
             git::parse_lfs_pointer(blob));
  if (!pointer) return FileFacts{sha256(blob), blob.size(), false};
  return FileFacts{pointer->oid, static_cast<std::uint64_t>(pointer->size),
                   true};
}

// LFS is a regular file with filter=lfs and a canonical pointer.
Result<void> check_path(const git::PathAttributes& attributes,
                        const FileFacts& facts, const std::string& path) {
  TRY(check_attributes(attributes, path));
  // A checkout would leave the text of the pointer.
  if (facts.is_pointer && !attributes.is_lfs())
    return fail(ErrorKind::unsafe_tree, path,
                ": a git-lfs pointer that no filter=lfs attribute covers");
  return {};
}

// Every blob, while git looks up the attributes.
Result<std::vector<FileFacts>> read_all_facts(
    git::ObjectReader& objects, const std::vector<git::ObjectId>& blobs,
    const std::vector<std::string>& paths, git::AttributeQuery& query) {
  std::vector<FileFacts> facts(blobs.size());
  git::ManyReads reads{git::ObjectType::blob, limits::kPlainBlob, {}, {}, {}};
  reads.take = [&](std::size_t i, const Bytes& blob) -> Result<void> {
    if (paths[i] == kLfsConfig) TRY(check_lfs_config(blob));
    TRY_ASSIGN(facts[i], read_facts(blob));
    return {};
  };
  reads.name = [&](std::size_t i) { return paths[i]; };
  reads.meanwhile = [&] { return query.step(); };
  TRY(git::read_many(objects, blobs, reads));
  return facts;
}

const git::TreeEntry* find_entry(const std::vector<git::TreeEntry>& entries,
                                 std::string_view name) {
  const auto entry =
      std::find_if(entries.begin(), entries.end(),
                   [&](const auto& item) { return item.name == name; });
  return entry == entries.end() ? nullptr : &*entry;
}

}  // namespace

Result<git::TreeId> TreeContent::root_tree() {
  TRY_ASSIGN(const Bytes raw,
             git::read_object(objects_, commit_.id, git::ObjectType::commit,
                              limits::kCommitObject));
  TRY_ASSIGN(const git::Commit commit, git::parse_commit(raw));
  return commit.tree;
}

Result<std::vector<git::TreeEntry>> TreeContent::root_entries() {
  TRY_ASSIGN(const git::TreeId tree, root_tree());
  TRY_ASSIGN(const Bytes raw,
             git::read_object(objects_, tree.id, git::ObjectType::tree,
                              limits::kTreeObject));
  return git::parse_tree(raw, tree.id.view().size());
}

Result<std::vector<git::AttributesFile>> TreeContent::attributes_files() {
  TRY_ASSIGN(const git::TreeId tree, root_tree());
  TRY_ASSIGN(TreeFiles files, walk_tree(objects_, tree, policy_));
  return std::move(files.attributes);
}

Result<std::vector<std::string>> TreeContent::submodules() {
  if (!policy_.allow_submodules) return std::vector<std::string>();
  TRY_ASSIGN(const git::TreeId tree, root_tree());
  TRY_ASSIGN(TreeFiles files, walk_tree(objects_, tree, policy_));
  return std::move(files.submodules);
}

Result<Manifest> TreeContent::manifest(const Parameters& parameters,
                                       const Selection& selection) {
  if (parameters.method != Method::files ||
      parameters.hash_type != HashAlgorithm::sha256)
    return fail(ErrorKind::incomplete,
                "signed by shards or with another hash than sha256: only the "
                "files themselves can be compared, not their pointers");
  TRY_ASSIGN(const git::TreeId root, root_tree());
  TreePolicy policy = policy_;
  policy.allow_symlinks = policy.allow_symlinks && parameters.allow_symlinks;
  TRY_ASSIGN(TreeFiles tree, walk_tree(objects_, root, policy));
  std::erase_if(tree.files, [&](const TreeFile& file) {
    return !selection.has_file(file.path);
  });
  std::vector<std::string> paths;
  std::vector<git::ObjectId> blobs;
  paths.reserve(tree.files.size());
  blobs.reserve(tree.files.size());
  for (TreeFile& file : tree.files) {
    paths.push_back(std::move(file.path));
    blobs.push_back(file.blob.id);
  }
  TRY_ASSIGN(
      git::AttributeQuery query,
      git::AttributeQuery::start(git_, objects_, tree.attributes, paths));
  TRY_ASSIGN(const std::vector<FileFacts> facts,
             read_all_facts(objects_, blobs, paths, query));
  TRY_ASSIGN(const git::AttributeTable attributes, query.finish());

  Manifest manifest{parameters, {}, 0};
  manifest.resources.reserve(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    TRY(check_path(attributes[i], facts[i], paths[i]));
    manifest.total_size += facts[i].size;
    manifest.resources.push_back({std::move(paths[i]), facts[i].digest});
  }
  TRY(sort_resources(manifest.resources));
  TRY(add_links(objects_, tree.links, selection, manifest));
  notes_.clear();
  for (const std::string& path : tree.submodules)
    notes_.push_back(path +
                     " is a submodule: the commit it is pinned to is signed, "
                     "its files have to verify themselves");
  TRY(note_lfs_servers());
  return manifest;
}

Result<void> TreeContent::note_lfs_servers() {
  if (policy_.hosts.empty()) return {};
  TRY_ASSIGN(const std::vector<git::TreeEntry> entries, root_entries());
  const git::TreeEntry* entry = find_entry(entries, kLfsConfig);
  if (entry == nullptr) return {};
  TRY_ASSIGN(const Bytes blob,
             git::read_object(objects_, entry->id, git::ObjectType::blob,
                              limits::kAttributesFile)
                 .context(kLfsConfig));
  TRY_ASSIGN(const std::vector<std::string> urls,
             foreign_lfs_urls(git_, blob, policy_.hosts).context(kLfsConfig));
  for (const std::string& url : urls)
    notes_.push_back(".lfsconfig sends git-lfs to another server: " + url);
  return {};
}

Result<Bytes> TreeContent::signature() {
  TRY_ASSIGN(const std::vector<git::TreeEntry> entries, root_entries());
  const git::TreeEntry* entry = find_entry(entries, kSignatureName);
  if (entry == nullptr)
    return fail(ErrorKind::not_found, "no ", kSignatureName);
  if (entry->mode != git::kModeFile && entry->mode != git::kModeExecutable)
    return fail(ErrorKind::unsafe_tree, kSignatureName,
                " is not a regular file");
  TRY_ASSIGN(Bytes bytes,
             git::read_object(objects_, entry->id, git::ObjectType::blob,
                              limits::kBundle)
                 .context(kSignatureName));
  return bytes;
}

Result<Binding> TreeContent::binding_facts() {
  TRY_ASSIGN(std::vector<git::TreeEntry> entries, root_entries());
  Binding facts;
  facts.object_format = commit_.id.view().size() == 20 ? "sha1" : "sha256";
  facts.commit = commit_;
  const auto digest_of =
      [&](std::string_view name) -> Result<std::optional<Sha256Digest>> {
    const git::TreeEntry* entry = find_entry(entries, name);
    if (entry == nullptr) return std::optional<Sha256Digest>();
    TRY_ASSIGN(const git::Object object,
               objects_.read(entry->id, limits::kAttributesFile));
    return std::optional<Sha256Digest>(sha256(object.content));
  };
  TRY_ASSIGN(facts.gitattributes, digest_of(".gitattributes"));
  TRY_ASSIGN(facts.gitignore, digest_of(".gitignore"));
  TRY_ASSIGN(facts.github, digest_of(".github"));
  std::erase_if(entries, [](const git::TreeEntry& entry) {
    return entry.name == kSignatureName;
  });
  TRY_ASSIGN(facts.tree.id,
             objects_.name_of(git::ObjectType::tree,
                              git::write_tree(std::move(entries))));
  return facts;
}

}  // namespace sigstore
