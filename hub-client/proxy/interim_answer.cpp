// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/interim_answer.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <memory>

namespace sigstore::hub {
namespace {

int port_of(const sockaddr_in& address) {
  return address.sin_family == AF_INET ? ntohs(address.sin_port) : -1;
}

bool connects(int fd, int remote_port, int local_port) {
  sockaddr_in here{};
  sockaddr_in there{};
  socklen_t here_size = sizeof(here);
  socklen_t there_size = sizeof(there);
  // A descriptor of something else fails here.
  return getsockname(fd, reinterpret_cast<sockaddr*>(&here), &here_size) == 0 &&
         getpeername(fd, reinterpret_cast<sockaddr*>(&there), &there_size) ==
             0 &&
         port_of(here) == local_port && port_of(there) == remote_port;
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

bool takes_interim_answers(std::string_view user_agent) {
  return user_agent.find("hf_hub/") != std::string_view::npos ||
         user_agent.find("python") != std::string_view::npos;
}

FileDescriptor find_connection(int remote_port, int local_port) {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir("/proc/self/fd"));
  if (!folder) return {};
  while (const dirent* const entry = readdir(folder.get())) {
    const char* const name = entry->d_name;
    int fd = -1;
    const auto [end, error] =
        std::from_chars(name, name + std::strlen(name), fd);
    if (error == std::errc() && *end == '\0' &&
        connects(fd, remote_port, local_port))
      return FileDescriptor(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }
  return {};
}

bool is_waiting(int connection, bool interim) {
  char byte = 0;
  // 0 is the end of what they have to say: they have closed it.
  if (recv(connection, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) return false;
  if (!interim) return true;
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  return send(connection, kContinue.data(), kContinue.size(),
              MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(kContinue.size());
}

}  // namespace sigstore::hub
