// SPDX-License-Identifier: Apache-2.0
#include "git-remote-sigstore/git_daemon.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/base/file.h"
#include "core/base/handle.h"
#include "git-remote-sigstore/raw_copy.h"

namespace sigstore {
namespace {

using AddressList = Handle<addrinfo, freeaddrinfo>;

Result<FileDescriptor> connect_to(const DaemonUrl& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status =
      getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
  const AddressList addresses(found);
  if (status != 0)
    return fail(ErrorKind::network, "cannot find ", url.host, ": ",
                gai_strerror(status));
  int error = 0;
  for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
    FileDescriptor fd(socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC,
                             next->ai_protocol));
    if (fd.valid() && connect(fd.get(), next->ai_addr, next->ai_addrlen) == 0) {
      // As git: a peer that went away is noticed some day.
      const int on = 1;
      setsockopt(fd.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
      return fd;
    }
    error = errno;
  }
  return fail(ErrorKind::network, "cannot connect to ", url.host, ":", url.port,
              ": ", errno_text(error));
}

Result<void> talk(const DaemonUrl& url, const std::string& service, int version,
                  PacketStream& git) {
  TRY_ASSIGN(const FileDescriptor fd, connect_to(url));
  TRY(write_all(fd.get(), as_bytes(url.request(service, version))));
  TRY(git.write("\n"));
  return copy_raw({git.input(), git.output()}, {fd.get(), fd.get()},
                  [&] { shutdown(fd.get(), SHUT_WR); });
}

}  // namespace

Result<DaemonUrl> DaemonUrl::parse(std::string_view url) {
  constexpr std::string_view kScheme = "git://";
  // CVE-2021-40330: a line end in it would be a second request.
  const bool odd = std::any_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20;
  });
  const std::size_t slash = url.find('/', kScheme.size());
  if (!url.starts_with(kScheme) || odd || slash == std::string_view::npos ||
      slash == kScheme.size())
    return fail(ErrorKind::invalid_input, "not a usable git:// URL");
  DaemonUrl parsed;
  parsed.virtual_host = url.substr(kScheme.size(), slash - kScheme.size());
  parsed.path = url.substr(slash);
  // git://host/~user/repo is below a home folder.
  if (parsed.path.starts_with("/~")) parsed.path.erase(0, 1);
  std::string_view host = parsed.virtual_host;
  const std::size_t bracket = host.find(']');
  const std::size_t colon =
      host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parsed.port = colon == std::string_view::npos
                    ? "9418"
                    : std::string(host.substr(colon + 1));
  host = host.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  parsed.host = host;
  if (parsed.host.empty() || parsed.port.empty())
    return fail(ErrorKind::invalid_input, "not a usable git:// URL");
  return parsed;
}

std::string DaemonUrl::request(std::string_view service, int version) const {
  std::string line =
      concat(service, " ", path, '\0', "host=", virtual_host, '\0');
  // git-daemon looks for more parameters behind a second zero byte. A push
  // knows no version 2 (connect.c, git_connect).
  if (version == 2 && service == "git-receive-pack") version = 0;
  if (version > 0) line += concat('\0', "version=", version, '\0');
  return encode_data(line);
}

Result<void> serve_daemon(const DaemonUrl& url, int version,
                          PacketStream& git) {
  constexpr std::string_view kConnect = "connect ";
  while (true) {
    TRY_ASSIGN(const std::optional<std::string> line, git.read_line());
    if (!line || line->empty()) return {};
    if (line->starts_with(kConnect))
      return talk(url, line->substr(kConnect.size()), version, git);
    if (*line != "capabilities")
      return fail(ErrorKind::unsupported, "git asks for '", *line, "'");
    TRY(git.write("connect\n\n"));
  }
}

}  // namespace sigstore
