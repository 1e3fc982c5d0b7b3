// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// The second origin: what resolve and LFS batch send their callers to
// (hub.md 1.6 "Host rule", 1.9, 1.11). It knows nobody's token and must not
// see one.

#include "tests/support/test_hub/access.h"
#include "tests/support/test_hub/content.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/multipart.h"
#include "tests/support/test_hub/signed_url.h"

namespace test_hub {
namespace {

Target target_of(const httplib::Request& request) {
  return {.scope = "cdn",
          .repo = request.get_param_value("repo"),
          .oid = request.get_param_value("oid"),
          .file = request.get_param_value("file"),
          .method = request.method};
}

// As S3 says it.
void answer_denied(httplib::Response& response, int status,
                   const std::string& message) {
  response.status = status;
  response.set_content(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<Error><Code>AccessDenied</Code><Message>" +
          message + "</Message></Error>",
      "application/xml");
}

bool has_credentials(const httplib::Request& request) {
  return request.has_header("Authorization") || request.has_header("Cookie");
}

// True when the request may be served; otherwise it is answered.
bool admit_signed(Hub& hub, const httplib::Request& request,
                  httplib::Response& response) {
  const Target target = target_of(request);
  if (has_credentials(request)) {
    if (!hub.switches.take("token-leak", target)) {
      hub.switches.count("token-leak");
      ++hub.unexpected_leaks;
    }
    answer_denied(response, 403, "credentials were sent to another origin");
    return false;
  }
  if (answer_fault(hub, target, request, response)) return false;
  if (const auto expired = hub.switches.take("expired-url", target)) {
    answer_denied(response, expired->at("status").get<int>(),
                  "Request has expired");
    return false;
  }
  const std::string complaint = check_signed_url(hub, request);
  if (complaint.empty()) return true;
  answer_denied(response, 403, complaint);
  return false;
}

void answer_object(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  if (!admit_signed(hub, request, response)) return;
  const Target target = target_of(request);
  if (hub.switches.take("not-found", target)) {
    return answer_denied(response, 404, "not found");
  }
  FileDescriptor file = open_lfs_content(hub, target);
  if (!file) return answer_denied(response, 404, "The key does not exist.");
  response.set_header("ETag", "\"" + target.oid + "\"");
  answer_content(hub, {std::move(file), target}, request, response);
}

}  // namespace

void add_cdn_routes(httplib::Server& server, Hub& hub) {
  server.Get("/(lfs|xet-bridge)/.*", [&hub](const httplib::Request& request,
                                            httplib::Response& response) {
    answer_object(hub, request, response);
  });
  server.Put("/lfs/.*", [&hub](const httplib::Request& request,
                               httplib::Response& response,
                               const httplib::ContentReader& read_body) {
    receive_lfs_content(hub, request.get_param_value("oid"), read_body,
                        response,
                        [&] { return admit_signed(hub, request, response); });
  });
  server.Put("/part", [&hub](const httplib::Request& request,
                             httplib::Response& response) {
    if (admit_signed(hub, request, response)) {
      receive_part(hub, request, response, request.body);
    }
  });
  // Anything else: a leak is one there, too.
  const auto unknown = [&hub](const httplib::Request& request,
                              httplib::Response& response) {
    admit_signed(hub, request, response);
  };
  server.Get("/.*", unknown);
  server.Post("/.*", unknown);
  server.Put("/.*", unknown);
}

}  // namespace test_hub
