// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// A web server on a free port of 127.0.0.1 that says exactly what a test wants
// it to, wrong things too: no library stands between. Connections are kept.
class RawServer {
 public:
  struct Request {
    std::string method;
    std::string path;  // with the query
    std::string body;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string header(const std::string& name) const;
  };
  struct Answer {
    int status = 200;
    std::vector<std::string> headers = {};  // "Name: value"
    std::string body = {};
    std::optional<std::size_t> declared = std::nullopt;  // Content-Length
    // Closes the connection after so many bytes of the body.
    std::optional<std::size_t> cut = std::nullopt;
    // Says no more after what `cut` says, and keeps the connection.
    bool stall = false;
    std::string before = {};  // what goes before the head
    // Called after each piece of the body.
    std::size_t piece = 1U << 20U;
    std::function<void()> pause = {};
  };
  using Handler = std::function<Answer(const Request&)>;

  // `handler` is called from threads of the server's.
  explicit RawServer(Handler handler);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::string url(const std::string& path) const;
  int port() const;
  std::size_t connections() const;  // so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};
