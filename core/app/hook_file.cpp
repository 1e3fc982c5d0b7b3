// SPDX-License-Identifier: Apache-2.0
#include "core/app/hook_file.h"

#include <algorithm>
#include <string_view>
#include <system_error>

#include "core/app/hook_limits.h"
#include "core/app/hook_marks.h"
#include "core/base/file.h"
#include "core/git/git_version.h"

namespace sigstore {
namespace {

constexpr std::string_view kEvent = "reference-transaction";
constexpr std::string_view kNotes = "hook-files";
constexpr int kSeconds = 30;  // to wait for the lock of the notes

// For sh: in single quotes, which nothing but a quote ends.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::symlink_status(path, error).type() !=
         std::filesystem::file_type::not_found;
}

bool is_ours(const std::filesystem::path& path) {
  const Result<Bytes> bytes = read_file(path, limits::kHookFile);
  return bytes.ok() && as_text(*bytes).find(kHookMark) != std::string::npos;
}

std::filesystem::path before(const std::filesystem::path& path) {
  return path.string() + std::string(kHookBefore);
}

Result<void> move_file(const std::filesystem::path& from,
                       const std::filesystem::path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (!error) return {};
  return fail(ErrorKind::io, "cannot rename ", from.string(), ": ",
              error.message());
}

// The folder of a linked work tree names that of the repository.
std::filesystem::path common_folder(const std::filesystem::path& git_dir) {
  const Result<Bytes> text =
      read_file(git_dir / "commondir", limits::kPathLength);
  if (!text.ok()) return git_dir;
  const std::string_view line = as_text(*text);
  return git_dir / std::filesystem::path(line.substr(0, line.find('\n')));
}

Result<std::string> read_notes(const std::filesystem::path& data_folder) {
  Result<Bytes> bytes = read_file(data_folder / kNotes, limits::kHookNotes);
  if (!bytes.ok() && bytes.error().kind == ErrorKind::not_found)
    return std::string();
  if (!bytes.ok()) return std::move(bytes).error();
  return std::string(as_text(*bytes));
}

Result<FileDescriptor> lock_notes(const std::filesystem::path& data_folder) {
  std::error_code error;
  std::filesystem::create_directories(data_folder, error);
  return lock_file(data_folder / (std::string(kNotes) + ".lock"), kSeconds);
}

Result<void> note(const std::filesystem::path& path,
                  const std::filesystem::path& data_folder) {
  TRY_ASSIGN(const FileDescriptor lock, lock_notes(data_folder));
  TRY_ASSIGN(std::string notes, read_notes(data_folder));
  const std::string line = path.string() + "\n";
  if (("\n" + notes).find("\n" + line) != std::string::npos) return {};
  notes += line;
  if (notes.size() > limits::kHookNotes) return {};
  return write_file_atomic(data_folder / kNotes, as_bytes(notes), 0600);
}

}  // namespace

std::string hook_script(const std::string& program) {
  return concat(
      "#!/bin/sh\n", kHookMark,
      "\n"
      "# No ref of a protected remote moves to a commit that does not verify.\n"
      "hook=",
      quoted(program),
      "\n"
      "[ -x \"$hook\" ] || hook=$(command -v git-sigstore-hook) || {\n"
      "  [ \"$1\" = prepared ] && grep -q ' refs/remotes/' || exit 0\n"
      "  echo \"sigstore: git-sigstore-hook is gone, so nothing from a remote "
      "can be verified; delete $0 to go on without it\" >&2\n"
      "  exit 1\n"
      "}\n"
      "exec \"$hook\" --file \"$0\" \"$@\"\n");
}

Result<void> write_hook_file(const std::filesystem::path& git_dir,
                             const std::string& program,
                             const std::filesystem::path& data_folder) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::absolute(common_folder(git_dir), error)
          .lexically_normal() /
      "hooks";
  const std::filesystem::path path = folder / kEvent;
  const std::string script = hook_script(program);
  const Result<Bytes> now = read_file(path, limits::kHookFile);
  if (now.ok() && as_text(*now) == script) return {};
  std::filesystem::create_directories(folder, error);
  TRY(note(path, data_folder));
  if (now.ok() && is_ours(path))
    return write_file_atomic(path, as_bytes(script));
  if (is_there(path)) {
    if (is_there(before(path)))
      return fail(ErrorKind::io, before(path).string(),
                  " is in the way of keeping the hook that is there");
    TRY(move_file(path, before(path)));
  }
  return write_new_file(path, as_bytes(script), 0755);
}

Result<std::vector<std::string>> remove_hook_files(
    const std::filesystem::path& data_folder) {
  std::vector<std::string> removed;
  if (!is_there(data_folder / kNotes)) return removed;
  TRY_ASSIGN(const FileDescriptor lock, lock_notes(data_folder));
  TRY_ASSIGN(const std::string notes, read_notes(data_folder));
  std::string_view rest = notes;
  std::error_code ignored;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::filesystem::path path(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!is_ours(path)) continue;
    if (is_there(before(path)))
      TRY(move_file(before(path), path));
    else
      std::filesystem::remove(path, ignored);
    removed.push_back(path.string());
  }
  std::filesystem::remove(data_folder / kNotes, ignored);
  return removed;
}

Result<bool> has_configured_hook(const git::Git& git) {
  TRY_ASSIGN(const CommandOutput command,
             git.run({"config", "--get",
                      concat("hook.", kConfiguredHook, kEvent, ".command")}));
  if (command.status != 0) return false;
  TRY_ASSIGN(const git::Version version, git::read_version(git));
  return version >= git::kConfiguredHooks;
}

Result<std::string> program_beside(const std::string& name) {
  std::error_code error;
  const std::filesystem::path self =
      std::filesystem::read_symlink("/proc/self/exe", error);
  if (error)
    return fail(ErrorKind::io,
                "cannot find this program's own file: ", error.message());
  return (self.parent_path() / name).string();
}

}  // namespace sigstore
