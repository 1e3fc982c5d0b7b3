// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/test_hub/access.h"
#include "tests/support/test_hub/body_writer.h"
#include "tests/support/test_hub/cgi.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/process.h"

namespace test_hub {
namespace {

constexpr size_t kPieceSize = 64 * 1024;

/// One call of `git http-backend`.
struct Call {
  Repository repository;
  std::string path;     // inside the repository, with leading slash
  FileDescriptor body;  // empty for GET
  off_t body_size = 0;
  bool declines_push = false;
  std::string decline_message = {};
  bool may_cut = false;  // truncate-pack looks at this answer
  bool old_protocol = false;
  std::optional<Switches::Json> packing = std::nullopt;

  Target target() const { return {"git", repository.full_name(), ""}; }
};

/// An answer on its way from http-backend to the client.
struct Answer {
  Cgi cgi;
  BodyWriter writer;
  Target target;
  bool may_cut = false;
  std::uint64_t sent = 0;
};

std::vector<std::string> make_environment(const Hub& hub,
                                          const httplib::Request& request,
                                          const Call& call) {
  std::vector<std::pair<std::string, std::string>> configuration = {
      {"http.receivepack", "true"},
      {"uploadpack.allowFilter", "true"},
      {"uploadpack.allowAnySHA1InWant", "true"},
      {"receive.advertisePushOptions", "true"},
      // Housekeeping in the background would race with a test's clean-up.
      {"receive.autogc", "false"},
  };
  if (call.declines_push) {
    configuration.emplace_back("core.hooksPath",
                               hub.declining_hooks().string());
  }
  if (call.packing) {
    configuration.emplace_back("uploadpack.packObjectsHook",
                               hub.packing_hook().string());
  }
  auto environment = git_environment(hub.root.string(), configuration);
  const size_t mark = request.target.find('?');
  const std::vector<std::pair<std::string, std::string>> variables = {
      {"GIT_PROJECT_ROOT", hub.root.string()},
      {"GIT_HTTP_EXPORT_ALL", "1"},
      {"GIT_HTTP_MAX_REQUEST_BUFFER", "1g"},
      {"GIT_PROTOCOL",
       call.old_protocol ? "" : request.get_header_value("Git-Protocol")},
      {"PATH_INFO", "/" + call.repository.full_name() + ".git" + call.path},
      {"REQUEST_METHOD", request.method},
      {"QUERY_STRING",
       mark == std::string::npos ? "" : request.target.substr(mark + 1)},
      {"CONTENT_TYPE", request.get_header_value("Content-Type")},
      // cpp-httplib has already undone gzip, so that no HTTP_CONTENT_ENCODING
      // is handed on, and the length is that of the plain body.
      {"CONTENT_LENGTH", std::to_string(call.body_size)},
      {"REMOTE_ADDR", request.remote_addr},
      {"TEST_HUB_DECLINE_MESSAGE", call.decline_message},
  };
  const auto add = [&](const char* name, const std::string& value) {
    environment.push_back(std::string(name) + "=" + value);
  };
  if (call.packing) {
    add("TEST_HUB_PACK_MESSAGE", call.packing->at("message"));
    if (call.packing->at("fail").get<bool>()) add("TEST_HUB_PACK_FAILS", "1");
  }
  for (const auto& [name, value] : variables) add(name.c_str(), value);
  return environment;
}

// Sends what fits before the cut. False breaks the connection off.
bool send_cut_piece(const Switches::Json& settings, Answer& answer,
                    std::string_view piece, httplib::DataSink& sink) {
  const auto after = settings.at("after").get<std::uint64_t>();
  if (after > answer.sent) {
    answer.writer.write(sink, piece.substr(0, after - answer.sent));
  }
  if (!settings.at("clean").get<bool>()) return false;
  sink.done();
  return true;
}

bool send_piece(Hub& hub, Answer& answer, httplib::DataSink& sink) {
  std::array<char, kPieceSize> buffer;
  const ssize_t count = answer.cgi.read(buffer);
  if (count < 0) return false;
  if (count == 0) {
    sink.done();
    return true;
  }
  const std::string_view piece(buffer.data(), static_cast<size_t>(count));
  const std::uint64_t end = answer.sent + piece.size();
  const auto reaches_cut = [&](const Switches::Json& settings) {
    return end > settings.at("after").get<std::uint64_t>();
  };
  if (answer.may_cut) {
    const auto settings =
        hub.switches.take("truncate-pack", answer.target, reaches_cut);
    if (settings) return send_cut_piece(*settings, answer, piece, sink);
  }
  answer.sent = end;
  return answer.writer.write(sink, piece);
}

void run_backend(Hub& hub, const Call& call, const httplib::Request& request,
                 httplib::Response& response) {
  auto cgi = Cgi::start({
      .arguments = {"git", "http-backend"},
      .environment = make_environment(hub, request, call),
      .input = call.body.get(),
      .error_output = hub.requests.file(),
  });
  if (!cgi) {
    response.status = 500;
    return;
  }
  response.status = cgi->status();
  std::string content_type = "text/plain";
  for (const auto& [name, value] : cgi->headers()) {
    if (name == "Content-Type") {
      content_type = value;
    } else if (name != "Content-Length") {
      // The body is sent chunked, which excludes a length.
      response.set_header(name, value);
    }
  }
  const Target target = call.target();
  // A std::function can be copied, so what it owns has to be shared.
  const auto answer = std::make_shared<Answer>(
      Answer{std::move(*cgi), BodyWriter(hub, request_id(response), target),
             target, call.may_cut});
  response.set_chunked_content_provider(
      content_type, [&hub, answer](size_t, httplib::DataSink& sink) {
        return send_piece(hub, *answer, sink);
      });
}

std::optional<Repository> admit_git(Hub& hub, const httplib::Request& request,
                                    httplib::Response& response) {
  auto repository = admit(hub, "git", request, response);
  if (!repository) return std::nullopt;
  if (hub.switches.take("not-found", {"git", repository->full_name(), ""})) {
    response.status = 404;
    return std::nullopt;
  }
  // Without any token everybody may push to what is public: most tests do.
  const Caller caller = find_caller(request);
  if (request.target.find("git-receive-pack") != std::string::npos &&
      caller.is_known() && !caller.may_write(*repository)) {
    response.status = 403;
    return std::nullopt;
  }
  return repository;
}

bool speaks_old(Hub& hub, const Call& call, const httplib::Request& request) {
  return request.has_header("Git-Protocol") &&
         hub.switches.take("old-protocol", call.target()).has_value();
}

void answer_info_refs(Hub& hub, const httplib::Request& request,
                      httplib::Response& response) {
  const auto repository = admit_git(hub, request, response);
  if (!repository) return;
  Call call = {.repository = *repository, .path = "/info/refs", .body = {}};
  call.old_protocol = speaks_old(hub, call, request);
  run_backend(hub, call, request, response);
}

bool contains_command(const FileDescriptor& body, const std::string& command) {
  std::array<char, 512> start;
  const ssize_t count = pread(body.get(), start.data(), start.size(), 0);
  if (count <= 0) return false;
  return std::string_view(start.data(), static_cast<size_t>(count))
             .find("command=" + command) != std::string_view::npos;
}

// gitprotocol-common(5): four digits of length, these included.
bool answer_error_packet(Hub& hub, const Call& call,
                         httplib::Response& response) {
  const auto settings = hub.switches.take(
      "error-packet", call.target(), [&](const Switches::Json& wanted) {
        return contains_command(call.body, wanted.at("command"));
      });
  if (!settings) return false;
  const std::string text = "ERR " + settings->at("message").get<std::string>();
  std::array<char, 5> length;
  std::snprintf(length.data(), length.size(), "%04x",
                static_cast<unsigned>(text.size() + 4));
  response.set_content(length.data() + text,
                       "application/x-git-upload-pack-result");
  return true;
}

// The first id that is wanted and is no tip of a ref; "" for none.
std::string find_unlisted_want(const Hub& hub, const Call& call) {
  const FileDescriptor output = make_anonymous_file(hub.spool());
  auto git = Process::start({
      .arguments = {"git", "-C", call.repository.path(hub.root).string(),
                    "for-each-ref", "--format=%(objectname)"},
      .environment = git_environment(hub.root.string(), {}),
      .output = output.get(),
      .error_output = hub.requests.file(),
  });
  if (!git || !git->wait()) return "no refs";
  const std::string tips = read_back(output);
  const std::string body = read_back(call.body);
  constexpr std::string_view kWant = "want ";
  for (size_t at = body.find(kWant); at != std::string::npos;
       at = body.find(kWant, at + 1)) {
    std::string id = body.substr(at + kWant.size(), 64);
    id = id.substr(0, id.find_first_not_of("0123456789abcdef"));
    if (tips.find(id + "\n") == std::string::npos) return id;
  }
  return "";
}

// True when the switch refuse-wants has answered.
bool refuse_wants(Hub& hub, const Call& call, httplib::Response& response) {
  std::string id;
  const auto refused = hub.switches.take("refuse-wants", call.target(),
                                         [&](const Switches::Json&) {
                                           id = find_unlisted_want(hub, call);
                                           return !id.empty();
                                         });
  if (!refused) return false;
  const std::string line = "ERR upload-pack: not our ref " + id;
  std::array<char, 5> length;
  std::snprintf(length.data(), length.size(), "%04zx", line.size() + 4);
  response.set_content(
      refused->at("empty").get<bool>() ? "0000" : length.data() + line,
      "application/x-git-upload-pack-result");
  return true;
}

void answer_service(Hub& hub, const httplib::Request& request,
                    httplib::Response& response,
                    const httplib::ContentReader& read_body) {
  // The body is spooled before anything is decided: http-backend may answer
  // while it still reads, and an answer to an unread body would leave its
  // bytes to be taken for the next request of the connection.
  FileDescriptor body = make_anonymous_file(hub.spool());
  const bool complete = read_body([&](const char* data, size_t size) {
    return write_all(body.get(), {data, size});
  });
  if (!complete) {
    response.status = 400;
    return;
  }
  const auto repository = admit_git(hub, request, response);
  if (!repository) return;

  const std::string service = request.matches[4].str();
  Call call = {.repository = *repository,
               .path = "/" + service,
               .body = std::move(body)};
  call.body_size = lseek(call.body.get(), 0, SEEK_END);
  lseek(call.body.get(), 0, SEEK_SET);
  const bool uploads = service == "git-upload-pack";
  call.may_cut = uploads && !contains_command(call.body, "ls-refs");
  call.old_protocol = speaks_old(hub, call, request);
  if (uploads && answer_error_packet(hub, call, response)) return;
  if (call.may_cut && refuse_wants(hub, call, response)) return;
  if (call.may_cut) call.packing = hub.switches.take("packing", call.target());
  // A body of four bytes is git's probe ("0000") before a large push: no
  // push yet, so nothing to decline.
  if (service == "git-receive-pack" && call.body_size > 4) {
    const auto decline = hub.switches.take("decline-push", call.target());
    call.declines_push = decline.has_value();
    if (decline) call.decline_message = decline->at("message");
  }
  run_backend(hub, call, request, response);
}

}  // namespace

void add_git_routes(httplib::Server& server, Hub& hub) {
  server.Get(
      std::string(kRepositoryPattern) + "/info/refs",
      [&hub](const httplib::Request& request, httplib::Response& response) {
        answer_info_refs(hub, request, response);
      });
  server.Post(
      std::string(kRepositoryPattern) + "/(git-upload-pack|git-receive-pack)",
      [&hub](const httplib::Request& request, httplib::Response& response,
             const httplib::ContentReader& read_body) {
        answer_service(hub, request, response, read_body);
      });
}

}  // namespace test_hub
