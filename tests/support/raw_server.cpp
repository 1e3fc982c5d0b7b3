// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>

#include "tests/support/must.h"

namespace {

bool send_text(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// More of what the client says into `text`; false when it says no more.
bool read_more(int socket, std::string& text) {
  std::string buffer(1U << 16U, '\0');
  const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  text.append(buffer, 0, static_cast<std::size_t>(got));
  return true;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

RawServer::Request parse_head(const std::string& head) {
  RawServer::Request request;
  std::size_t line = head.find("\r\n");
  const std::string first = head.substr(0, line);
  const std::size_t space = first.find(' ');
  request.method = first.substr(0, space);
  request.path = first.substr(space + 1, first.rfind(' ') - space - 1);
  while (line + 2 < head.size()) {
    const std::size_t next = head.find("\r\n", line + 2);
    const std::string text = head.substr(line + 2, next - line - 2);
    const std::size_t colon = text.find(':');
    if (colon != std::string::npos)
      request.headers[lower(text.substr(0, colon))] =
          text.substr(std::min(colon + 2, text.size()));
    line = next;
  }
  return request;
}

bool read_request(int socket, std::string& text, RawServer::Request& request) {
  std::size_t end = 0;
  while ((end = text.find("\r\n\r\n")) == std::string::npos)
    if (!read_more(socket, text)) return false;
  request = parse_head(text.substr(0, end + 2));
  text.erase(0, end + 4);
  const std::string length = request.header("content-length");
  const std::size_t size = length.empty() ? 0 : std::stoul(length);
  while (text.size() < size)
    if (!read_more(socket, text)) return false;
  request.body = text.substr(0, size);
  text.erase(0, size);
  return true;
}

std::string head_of(const RawServer::Answer& answer) {
  std::string head =
      answer.before + "HTTP/1.1 " + std::to_string(answer.status) + " Said\r\n";
  for (const std::string& header : answer.headers) head += header + "\r\n";
  head += "Content-Length: " +
          std::to_string(answer.declared.value_or(answer.body.size()));
  return head + "\r\n\r\n";
}

// False when the connection is to be closed.
bool send_answer(int socket, const RawServer::Answer& answer, bool head_only) {
  if (!send_text(socket, head_of(answer))) return false;
  if (head_only) return true;
  const std::string_view body =
      std::string_view(answer.body).substr(0, answer.cut.value_or(~0UL));
  for (std::size_t at = 0; at < body.size(); at += answer.piece) {
    if (!send_text(socket, body.substr(at, answer.piece))) return false;
    if (answer.pause) answer.pause();
  }
  return !answer.cut;
}

}  // namespace

struct RawServer::State {
  Handler handler;
  int listening = -1;
  int port = 0;
  std::mutex mutex;
  std::condition_variable stopped;
  bool stopping = false;
  std::vector<int> sockets;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> connections = 0;
  std::thread accepting;

  void serve(int socket);
  void accept_all();
};

void RawServer::State::serve(int socket) {
  std::string text;
  Request request;
  while (read_request(socket, text, request)) {
    const Answer answer = handler(request);
    const bool goes_on = send_answer(socket, answer, request.method == "HEAD");
    if (answer.stall) {
      std::unique_lock lock(mutex);
      stopped.wait(lock, [&] { return stopping; });
      return;
    }
    if (!goes_on) break;
  }
  ::shutdown(socket, SHUT_RDWR);
}

void RawServer::State::accept_all() {
  while (true) {
    const int socket = ::accept(listening, nullptr, nullptr);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ++connections;
    const std::lock_guard lock(mutex);
    sockets.push_back(socket);
    threads.emplace_back([this, socket] { serve(socket); });
  }
}

std::string RawServer::Request::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

RawServer::RawServer(Handler handler) : state_(std::make_unique<State>()) {
  state_->handler = std::move(handler);
  state_->listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  must(::bind(state_->listening, any, size) == 0, "bind");
  must(::listen(state_->listening, 128) == 0, "listen");
  must(::getsockname(state_->listening, any, &size) == 0, "getsockname");
  state_->port = ntohs(address.sin_port);
  state_->accepting = std::thread([this] { state_->accept_all(); });
}

RawServer::~RawServer() {
  ::shutdown(state_->listening, SHUT_RDWR);
  state_->accepting.join();
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (const int socket : state_->sockets) ::shutdown(socket, SHUT_RDWR);
  }
  state_->stopped.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
  for (const int socket : state_->sockets) ::close(socket);
  ::close(state_->listening);
}

std::string RawServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(state_->port) + path;
}

int RawServer::port() const { return state_->port; }

std::size_t RawServer::connections() const { return state_->connections; }
