// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/base/result.h"
#include "hub-client/proxy/contents.h"
#include "hub-client/proxy/proxy_tools.h"
#include "hub-client/proxy/states.h"

namespace sigstore::hub {

// The Hub as its clients see it, on the loopback: questions are passed on,
// files released. What is not looked at here does not go through.
class ProxyServer {
 public:
  // Takes the port (0: any) of 127.0.0.1. `tools` lives longer.
  static Result<std::unique_ptr<ProxyServer>> open(ProxyTools& tools, int port);
  ~ProxyServer();
  ProxyServer(const ProxyServer&) = delete;
  ProxyServer& operator=(const ProxyServer&) = delete;

  int port() const;
  // Serves until stop(), from another thread.
  void run();
  void stop();
  // Work that nobody may wait for any more.
  std::size_t busy() const;

 private:
  class Desk;  // keeps cpp-httplib out of this header
  explicit ProxyServer(std::unique_ptr<Desk> desk);
  std::unique_ptr<Desk> desk_;
};

}  // namespace sigstore::hub
