// SPDX-License-Identifier: Apache-2.0
#include "core/http/loopback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "core/base/limits.h"

namespace sigstore::http {
namespace {

using Clock = std::chrono::steady_clock;

// What a browser opens at a time, and some.
constexpr std::size_t kConnections = 16;

struct Connection {
  FileDescriptor socket;
  std::string received = {};
};

enum class Progress : std::uint8_t { goes_on, over, last_page };

std::string_view reason(int status) {
  if (status == 200) return "OK";
  return status == 404 ? "Not Found" : "Bad Request";
}

// The page runs nothing, loads nothing and tells nobody its address, which
// has the code in it.
void answer(int socket, const Page& page) {
  const std::string text = concat(
      "HTTP/1.1 ", page.status, " ", reason(page.status),
      "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ",
      page.html.size(),
      "\r\nConnection: close\r\nCache-Control: no-store\r\n"
      "Content-Security-Policy: default-src 'none'\r\n"
      "Referrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\r\n",
      page.html);
  // It fits what a fresh socket takes without waiting; a browser that is gone
  // misses a page, nothing else.
  static_cast<void>(
      ::send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
  ::shutdown(socket, SHUT_WR);
}

Progress advance(Connection& connection,
                 const LoopbackListener::Handler& handler) {
  std::array<char, 4096> buffer;
  const ssize_t got = ::recv(connection.socket.get(), buffer.data(),
                             buffer.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Progress::goes_on;
  if (got <= 0) return Progress::over;
  connection.received.append(buffer.data(), static_cast<std::size_t>(got));
  const Result<std::optional<RequestHead>> head =
      RequestHead::parse(connection.received);
  if (!head.ok()) {
    answer(connection.socket.get(), {400, "<p>This is not for me.", false});
    return Progress::over;
  }
  if (!head->has_value()) return Progress::goes_on;
  const Page page = handler(**head);
  answer(connection.socket.get(), page);
  return page.last ? Progress::last_page : Progress::over;
}

void accept_one(int listening, std::vector<Connection>& connections) {
  FileDescriptor socket(
      ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.valid()) return;
  // Whoever says nothing for longest makes room.
  if (connections.size() == kConnections)
    connections.erase(connections.begin());
  connections.push_back({std::move(socket)});
}

// False at the deadline.
bool wait(std::vector<pollfd>& polled, Clock::time_point deadline) {
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - Clock::now());
  if (rest.count() <= 0) return false;
  const int milliseconds =
      static_cast<int>(std::min<std::int64_t>(rest.count(), 60'000));
  ::poll(polled.data(), polled.size(), milliseconds);
  return true;
}

}  // namespace

Result<LoopbackListener> LoopbackListener::open() {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (!socket.valid() || ::bind(socket.get(), generic, size) != 0 ||
      ::listen(socket.get(), 16) != 0 ||
      ::getsockname(socket.get(), generic, &size) != 0)
    return fail(ErrorKind::io,
                "cannot listen on 127.0.0.1: ", errno_text(errno));
  return LoopbackListener(std::move(socket), ntohs(address.sin_port));
}

Result<void> LoopbackListener::serve(const Handler& handler,
                                     Clock::time_point deadline) {
  std::vector<Connection> connections;
  while (true) {
    std::vector<pollfd> polled{{listening_.get(), POLLIN, 0}};
    for (const Connection& one : connections)
      polled.push_back({one.socket.get(), POLLIN, 0});
    if (!wait(polled, deadline)) break;
    // From the last one on: what is removed moves only what was looked at.
    for (std::size_t i = connections.size(); i-- > 0;) {
      if (polled[i + 1].revents == 0) continue;
      const Progress progress = advance(connections[i], handler);
      if (progress == Progress::last_page) {
        listening_.reset();
        return {};
      }
      if (progress == Progress::over)
        connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (polled[0].revents != 0) accept_one(listening_.get(), connections);
  }
  listening_.reset();
  return fail(ErrorKind::network, "nobody came back to 127.0.0.1 in time");
}

}  // namespace sigstore::http
