// SPDX-License-Identifier: Apache-2.0
#include "hooks/patience.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <utility>

#include "core/app/settings.h"
#include "core/base/limits.h"

namespace sigstore {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kProgress = "GIT_LFS_PROGRESS";

// Waits up to a second. False when the child is gone: nobody reads its stdin
// any more. What it prints is dropped.
bool is_running(ChildProcess& child) {
  std::array<pollfd, 2> polled{pollfd{child.input(), 0, 0},
                               pollfd{child.output(), POLLIN, 0}};
  if (poll(polled.data(), polled.size(), 1000) <= 0) return true;
  if ((polled[1].revents & POLLIN) != 0) {
    std::array<char, 65536> dropped;
    while (read(child.output(), dropped.data(), dropped.size()) < 0 &&
           errno == EINTR) {
    }
  }
  return polled[0].revents == 0;
}

}  // namespace

Result<Patience> Patience::configured(const git::Git& git) {
  constexpr int kDefault = 30;
  constexpr int kTimes = 12;
  TRY_ASSIGN(const CommandOutput output,
             git.run({"config", "--get", "lfs.activitytimeout"}));
  std::string_view text = output.out;
  if (text.ends_with('\n')) text.remove_suffix(1);
  int seconds = kDefault;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  // What git-lfs cannot read is its default.
  constexpr int kMost = 7 * 24 * 3600;
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 ||
      seconds > kMost)
    seconds = kDefault;
  return Patience(std::chrono::seconds(seconds) * kTimes);
}

Result<void> Patience::limit_http(const git::Git& git, const std::string& url,
                                  Command& command) const {
  if (limit_.count() == 0) return {};
  if (!environment_variable("GIT_HTTP_LOW_SPEED_TIME").empty()) return {};
  TRY_ASSIGN(const CommandOutput set,
             git.run({"config", "--get-urlmatch", "http.lowSpeedTime", url}));
  if (set.status == 0) return {};
  command.environment.emplace_back("GIT_HTTP_LOW_SPEED_LIMIT", "1");
  command.environment.emplace_back("GIT_HTTP_LOW_SPEED_TIME",
                                   std::to_string(limit_.count()));
  return {};
}

Result<int> Patience::run_lfs(Command command, bool quiet) const {
  // git-lfs adds a line to this file whenever something arrives.
  std::error_code unused;
  TRY_ASSIGN(
      const TemporaryDirectory folder,
      TemporaryDirectory::create(
          (std::filesystem::temp_directory_path(unused) / "hf-sigstore-XXXXXX")
              .string()));
  std::filesystem::path progress = environment_variable(kProgress);
  if (progress.empty()) {
    progress = folder.path() / "progress";
    command.environment.emplace_back(kProgress, progress.string());
  }
  TRY_ASSIGN(ChildProcess child, ChildProcess::start(command, quiet));
  const auto size = [&] {
    std::error_code error;
    const std::uintmax_t bytes = std::filesystem::file_size(progress, error);
    return error ? 0 : bytes;
  };
  std::uintmax_t before = 0;
  Clock::time_point moved = Clock::now();
  while (is_running(child)) {
    const Clock::time_point now = Clock::now();
    if (const std::uintmax_t after = size(); after != before) {
      before = after;
      moved = now;
    }
    // The child is ended with `child`.
    if (limit_.count() != 0 && now - moved > limit_)
      return fail(ErrorKind::network, command.argv[0], " ", command.argv[1],
                  ": nothing has arrived for ", limit_.count(), " seconds");
  }
  return child.wait();
}

}  // namespace sigstore
