// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/quarantine_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "core/app/settings.h"
#include "git-remote-sigstore/shallow_file.h"
#include "git-remote-sigstore/signal_cleanup.h"

namespace sigstore {
namespace {

namespace fs = std::filesystem;

// `git prune` removes old folders that begin with "tmp_objdir-".
constexpr std::string_view kPrefix = "tmp_objdir-sigstore-";

// A folder whose lock can be had belongs to nobody that runs.
void remove_stale(const git::Git& git, const fs::path& objects) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(objects, error)) {
    if (!entry.path().filename().string().starts_with(kPrefix)) continue;
    const FileDescriptor lock(open(
        entry.path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!lock.valid() || flock(lock.get(), LOCK_EX | LOCK_NB) != 0) continue;
    // It stays while there is something to put back.
    if (!ShallowFile::restore_saved(git, entry.path()).ok()) continue;
    std::error_code ignored;  // the next run tries again
    fs::remove_all(entry.path(), ignored);
  }
}

// A pack's parts in the order of git's tmp-objdir.c, pack_copy_priority.
int priority(const fs::path& name) {
  const std::string extension = name.extension().string();
  if (extension == ".keep") return 1;
  if (extension == ".pack") return 2;
  if (extension == ".idx") return 4;
  return extension.empty() ? 0 : 3;
}

// Content has names of its own: a file that is there already is the same.
Result<bool> move_file(const fs::path& from, const fs::path& to) {
  if (link(from.c_str(), to.c_str()) == 0) return true;
  if (errno == EEXIST) return false;
  if (rename(from.c_str(), to.c_str()) == 0) return true;
  return fail(ErrorKind::io, "cannot create ", to.string(), ": ",
              errno_text(errno));
}

Result<std::vector<fs::path>> files_of(const fs::path& folder) {
  std::vector<fs::path> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    names.push_back(entry.path().filename());
  if (error)
    return fail(ErrorKind::io, "cannot read ", folder.string(), ": ",
                error.message());
  std::sort(names.begin(), names.end(),
            [](const fs::path& a, const fs::path& b) {
              return std::pair(priority(a), a) < std::pair(priority(b), b);
            });
  return names;
}

// "pack", and "00" to "ff" of loose objects.
bool is_object_folder(const std::string& name) {
  return name == "pack" ||
         (name.size() == 2 &&
          name.find_first_not_of("0123456789abcdef") == std::string::npos);
}

Result<void> make_folder(const fs::path& like, const fs::path& folder) {
  if (mkdir(folder.c_str(), 0777) != 0) {
    if (errno == EEXIST) return {};
    return fail(ErrorKind::io, "cannot create ", folder.string(), ": ",
                errno_text(errno));
  }
  struct stat mode {};  // git knows what core.sharedRepository wants
  if (stat(like.c_str(), &mode) == 0) chmod(folder.c_str(), mode.st_mode);
  return {};
}

}  // namespace

std::string alternate_entry(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

QuarantineFolder::QuarantineFolder(std::string store, TemporaryDirectory folder,
                                   FileDescriptor lock)
    : store_(std::move(store)),
      folder_(std::move(folder)),
      lock_(std::move(lock)) {
  remove_on_signal(path());
}

QuarantineFolder::~QuarantineFolder() {
  if (!lock_.valid()) return;  // moved from
  std::error_code ignored;     // the next run deletes it
  fs::remove_all(folder_.path(), ignored);
  keep_on_signal(path());
}

Result<QuarantineFolder> QuarantineFolder::create(const git::Git& git) {
  TRY_ASSIGN(const std::string objects, git.objects_folder());
  // Nobody sweeps between the making of a folder and its lock. Where folders
  // cannot be locked (NFS), that moment is a risk of one refused fetch.
  const FileDescriptor turn(
      open(objects.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  flock(turn.get(), LOCK_EX);
  remove_stale(git, objects);
  TRY_ASSIGN(TemporaryDirectory folder, TemporaryDirectory::create(concat(
                                            objects, "/", kPrefix, "XXXXXX")));
  FileDescriptor lock(
      open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  flock(lock.get(), LOCK_EX | LOCK_NB);
  if (!lock.valid() || mkdir((folder.path() / "pack").c_str(), 0777) != 0)
    return fail(ErrorKind::io, "cannot create a folder in ",
                folder.path().string(), ": ", errno_text(errno));
  return QuarantineFolder(objects, std::move(folder), std::move(lock));
}

std::vector<std::pair<std::string, std::optional<std::string>>>
QuarantineFolder::environment() const {
  const std::string more =
      environment_variable("GIT_ALTERNATE_OBJECT_DIRECTORIES");
  return {{"GIT_OBJECT_DIRECTORY", path()},
          {"GIT_ALTERNATE_OBJECT_DIRECTORIES",
           alternate_entry(store_) + (more.empty() ? "" : ":" + more)}};
}

Result<bool> QuarantineFolder::migrate(const std::string& keep) const {
  bool keeps = true;
  TRY_ASSIGN(const std::vector<fs::path> folders, files_of(folder_.path()));
  for (const fs::path& name : folders) {
    if (!is_object_folder(name.string())) continue;
    const fs::path from = folder_.path() / name;
    const fs::path to = fs::path(store_) / name;
    TRY_ASSIGN(const std::vector<fs::path> files, files_of(from));
    if (!files.empty()) TRY(make_folder(from, to));
    for (const fs::path& file : files) {
      // What a writer left behind has no name yet.
      if (file.string().starts_with("tmp_")) continue;
      TRY_ASSIGN(const bool moved, move_file(from / file, to / file));
      if (!moved && from / file == fs::path(keep)) keeps = false;
    }
  }
  return keeps;
}

}  // namespace sigstore
