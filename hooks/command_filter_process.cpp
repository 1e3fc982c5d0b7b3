// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/app/settings.h"
#include "core/base/process.h"
#include "core/git/git_command.h"
#include "core/git/pkt_line.h"
#include "hooks/commands.h"
#include "hooks/filter_process.h"

namespace sigstore {
namespace {

// As git-lfs reads a variable (config/environment.go, Bool).
bool is_true(std::string value) {
  std::transform(value.begin(), value.end(), value.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  constexpr std::array<std::string_view, 5> kTrue{"true", "1", "on", "yes",
                                                  "t"};
  return std::find(kTrue.begin(), kTrue.end(), value) != kTrue.end();
}

// Did the user tell git-lfs to leave pointers in place? What .lfsconfig in the
// repository says does not count (git does not read it).
bool told_to_leave_pointers(bool skip) {
  if (skip || is_true(environment_variable("GIT_LFS_SKIP_SMUDGE")) ||
      is_true(environment_variable("GIT_LFS_SKIP_DOWNLOAD_ERRORS")))
    return true;
  const Result<CommandOutput> found = git::Git().run(
      {"config", "--get-regexp",
       "^lfs\\.(fetchinclude|fetchexclude|skipdownloaderrors)$"});
  return found.ok() && found->status == 0;
}

Result<void> filter(bool skip, const Terminal& terminal) {
  Command command{{"git-lfs", "filter-process"}};
  if (skip) command.argv.emplace_back("--skip");
  TRY_ASSIGN(ChildProcess lfs, ChildProcess::start(command));
#ifdef F_SETPIPE_SZ
  // Fewer switches between three processes; a wish, not a need.
  for (const int fd : {lfs.output(), STDOUT_FILENO})
    static_cast<void>(fcntl(fd, F_SETPIPE_SZ, 1024 * 1024));
#endif
  PacketStream git(STDIN_FILENO, STDOUT_FILENO);
  PacketStream child(lfs.output(), lfs.input());
  FilterProcess process(git, child, terminal,
                        [&] { return told_to_leave_pointers(skip); });
  TRY(process.run().context("git-lfs filter-process"));
  const int status = lfs.wait();
  if (status == 0) return {};
  return fail(ErrorKind::io, "git-lfs filter-process ended with exit code ",
              status);
}

class FilterProcessCommand final : public Verb {
 public:
  explicit FilterProcessCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "filter-process",
            "Check what git-lfs checks out (git calls this)")) {
    command().add_flag("--skip", skip_, "Leave pointers in place");
  }

  ExitCode run() override {
    const Terminal terminal("sigstore");
    const Result<void> done = filter(skip_, terminal);
    return done.ok() ? ExitCode::yes : report(terminal, done.error(), false);
  }

 private:
  bool skip_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_filter_process_command(CommandLine app) {
  return std::make_unique<FilterProcessCommand>(app);
}

}  // namespace sigstore
