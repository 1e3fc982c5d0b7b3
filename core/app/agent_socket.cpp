// SPDX-License-Identifier: Apache-2.0
#include "core/app/agent_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "core/app/agent_message.h"
#include "core/app/settings.h"
#include "core/crypto/private_key.h"

namespace sigstore {
namespace {

constexpr std::string_view kName = "/hf-sigstore-agent";

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

FileDescriptor make_socket() {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return socket;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

// Nobody is waited for longer: one talks at a time.
void limit_waiting(int socket) {
  const timeval limit{2, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

Result<void> read_exactly(int fd, std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const ssize_t got = ::read(fd, into.data(), into.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(ErrorKind::network, "the message ends early");
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

}  // namespace

std::optional<std::string> agent_path() {
  const std::string folder = environment_variable("XDG_RUNTIME_DIR");
  struct stat status {};
  if (!folder.starts_with('/') || ::lstat(folder.c_str(), &status) != 0 ||
      !S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() ||
      (status.st_mode & 077) != 0)
    return std::nullopt;
  return concat(folder, kName);
}

bool is_own_peer(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         peer.uid == ::geteuid();
}

std::optional<FileDescriptor> connect_agent(const std::string& path) {
  const auto address = address_of(path);
  FileDescriptor socket = make_socket();
  if (!address || !socket.valid() ||
      ::connect(socket.get(), generic(*address), sizeof *address) != 0 ||
      !is_own_peer(socket.get()))
    return std::nullopt;
  limit_waiting(socket.get());
  return socket;
}

std::optional<FileDescriptor> listen_agent(const std::string& path) {
  const auto address = address_of(path);
  FileDescriptor socket = make_socket();
  if (!address || !socket.valid()) return std::nullopt;
  const mode_t before = ::umask(0177);
  int bound = ::bind(socket.get(), generic(*address), sizeof *address);
  if (bound != 0 && errno == EADDRINUSE && !connect_agent(path)) {
    ::unlink(path.c_str());
    bound = ::bind(socket.get(), generic(*address), sizeof *address);
  }
  ::umask(before);
  if (bound != 0 || ::listen(socket.get(), 8) != 0) return std::nullopt;
  return socket;
}

Result<std::string> receive_frame(int fd) {
  limit_waiting(fd);
  std::array<std::uint8_t, 4> start{};
  TRY(read_exactly(fd, start));
  TRY_ASSIGN(const std::size_t size, frame_size(start));
  Bytes text(size);
  TRY(read_exactly(fd, text));
  std::string json(as_text(text));
  wipe(text);
  return json;
}

Result<void> send_frame(int fd, std::string json) {
  limit_waiting(fd);
  Bytes frame = to_bytes(write_frame(json));
  Result<void> sent = write_all(fd, frame);
  wipe(frame);
  return sent;
}

}  // namespace sigstore
