// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/raw_copy.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/file.h"

namespace sigstore {
namespace {

// Copies what is there now; false at the end of the stream.
Result<bool> copy_available(int from, int to) {
  std::array<std::uint8_t, 65536> chunk;
  const ssize_t got = read(from, chunk.data(), chunk.size());
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  TRY(write_all(to, ByteView(chunk).first(static_cast<std::size_t>(got))));
  return true;
}

}  // namespace

Result<void> copy_raw(const RawEnd& near, const RawEnd& far,
                      const std::function<void()>& near_ended) {
  std::array<pollfd, 2> polled{pollfd{near.in, POLLIN, 0},
                               pollfd{far.in, POLLIN, 0}};
  while (true) {
    if (poll(polled.data(), polled.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return fail(ErrorKind::io, "cannot wait: ", errno_text(errno));
    }
    if (polled[0].revents != 0) {
      TRY_ASSIGN(const bool more, copy_available(near.in, far.out));
      if (!more) {
        near_ended();
        polled[0].fd = -1;  // poll(2): ignored
      }
    }
    if (polled[1].revents != 0) {
      TRY_ASSIGN(const bool more, copy_available(far.in, near.out));
      if (!more) return {};
    }
  }
}

}  // namespace sigstore
