// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

// A web server on a free port of 127.0.0.1, while it lives. cpp-httplib: other
// people's code on the other side of ours.
class LoopbackServer {
 public:
  struct Request {
    std::string method;
    std::string path;  // with the query
    std::string body;
    std::multimap<std::string, std::string> headers;
    std::string header(const std::string& name) const;
  };
  struct Answer {
    int status = 200;
    std::string body = {};
    std::multimap<std::string, std::string> headers = {};
  };
  using Handler = std::function<Answer(const Request&)>;

  // `handler` is called from threads of the server's.
  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string url(const std::string& path) const;
  int port() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A port of 127.0.0.1 on which nobody listens.
int unused_port();
