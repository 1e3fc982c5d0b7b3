// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/http/client.h"

namespace sigstore::http {

struct CurlOptions {
  // Where the certificates of web servers' authorities are; empty: where
  // libcurl looks.
  std::string ca_file = {};
  std::string ca_folder = {};
};

// The network, by libcurl. TLS 1.2 or newer, always verified. Plain http goes
// to this machine only, or where the request says so. Proxies are those of
// libcurl's environment variables (https_proxy, no_proxy, ...), but never for
// this machine. Connections are kept for the next request.
class CurlClient final : public Client {
 public:
  static Result<std::unique_ptr<CurlClient>> create(CurlOptions options = {});
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override;

  std::vector<Result<Response>> send_all(
      std::span<const Request> requests) override;

 private:
  struct State;  // keeps libcurl out of this header
  explicit CurlClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace sigstore::http
