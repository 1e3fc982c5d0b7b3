// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/hub.h"

#include <charconv>
#include <random>
#include <system_error>

#include "tests/support/test_hub/access.h"
#include "tests/support/test_hub/git.h"

namespace test_hub {
namespace {

constexpr char kRequestId[] = "X-Hub-Request";
constexpr std::string_view kControlPrefix = "/_hub/";

constexpr std::string_view kDecliningHook =
    "#!/bin/sh\n"
    "printf '%s\\n' \"$TEST_HUB_DECLINE_MESSAGE\" >&2\n"
    "exit 1\n";

constexpr std::string_view kPackingHook =
    "#!/bin/sh\n"
    "printf '%s\\n' \"$TEST_HUB_PACK_MESSAGE\" >&2\n"
    "[ -z \"$TEST_HUB_PACK_FAILS\" ] || exit 1\n"
    "exec \"$@\"\n";

bool write_hook(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  if (!write_file_atomic(path, text)) return false;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  return !error;
}

bool is_authorized(const Switches::Json& settings,
                   const httplib::Request& request) {
  const auto expected = httplib::make_basic_authentication_header(
      settings.at("user").get<std::string>(),
      settings.at("password").get<std::string>());
  return request.get_header_value(expected.first) == expected.second;
}

std::string make_secret() {
  std::random_device random;
  std::string secret;
  for (int i = 0; i < 4; ++i) secret += std::to_string(random());
  return secret;
}

// RFC 9112 6.3: a request with neither length nor transfer coding has no
// body. cpp-httplib would read such a POST or DELETE until the client hangs
// up.
void supply_missing_length(httplib::Request& request) {
  if (request.has_header("Content-Length")) return;
  if (request.has_header("Transfer-Encoding")) return;
  request.set_header("Content-Length", "0");
}

// The request is a local variable of cpp-httplib and not const by nature.
void amend(const httplib::Request& request) {
  auto& changed = const_cast<httplib::Request&>(request);
  supply_missing_length(changed);
  // It would cut any body down to them, also that of an error; content.cpp
  // reads the header itself.
  changed.ranges.clear();
}

// Renamed repositories redirect whoever reads, to a relative address
// (hub.md 1.1).
bool redirect_renamed(const Hub& hub, const httplib::Request& request,
                      httplib::Response& response) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  const auto location = hub.names.redirect(request.target);
  if (!location) return false;
  response.status = 307;
  response.set_header("Location", *location);
  return true;
}

}  // namespace

Hub::Hub(std::filesystem::path root_folder, FileDescriptor log_file)
    : root(std::move(root_folder)),
      requests(std::move(log_file)),
      secret(make_secret()) {}

bool Hub::prepare() const {
  std::error_code error;
  std::filesystem::create_directories(spool(), error);
  if (error) return false;
  std::filesystem::create_directories(declining_hooks(), error);
  if (error) return false;
  return write_hook(declining_hooks() / "pre-receive", kDecliningHook) &&
         write_hook(packing_hook(), kPackingHook);
}

std::optional<Repository> admit(Hub& hub, const std::string& scope,
                                const httplib::Request& request,
                                httplib::Response& response) {
  const auto repository =
      parse_repository(request.matches[1].str(), request.matches[2].str(),
                       request.matches[3].str());
  const Target target = {
      .scope = scope,
      .repo = repository ? repository->full_name() : "",
      .method = request.method,
  };
  const auto lacks_credentials = [&](const Switches::Json& settings) {
    return !is_authorized(settings, request);
  };
  if (hub.switches.take("unauthorized", target, lacks_credentials)) {
    response.status = 401;
    response.set_header("WWW-Authenticate", "Basic realm=\"test-hub\"");
    return std::nullopt;
  }
  if (answer_fault(hub, target, request, response)) return std::nullopt;
  if (!repository || !is_repository(hub, *repository)) {
    response.status = 404;
    return std::nullopt;
  }
  const auto refusal =
      refuse(hub, *repository, find_caller(request), Need::content);
  if (!refusal) return repository;
  answer_refusal(response, *refusal);
  return std::nullopt;
}

RequestLog::Id request_id(const httplib::Response& response) {
  const std::string text = response.get_header_value(kRequestId);
  RequestLog::Id id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id;
}

void add_request_log(httplib::Server& server, Hub& hub,
                     const std::string& origin) {
  using httplib::Server;
  server.set_pre_routing_handler([&hub, origin](const httplib::Request& request,
                                                httplib::Response& response) {
    amend(request);
    if (request.path.starts_with(kControlPrefix)) {
      return Server::HandlerResponse::Unhandled;
    }
    const auto id = hub.requests.open(request, origin);
    response.set_header(kRequestId, std::to_string(id));
    response.set_header("X-Request-Id", "test-" + std::to_string(id));
    return redirect_renamed(hub, request, response)
               ? Server::HandlerResponse::Handled
               : Server::HandlerResponse::Unhandled;
  });
  server.set_post_routing_handler(
      [&hub](const httplib::Request& request, httplib::Response& response) {
        const bool has_body = request.method != "HEAD";
        hub.requests.answered(request_id(response), response.status,
                              has_body ? response.body.size() : 0);
      });
  server.set_logger(
      [&hub](const httplib::Request&, const httplib::Response& response) {
        hub.requests.finished(request_id(response));
      });
}

}  // namespace test_hub
