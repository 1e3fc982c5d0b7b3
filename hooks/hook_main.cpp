// SPDX-License-Identifier: Apache-2.0
//
// git-sigstore-hook <event> [args]: git's hooks, called several times by every
// `git commit`. It decides by itself that there is nothing to do, which is
// nearly always so, and starts `git sigstore hook` otherwise. Also called by a
// file named after the event: a link in our folder of hooks, or
// `git-sigstore-hook --file <file> [args]` by a script of that name.

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/app/hook_limits.h"
#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/git/git_version.h"
#include "hooks/hook_chain.h"
#include "hooks/hook_need.h"

namespace sigstore {
namespace {

constexpr std::string_view kProgram = "git-sigstore-hook";
// Set while other hooks run, so that one that is ours again does nothing
// twice.
constexpr const char* kChaining = "GIT_SIGSTORE_CHAINING";

std::string base_name(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// git-sigstore beside this program.
std::string main_program() {
  std::array<char, limits::kPathLength> path{};
  const ssize_t length =
      readlink("/proc/self/exe", path.data(), path.size() - 1);
  const std::string_view here(
      path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  const std::size_t slash = here.rfind('/');
  if (slash == std::string_view::npos) return "git-sigstore";
  return std::string(here.substr(0, slash)) + "/git-sigstore";
}

Result<int> call_main_program(const HookCall& call) {
  std::vector<std::string> argv{main_program(), "hook", call.event};
  argv.insert(argv.end(), call.arguments.begin(), call.arguments.end());
  return run_with_input(argv, call);
}

Result<int> run_chain(const HookCall& call, const std::string& file,
                      const GitFolders& folders) {
  const auto chained = find_chained(call, file, folders);
  if (chained.empty()) return 0;
  setenv(kChaining, std::to_string(getpid()).c_str(), 1);
  return run_chained(chained, call);
}

Result<int> run(HookCall call, const std::string& file) {
  if (is_below_process(git::kInternalRun)) return 0;
  const char* git_dir = std::getenv("GIT_DIR");
  const GitFolders folders =
      GitFolders::find(git_dir == nullptr ? "" : git_dir);
  if (reads_input(call.event)) {
    TRY_ASSIGN(const Bytes input,
               read_all(STDIN_FILENO, limits::kHookInput, "the hook's input"));
    call.input = as_text(input);
  }
  const bool ours = !is_below_process(kChaining) && needs_us(call, folders);
  // git-lfs uploads before we sign: a failed upload leaves no signature.
  const bool chain_first = call.event == "pre-push";
  if (chain_first) {
    TRY_ASSIGN(const int status, run_chain(call, file, folders));
    if (status != 0) return status;
  }
  if (ours) {
    TRY_ASSIGN(const int status, call_main_program(call));
    if (status != 0) return status;
  }
  if (chain_first) return 0;
  return run_chain(call, file, folders);
}

}  // namespace
}  // namespace sigstore

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::vector<std::string> arguments(argv, argv + argc);
  if (arguments.empty()) return 2;
  std::string file = arguments[0];
  std::size_t used = 1;
  if (sigstore::base_name(file) == sigstore::kProgram) {
    if (argc == 2 && arguments[1] == "--version") {
      std::puts("git-sigstore-hook " SIGSTORE_VERSION);
      return 0;
    }
    const bool by_file = argc > 2 && arguments[1] == "--file";
    if (argc < 2 || (arguments[1].starts_with('-') && !by_file)) {
      std::fputs("usage: git-sigstore-hook EVENT [ARGUMENT ...]\n", stderr);
      return 2;
    }
    used = by_file ? 3 : 2;
    file = by_file ? arguments[2] : std::string();
    if (!by_file) arguments[0] = arguments[1];
  }
  sigstore::HookCall call{
      sigstore::base_name(file.empty() ? arguments[0] : file),
      {arguments.begin() + static_cast<std::ptrdiff_t>(used), arguments.end()},
      ""};
  const sigstore::Result<int> status = sigstore::run(std::move(call), file);
  if (status.ok()) return *status;
  std::fprintf(stderr, "sigstore: %s\n",
               sigstore::printable(status.error().message).c_str());
  return 1;
}
