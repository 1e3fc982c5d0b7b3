// SPDX-License-Identifier: Apache-2.0
#include "core/app/kept_signature.h"

#include <filesystem>
#include <system_error>

#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/crypto/message_digest.h"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

Result<fs::path> path_of(const git::Git& git, const RepoId& repository,
                         const std::string& ref) {
  TRY_ASSIGN(
      const std::string folder,
      git.read({"rev-parse", "--path-format=absolute", "--git-common-dir"}));
  const std::string name = concat(repository.to_string(), "\n", ref);
  return fs::path(folder) / "sigstore-kept" / sha256(as_bytes(name)).to_hex();
}

}  // namespace

std::optional<Bytes> find_kept_signature(const git::Git& git,
                                         const RepoId& repository,
                                         const std::string& ref) {
  const Result<fs::path> path = path_of(git, repository, ref);
  if (!path.ok()) return std::nullopt;
  Result<Bytes> signature = read_file(*path, limits::kBundle);
  if (!signature.ok()) return std::nullopt;
  return std::move(*signature);
}

Result<void> keep_signature(const git::Git& git, const RepoId& repository,
                            const std::string& ref, ByteView signature) {
  TRY_ASSIGN(const fs::path path, path_of(git, repository, ref));
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error)
    return fail(ErrorKind::io, "cannot create ", path.parent_path().string(),
                ": ", error.message());
  return write_file_atomic(path, signature);
}

Result<void> drop_kept_signature(const git::Git& git, const RepoId& repository,
                                 const std::string& ref) {
  TRY_ASSIGN(const fs::path path, path_of(git, repository, ref));
  std::error_code error;
  fs::remove(path, error);
  if (error)
    return fail(ErrorKind::io, "cannot remove ", path.string(), ": ",
                error.message());
  // The folder goes with its last file.
  fs::remove(path.parent_path(), error);
  return {};
}

}  // namespace sigstore
