// SPDX-License-Identifier: Apache-2.0
#include "core/app/lfs_files.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/git/attributes.h"
#include "core/git/tree.h"
#include "core/hash/hash_files.h"
#include "core/manifest/tree_walk.h"

namespace sigstore {
namespace {

Result<std::optional<git::LfsPointer>> read_pointer(git::ObjectReader& objects,
                                                    const git::BlobId& blob) {
  TRY_ASSIGN(const git::ObjectHeader header, objects.header(blob.id));
  if (header.size >= limits::kLfsPointer)
    return std::optional<git::LfsPointer>();
  TRY_ASSIGN(const Bytes bytes,
             git::read_object(objects, blob.id, git::ObjectType::blob,
                              limits::kLfsPointer));
  return git::parse_lfs_pointer(bytes);
}

Result<FileDescriptor> open_folder(const std::filesystem::path& folder) {
  FileDescriptor root(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid())
    return fail(ErrorKind::io, "cannot open ", folder.string(), ": ",
                errno_text(errno));
  return root;
}

bool by_oid(const LfsFile& a, const LfsFile& b) {
  return a.pointer.oid < b.pointer.oid;
}

}  // namespace

Result<std::vector<LfsFile>> lfs_files(const Repository& repository,
                                       const git::CommitId& commit) {
  git::ObjectReader& objects = *repository.objects;
  TRY_ASSIGN(const Bytes raw,
             git::read_object(objects, commit.id, git::ObjectType::commit,
                              limits::kCommitObject));
  TRY_ASSIGN(const git::Commit parsed, git::parse_commit(raw));
  TRY_ASSIGN(TreeFiles tree, walk_tree(objects, parsed.tree));
  std::vector<std::string> paths;
  paths.reserve(tree.files.size());
  for (const TreeFile& file : tree.files) paths.push_back(file.path);
  TRY_ASSIGN(
      const git::AttributeTable attributes,
      git::read_attributes(repository.git, objects, tree.attributes, paths));
  std::vector<LfsFile> files;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!attributes[i].is_lfs()) continue;
    TRY_ASSIGN(const std::optional<git::LfsPointer> pointer,
               read_pointer(objects, tree.files[i].blob).context(paths[i]));
    if (pointer) files.push_back({std::move(paths[i]), *pointer});
  }
  return files;
}

std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShown)
    text += concat(" (+", names.size() - kShown, " more)");
  return text;
}

std::string lfs_object_path(const git::LfsPointer& pointer) {
  const std::string hex = pointer.oid.to_hex();
  return concat(hex.substr(0, 2), "/", hex.substr(2, 2), "/", hex);
}

Result<LfsCache> check_lfs_cache(const std::filesystem::path& objects,
                                 const std::vector<LfsFile>& files,
                                 const LfsProgress& progress) {
  std::vector<LfsFile> unique = files;
  std::stable_sort(unique.begin(), unique.end(), by_oid);
  unique.erase(std::unique(unique.begin(), unique.end(),
                           [](const LfsFile& a, const LfsFile& b) {
                             return a.pointer.oid == b.pointer.oid;
                           }),
               unique.end());
  LfsCache cache;
  std::vector<LfsFile> here;
  std::vector<HashJob> jobs;
  for (LfsFile& file : unique) {
    const std::string path = lfs_object_path(file.pointer);
    const auto size = static_cast<std::uint64_t>(file.pointer.size);
    std::error_code error;
    if (std::filesystem::file_size(objects / path, error) != size || error) {
      cache.missing.push_back(std::move(file));
      continue;
    }
    cache.bytes += size;
    jobs.push_back({path, 0, size});
    here.push_back(std::move(file));
  }
  if (jobs.empty()) return cache;
  TRY_ASSIGN(const FileDescriptor root, open_folder(objects));
  const HashOptions options{
      HashAlgorithm::sha256, false,
      [&](std::uint64_t done) { progress(done, cache.bytes); }};
  TRY_ASSIGN(const std::vector<ContentDigest> digests,
             hash_files(root.get(), jobs, options));
  for (std::size_t i = 0; i < here.size(); ++i)
    if (digests[i] != ContentDigest(here[i].pointer.oid))
      cache.bad.push_back(std::move(here[i]));
  return cache;
}

}  // namespace sigstore
