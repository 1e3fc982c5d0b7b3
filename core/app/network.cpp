// SPDX-License-Identifier: Apache-2.0
#include "core/app/network.h"

#include <utility>
#include <vector>

#include "core/app/settings.h"
#include "core/http/curl_client.h"
#include "core/http/curl_stream_client.h"

namespace sigstore {
namespace {

// libcurl alone looks at none of them.
http::CurlOptions curl_options() {
  http::CurlOptions options;
  options.ca_file = environment_variable("CURL_CA_BUNDLE");
  if (!options.ca_file.empty()) return options;
  options.ca_folder = environment_variable("SSL_CERT_DIR");
  options.ca_file = environment_variable("SSL_CERT_FILE");
  return options;
}

class LateNetwork final : public http::Client {
 public:
  std::vector<Result<http::Response>> send_all(
      std::span<const http::Request> requests) override {
    if (!client_) {
      Result<std::unique_ptr<http::CurlClient>> made =
          http::CurlClient::create(curl_options());
      if (!made.ok())
        return std::vector<Result<http::Response>>(requests.size(),
                                                   made.error());
      client_ = std::move(*made);
    }
    return client_->send_all(requests);
  }

 private:
  std::unique_ptr<http::CurlClient> client_;
};

}  // namespace

std::unique_ptr<http::Client> make_network() {
  return std::make_unique<LateNetwork>();
}

Result<std::unique_ptr<http::StreamClient>> make_stream_network() {
  TRY_ASSIGN(std::unique_ptr<http::StreamClient> made,
             http::CurlStreamClient::create(curl_options()));
  return made;
}

}  // namespace sigstore
