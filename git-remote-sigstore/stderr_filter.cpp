// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/stderr_filter.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "core/base/encoding.h"

namespace sigstore {
namespace {

constexpr std::string_view kPassed = "\n\r\t";

// How many bytes at the end may be the first ones of a UTF-8 sequence.
std::size_t unfinished(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size());
       ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0U) == 0x80U) continue;  // not the first of its sequence
    const std::size_t length = byte >= 0xF0   ? 4
                               : byte >= 0xE0 ? 3
                               : byte >= 0xC0 ? 2
                                              : 1;
    return length > back ? back : 0;
  }
  return 0;
}

[[noreturn]] void copy_until_end(int from) {
  // The children that write to us are interrupted as well, and may have
  // something to say about it.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    std::signal(signal, SIG_IGN);
  std::string pending;
  std::array<char, 4096> chunk;
  while (true) {
    const ssize_t got = read(from, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    pending.append(chunk.data(), static_cast<std::size_t>(got));
    const std::string text = take_printable(pending);
    if (!write_all(STDERR_FILENO, as_bytes(text)).ok()) break;
  }
  const Result<void> last =
      write_all(STDERR_FILENO, as_bytes(printable(pending)));
  _exit(last.ok() ? 0 : 1);
}

}  // namespace

std::string take_printable(std::string& pending) {
  std::string_view ready(pending.data(), pending.size() - unfinished(pending));
  const std::size_t taken = ready.size();
  std::string out;
  while (!ready.empty()) {
    const std::size_t end =
        std::min(ready.find_first_of(kPassed), ready.size());
    out += printable(ready.substr(0, end));
    if (end < ready.size()) out += ready[end];
    ready.remove_prefix(std::min(end + 1, ready.size()));
  }
  pending.erase(0, taken);
  return out;
}

Result<StderrFilter> StderrFilter::start() {
  std::array<int, 2> text{};
  std::array<int, 2> done{};
  if (pipe2(text.data(), O_CLOEXEC) != 0)
    return fail(ErrorKind::io, "cannot make a pipe: ", errno_text(errno));
  FileDescriptor reading(text[0]);
  FileDescriptor writing(text[1]);
  if (pipe2(done.data(), O_CLOEXEC) != 0)
    return fail(ErrorKind::io, "cannot make a pipe: ", errno_text(errno));
  FileDescriptor ended(done[0]);
  const FileDescriptor held(done[1]);
  const pid_t pid = fork();
  if (pid < 0)
    return fail(ErrorKind::io, "cannot start a process: ", errno_text(errno));
  if (pid > 0) return StderrFilter(std::move(writing), std::move(ended));
  // Nothing of the protocol, nor the end of our own pipe, is held open here.
  writing.reset();
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  copy_until_end(reading.get());
}

void StderrFilter::wait() const {
  constexpr int kMilliseconds = 1000;
  pollfd polled{done_.get(), POLLIN, 0};
  poll(&polled, 1, kMilliseconds);
}

}  // namespace sigstore
