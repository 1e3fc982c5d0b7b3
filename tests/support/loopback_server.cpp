// SPDX-License-Identifier: Apache-2.0
#include "tests/support/loopback_server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

struct LoopbackServer::State {
  httplib::Server server;
  int port = 0;
  std::thread thread;
};

std::string LoopbackServer::Request::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

LoopbackServer::LoopbackServer(Handler handler)
    : state_(std::make_unique<State>()) {
  const auto serve = [handler = std::move(handler)](
                         const httplib::Request& asked,
                         httplib::Response& response) {
    Request request{asked.method, asked.target, asked.body, {}};
    for (const auto& [name, value] : asked.headers)
      request.headers.emplace(name, value);
    const Answer answer = handler(request);
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers)
      response.set_header(name, value);
    response.set_content(answer.body, "application/json");
  };
  state_->server.Get(".*", serve);
  state_->server.Post(".*", serve);
  state_->server.Put(".*", serve);
  state_->server.Delete(".*", serve);
  state_->port = state_->server.bind_to_any_port("127.0.0.1");
  state_->thread =
      std::thread([server = &state_->server] { server->listen_after_bind(); });
  while (!state_->server.is_running()) std::this_thread::yield();
}

LoopbackServer::~LoopbackServer() {
  state_->server.stop();
  state_->thread.join();
}

std::string LoopbackServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(state_->port) + path;
}

int LoopbackServer::port() const { return state_->port; }

int unused_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}
