// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/shallow_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSaved = "shallow.saved";

Result<Bytes> read_or_empty(const fs::path& path) {
  Result<Bytes> content = read_file(path, limits::kShallowFile);
  if (!content.ok() && content.error().kind == ErrorKind::not_found)
    return Bytes();
  return content;
}

Result<fs::path> shallow_path(const git::Git& git) {
  TRY_ASSIGN(std::string path, git.read({"rev-parse", "--path-format=absolute",
                                         "--git-path", "shallow"}));
  return fs::path(std::move(path));
}

}  // namespace

Result<ShallowFile> ShallowFile::read(const git::Git& git) {
  TRY_ASSIGN(fs::path path, shallow_path(git));
  TRY_ASSIGN(Bytes content, read_or_empty(path));
  return ShallowFile(std::move(path), std::move(content));
}

Result<void> ShallowFile::save(const fs::path& folder) const {
  return write_new_file(folder / kSaved, content_, 0600);
}

Result<void> ShallowFile::restore() const {
  TRY_ASSIGN(const Bytes now, read_or_empty(path_));
  if (now == content_) return {};
  const std::string lock = path_.string() + ".lock";
  const FileDescriptor fd(
      open(lock.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!fd.valid())
    return fail(ErrorKind::io, "cannot create ", lock, ": ", errno_text(errno));
  Result<void> done = write_all(fd.get(), content_);
  // git takes an empty file for none, but writes none.
  if (done.ok() && content_.empty()) unlink(path_.c_str());
  if (done.ok() && !content_.empty() &&
      rename(lock.c_str(), path_.c_str()) != 0)
    done = fail(ErrorKind::io, "cannot replace ", path_.string(), ": ",
                errno_text(errno));
  unlink(lock.c_str());
  return done;
}

Result<void> ShallowFile::restore_saved(const git::Git& git,
                                        const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / kSaved, error)) return {};
  TRY_ASSIGN(fs::path path, shallow_path(git));
  TRY_ASSIGN(Bytes content, read_or_empty(folder / kSaved));
  TRY(ShallowFile(std::move(path), std::move(content)).restore());
  return forget_saved(folder);
}

Result<void> ShallowFile::forget_saved(const fs::path& folder) {
  std::error_code error;
  fs::remove(folder / kSaved, error);
  if (error)
    return fail(ErrorKind::io, "cannot delete ", (folder / kSaved).string(),
                ": ", error.message());
  return {};
}

}  // namespace sigstore
