// SPDX-License-Identifier: Apache-2.0
#include "hooks/hook_chain.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "core/app/hook_limits.h"
#include "core/app/hook_marks.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/base/process.h"
#include "core/base/run_in_place.h"

namespace sigstore {
namespace {

// The file's text; "" when it is not there or longer than any hook is.
std::string read_text(const std::string& path) {
  const Result<Bytes> bytes = read_file(path, limits::kHookFile);
  return bytes.ok() ? std::string(as_text(*bytes)) : std::string();
}

bool is_runnable(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

bool same_file(const std::string& a, const std::string& b) {
  struct stat one {};
  struct stat other {};
  return stat(a.c_str(), &one) == 0 && stat(b.c_str(), &other) == 0 &&
         one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// The hook that the repository has for this event, if our file hides it.
std::string repository_hook(const HookCall& call, const std::string& file,
                            const GitFolders& folders) {
  if (folders.common_dir.empty()) return {};
  const std::string plain = folders.common_dir + "/hooks";
  // Our file would not run at all where git finds the repository's own first.
  const std::string own =
      find_hooks_path(read_text(folders.common_dir + "/config"));
  for (const std::string& folder : {own, plain}) {
    if (folder.empty() || same_file(folder, folder_of(file))) continue;
    const std::string hook = folder + "/" + call.event;
    if (is_runnable(hook) && !same_file(hook, "/proc/self/exe") &&
        read_text(hook).find(kHookMark) == std::string::npos)
      return hook;
  }
  return {};
}

bool is_on_path(std::string_view program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (is_runnable(std::string(rest.substr(0, end)) + "/" +
                    std::string(program)))
      return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

bool is_event_of_lfs(std::string_view event) {
  constexpr std::array<std::string_view, 4> kEvents{
      "pre-push", "post-checkout", "post-commit", "post-merge"};
  return std::find(kEvents.begin(), kEvents.end(), event) != kEvents.end();
}

// pre-push whenever git-lfs is there, since nothing else uploads the weights;
// the others only keep locked files read-only.
bool needs_lfs(const HookCall& call, const GitFolders& folders) {
  if (!is_event_of_lfs(call.event)) return false;
  const bool uses =
      read_text(".gitattributes").find("filter=lfs") != std::string::npos ||
      (!folders.common_dir.empty() &&
       access((folders.common_dir + "/lfs").c_str(), F_OK) == 0);
  return uses || (call.event == "pre-push" && is_on_path("git-lfs"));
}

// A line without the blanks around it.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

bool starts_with_word(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  };
  return text.size() >= word.size() &&
         std::equal(word.begin(), word.end(), text.begin(),
                    [&](char b, char a) { return same(a, b); });
}

}  // namespace

std::string find_hooks_path(std::string_view config) {
  constexpr std::string_view kSection = "[core]";
  constexpr std::string_view kKey = "hookspath";
  std::string found;
  bool in_core = false;
  while (!config.empty()) {
    const std::size_t end = std::min(config.find('\n'), config.size());
    std::string_view line = trimmed(config.substr(0, end));
    config.remove_prefix(std::min(end + 1, config.size()));
    if (line.starts_with('[')) {
      in_core = starts_with_word(line, kSection);
      // A key may stand behind it.
      if (in_core) line = trimmed(line.substr(kSection.size()));
    }
    if (!in_core || !starts_with_word(line, kKey)) continue;
    line = trimmed(line.substr(kKey.size()));
    if (!line.starts_with('=')) continue;
    line = trimmed(line.substr(1));
    if (line.size() >= 2 && line.front() == '"' && line.back() == '"')
      line = line.substr(1, line.size() - 2);
    found = line;  // the last one counts
  }
  return found;
}

pid_t parent_in_stat(std::string_view stat) {
  const std::size_t name = stat.rfind(") ");
  if (name == std::string_view::npos || name + 4 >= stat.size()) return 0;
  pid_t parent = 0;
  const auto [end, error] = std::from_chars(stat.data() + name + 4,
                                            stat.data() + stat.size(), parent);
  return error == std::errc() && parent > 0 ? parent : 0;
}

std::vector<std::vector<std::string>> find_chained(const HookCall& call,
                                                   const std::string& file,
                                                   const GitFolders& folders) {
  std::vector<std::vector<std::string>> chained;
  if (file.empty()) {
    // git runs ours before the repository's own: the upload comes first.
    if (call.event == "pre-push" && needs_lfs(call, folders))
      chained.push_back({"git", "lfs", call.event});
    return chained;
  }
  const std::string before = file + std::string(kHookBefore);
  if (is_runnable(before)) chained.push_back({before});
  const std::string own = repository_hook(call, file, folders);
  if (!own.empty()) chained.push_back({own});
  bool calls_lfs = false;
  for (const auto& argv : chained) {
    const std::string text = read_text(argv[0]);
    calls_lfs = calls_lfs || text.find("git lfs") != std::string::npos ||
                text.find("git-lfs") != std::string::npos;
  }
  if (!calls_lfs && needs_lfs(call, folders))
    chained.push_back({"git", "lfs", call.event});
  return chained;
}

Result<int> run_with_input(const std::vector<std::string>& argv,
                           const HookCall& call) {
  if (!reads_input(call.event)) {
    // The terminal, or whatever git left there.
    TRY_ASSIGN(const int status, run_in_place({argv, {}, {}}));
    return status;
  }
  TRY_ASSIGN(ChildProcess child, ChildProcess::start({argv, {}, {}}, false));
  // A hook need not read what it does not want.
  static_cast<void>(write_all(child.input(), as_bytes(call.input)));
  return child.wait();
}

Result<int> run_chained(const std::vector<std::vector<std::string>>& chained,
                        const HookCall& call) {
  for (std::vector<std::string> argv : chained) {
    argv.insert(argv.end(), call.arguments.begin(), call.arguments.end());
    TRY_ASSIGN(const int status, run_with_input(argv, call));
    if (status != 0) return status;
  }
  return 0;
}

bool is_below_process(const char* variable) {
  constexpr int kGenerations = 32;
  const char* value = std::getenv(variable);
  if (value == nullptr) return false;
  const std::string_view text(value);
  pid_t wanted = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), wanted);
  if (error != std::errc() || end != text.data() + text.size() || wanted <= 1)
    return false;
  pid_t process = getpid();
  for (int i = 0; i < kGenerations && process > 1; ++i) {
    if (process == wanted) return true;
    process =
        parent_in_stat(read_text("/proc/" + std::to_string(process) + "/stat"));
  }
  return false;
}

}  // namespace sigstore
