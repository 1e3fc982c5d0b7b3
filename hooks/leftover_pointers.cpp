// SPDX-License-Identifier: Apache-2.0
#include "hooks/leftover_pointers.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string_view>

#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/git/lfs_pointer.h"
#include "core/manifest/signature_file.h"

namespace sigstore {
namespace {

bool is_pointer(int top, const std::string& name) {
  struct stat status {};
  if (fstatat(top, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(status.st_mode) ||
      status.st_size >= static_cast<off_t>(limits::kLfsPointer))
    return false;
  const Result<FileDescriptor> file = open_beneath(top, name, O_RDONLY);
  if (!file.ok()) return false;
  const Result<Bytes> bytes = read_all(file->get(), limits::kLfsPointer, name);
  if (!bytes.ok()) return false;
  // What git-lfs alone takes for a pointer is one as well.
  const auto pointer = git::parse_lfs_pointer(*bytes);
  return !pointer.ok() || pointer->has_value();
}

// Would git-lfs write the file's content in its place?
Result<bool> is_lfs_path(const git::Git& git, const std::string& folder,
                         const std::string& name) {
  TRY_ASSIGN(const std::string answer,
             git.read({"-C", folder, "check-attr", "filter", "--", name}));
  return answer.ends_with(": lfs");
}

}  // namespace

Result<std::vector<std::string>> find_leftover_pointers(const git::Git& git) {
  std::vector<std::string> found;
  TRY_ASSIGN(const CommandOutput top,
             git.run({"rev-parse", "--show-toplevel"}));
  if (top.status != 0) return found;  // bare
  const std::string folder = top.out.substr(0, top.out.find('\n'));
  const FileDescriptor root(
      open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  TRY_ASSIGN(const std::string names,
             git.read({"-C", folder, "ls-files", "-z"}));
  std::string_view rest = names;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string name(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!is_pointer(root.get(), name)) continue;
    // A signature above 10 MiB goes to git-lfs without a rule as well: there
    // is no content to wait for (app/signature_object.h).
    if (name == kSignatureName) {
      TRY_ASSIGN(const bool lfs, is_lfs_path(git, folder, name));
      if (!lfs) continue;
    }
    found.push_back(name);
  }
  return found;
}

Result<void> warn_of_pointers(const git::Git& git, const Terminal& terminal) {
  const std::string skip = environment_variable("GIT_LFS_SKIP_SMUDGE");
  if (!skip.empty() && skip != "0") return {};
  TRY_ASSIGN(const std::vector<std::string> names, find_leftover_pointers(git));
  if (names.empty()) return {};
  terminal.warn(concat(
      names.front(),
      names.size() > 1 ? concat(" (+", names.size() - 1, " more)") : "",
      " is a git-lfs pointer in the place of its content; run 'git lfs pull'"));
  return {};
}

}  // namespace sigstore
