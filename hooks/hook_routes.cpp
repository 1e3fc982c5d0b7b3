// SPDX-License-Identifier: Apache-2.0
#include "hooks/hook_routes.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "core/app/hook_marks.h"
#include "core/base/file.h"

namespace sigstore {
namespace {

constexpr std::string_view kProgram = "git-sigstore-hook";
constexpr std::string_view kHooksOnly = "# Hooks only: the helper is not used.";

// githooks(5), without push-to-checkout and proc-receive: where they exist git
// leaves to them what it would do itself.
constexpr std::array<std::string_view, 23> kEvents{
    "applypatch-msg",     "commit-msg",
    "post-applypatch",    "post-checkout",
    "post-commit",        "post-index-change",
    "post-merge",         "post-receive",
    "post-rewrite",       "post-update",
    "pre-applypatch",     "pre-auto-gc",
    "pre-commit",         "pre-merge-commit",
    "pre-push",           "pre-rebase",
    "pre-receive",        "prepare-commit-msg",
    "p4-pre-submit",      "reference-transaction",
    "sendemail-validate", "update",
    "p4-changelist"};

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

bool is_link_of_ours(const std::filesystem::path& path) {
  std::error_code error;
  const auto target = std::filesystem::read_symlink(path, error);
  return !error && target.filename() == kProgram;
}

bool is_hook(const std::filesystem::directory_entry& entry) {
  std::error_code error;
  const auto mode = entry.status(error).permissions();
  return entry.is_regular_file(error) &&
         entry.path().extension() != ".sample" &&
         (mode & std::filesystem::perms::owner_exec) !=
             std::filesystem::perms::none;
}

void add_hidden(const std::filesystem::path& folder, bool is_called,
                std::vector<std::string>& lines) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (!is_hook(entry) || is_link_of_ours(entry.path())) continue;
    const bool known =
        std::find(kEvents.begin(), kEvents.end(), name) != kEvents.end();
    lines.push_back(concat(
        is_called && known ? "called by ours: " : "not called any more: ",
        entry.path().string()));
  }
}

}  // namespace

std::string HookRoutes::to_config() const {
  std::string text;
  if (hooks_only) text += concat(kHooksOnly, "\n");
  if (uses_folder())
    text += concat("[core]\n\thooksPath = ", quoted(folder.string()), "\n");
  if (!configured) return text;
  for (const std::string_view event :
       {"reference-transaction", "post-checkout", "post-merge", "pre-push"}) {
    // The helper signs.
    if (event == "pre-push" && !hooks_only) continue;
    text += concat("[hook \"", kConfiguredHook, event, "\"]\n\tevent = ", event,
                   "\n\tcommand = ", kProgram, " ", event, "\n");
  }
  return text;
}

bool HookRoutes::is_hooks_only(std::string_view config) {
  return config.find(kHooksOnly) != std::string_view::npos;
}

Result<void> make_hook_folder(const std::filesystem::path& folder,
                              const std::string& program) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const std::string_view event : kEvents) {
    const std::filesystem::path path = folder / event;
    if (is_link_of_ours(path)) std::filesystem::remove(path, error);
    std::filesystem::create_symlink(program, path, error);
    if (error)
      return fail(ErrorKind::io, "cannot make ", path.string(), ": ",
                  error.message());
  }
  return {};
}

Result<bool> remove_hook_folder(const std::filesystem::path& folder) {
  std::error_code error;
  bool removed = false;
  for (const std::string_view event : kEvents) {
    const std::filesystem::path path = folder / event;
    if (!is_link_of_ours(path)) continue;
    if (!std::filesystem::remove(path, error))
      return fail(ErrorKind::io, "cannot remove ", path.string(), ": ",
                  error.message());
    removed = true;
  }
  // Whatever somebody else has put there keeps it.
  std::filesystem::remove(folder, error);
  return removed;
}

std::vector<std::string> hidden_hooks(const git::Git& git,
                                      const std::filesystem::path& folder) {
  std::vector<std::string> lines;
  const Result<std::string> path = git.read(
      {"config", "--global", "--type=path", "--get", "core.hooksPath"});
  if (path.ok() && *path != folder.string()) add_hidden(*path, false, lines);
  const Result<std::string> common =
      git.read({"rev-parse", "--path-format=absolute", "--git-common-dir"});
  if (common.ok()) add_hidden(*common + "/hooks", true, lines);
  return lines;
}

}  // namespace sigstore
