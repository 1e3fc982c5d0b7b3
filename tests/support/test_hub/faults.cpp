// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

#include "tests/support/test_hub/access.h"

namespace test_hub {
namespace {

constexpr int kLargestSocket = 1024;

bool is_connection_to(int descriptor, int port) {
  sockaddr_in peer = {};
  socklen_t size = sizeof(peer);
  return getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) ==
             0 &&
         peer.sin_family == AF_INET && ntohs(peer.sin_port) == port;
}

// RateLimit header fields for HTTP, as the Hub sends them (hub.md 1.4).
void answer_rate_limit(const Switches::Json& settings,
                       httplib::Response& response) {
  const std::string headers = settings.at("headers");
  const std::string bucket = settings.at("bucket");
  const std::string seconds = std::to_string(settings.at("seconds").get<int>());
  if (headers == "ratelimit" || headers == "both") {
    response.set_header("RateLimit", "\"" + bucket + "\";r=0;t=" + seconds);
    response.set_header("RateLimit-Policy",
                        "\"fixed window\";\"" + bucket + "\";q=500;w=300");
  }
  if (headers == "retry-after" || headers == "both") {
    response.set_header("Retry-After", seconds);
  }
  answer_refusal(response, {429, "", "We had to rate limit you."});
}

}  // namespace

void cut_connection(const httplib::Request& request) {
  // cpp-httplib shows a handler no socket; the peer's port names it.
  for (int descriptor = 3; descriptor < kLargestSocket; ++descriptor) {
    if (is_connection_to(descriptor, request.remote_port)) {
      shutdown(descriptor, SHUT_RDWR);
    }
  }
}

bool answer_fault(Hub& hub, const Target& target,
                  const httplib::Request& request,
                  httplib::Response& response) {
  if (hub.switches.take("cut-connection", target)) {
    cut_connection(request);
    response.status = 500;
    return true;
  }
  if (const auto settings = hub.switches.take("server-error", target)) {
    const std::string message = settings->at("message");
    answer_refusal(response,
                   {settings->at("status").get<int>(), "",
                    message.empty() ? "Internal Server Error" : message});
    return true;
  }
  if (const auto settings = hub.switches.take("rate-limit", target)) {
    answer_rate_limit(*settings, response);
    return true;
  }
  return false;
}

}  // namespace test_hub
