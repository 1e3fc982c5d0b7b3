// SPDX-License-Identifier: Apache-2.0
#include "hooks/hook_need.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "core/app/hook_limits.h"
#include "core/base/file.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

bool exists(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

bool is_folder(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string first_line(const std::string& path) {
  const Result<Bytes> bytes = read_file(path, limits::kPathLength);
  if (!bytes.ok()) return {};
  const std::string_view text = as_text(*bytes);
  return std::string(text.substr(0, text.find('\n')));
}

std::string below(const std::string& folder, const std::string& path) {
  return path.starts_with('/') ? path : folder + "/" + path;
}

// FETCH_HEAD, or nothing when it cannot be read though it is there.
std::optional<std::string> read_fetch_head(const std::string& git_dir) {
  const Result<Bytes> bytes =
      read_file(git_dir + "/FETCH_HEAD", limits::kFetchHead);
  if (bytes.ok()) return std::string(as_text(*bytes));
  if (bytes.error().kind == ErrorKind::not_found) return std::string();
  return std::nullopt;
}

// "<old> <new> <ref>" of reference-transaction.
bool needs_check(std::string_view line, const std::string& fetched,
                 bool has_index) {
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos)
    return true;
  const std::string_view after = line.substr(first + 1, second - first - 1);
  const std::string_view ref = line.substr(second + 1);
  // Symbolic refs and deletions bring nothing in; ORIG_HEAD is the past.
  if (after.starts_with("ref:") || ref == "ORIG_HEAD" ||
      after.find_first_not_of('0') == std::string_view::npos)
    return false;
  // Without an index it is a clone, or bare, and any ref may be the server's.
  return !has_index || ref.starts_with("refs/remotes/") ||
         ref.starts_with("refs/prefetch/") ||
         fetched.find(after) != std::string::npos;
}

bool transaction_needs_us(const HookCall& call, const GitFolders& folders) {
  const std::string phase = call.arguments.empty() ? "" : call.arguments[0];
  if (phase == "committed")
    return folders.common_dir.empty() ||
           exists(folders.common_dir + "/" + std::string(kSignedPushNote));
  if (phase != "prepared") return false;
  if (folders.git_dir.empty()) return true;
  const std::optional<std::string> fetched = read_fetch_head(folders.git_dir);
  if (!fetched) return true;
  const bool has_index = exists(folders.git_dir + "/index");
  std::string_view rest = call.input;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (needs_check(rest.substr(0, end), *fetched, has_index)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

GitFolders GitFolders::find(const std::string& environment_git_dir) {
  constexpr std::string_view kGitFile = "gitdir: ";  // gitrepository-layout(5)
  GitFolders folders;
  if (!environment_git_dir.empty()) {
    folders.git_dir = environment_git_dir;
  } else if (is_folder(".git")) {
    folders.git_dir = ".git";
  } else if (exists(".git")) {
    const std::string line = first_line(".git");
    if (line.starts_with(kGitFile)) folders.git_dir = line.substr(8);
  } else if (exists("HEAD") && is_folder("objects")) {
    folders.git_dir = ".";
  }
  if (folders.git_dir.empty() || !is_folder(folders.git_dir)) return {};
  const std::string common = first_line(folders.git_dir + "/commondir");
  folders.common_dir =
      common.empty() ? folders.git_dir : below(folders.git_dir, common);
  return folders;
}

bool reads_input(std::string_view event) {
  return event == "reference-transaction" || event == "pre-push" ||
         event == "post-rewrite" || event == "pre-receive" ||
         event == "post-receive";
}

bool needs_us(const HookCall& call, const GitFolders& folders) {
  if (call.event == "reference-transaction")
    return transaction_needs_us(call, folders);
  // No lines: everything is up to date.
  if (call.event == "pre-push") return !call.input.empty();
  // The third argument is 0 for single files.
  if (call.event == "post-checkout")
    return call.arguments.size() < 3 || call.arguments[2] != "0";
  return call.event == "post-merge";
}

}  // namespace sigstore
