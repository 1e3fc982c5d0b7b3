// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/server.h"

#include <httplib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "core/crypto/message_digest.h"
#include "hub-client/proxy/answers.h"
#include "hub-client/proxy/api_pass.h"
#include "hub-client/proxy/byte_span.h"
#include "hub-client/proxy/interim_answer.h"
#include "hub-client/proxy/route.h"
#include "hub-client/proxy/status_page.h"

namespace sigstore::hub {
namespace {

constexpr char kAddress[] = "127.0.0.1";
constexpr std::size_t kThreads = 64;  // an idle connection occupies one
constexpr int kBacklog = 128;
// paths-info with a few thousand names.
constexpr std::size_t kMostQuestion = 4 * limits::kMiB;

// cpp-httplib waits with select(2), which must not see a descriptor above 1023.
void limit_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, 1000);
  setrlimit(RLIMIT_NOFILE, &limit);
}

FileDescriptor connection_of(const httplib::Request& request, int port) {
  return find_connection(request.remote_port, port);
}

}  // namespace

class ProxyServer::Desk {
 public:
  explicit Desk(ProxyTools& tools)
      : tools_(tools), states_(tools), contents_(tools, states_) {}

  Result<void> bind(int port);
  void run() { server_.listen_after_bind(); }
  void stop() { server_.stop(); }
  bool is_running() const { return server_.is_running(); }
  std::size_t busy() const { return states_.busy() + contents_.busy(); }
  int port() const { return port_; }

 private:
  void configure();
  void answer(const httplib::Request& request, httplib::Response& response,
              Bytes body);
  void answer_write(const httplib::Request& request,
                    httplib::Response& response,
                    const httplib::ContentReader& read_body);
  bool admit(const httplib::Request& request, httplib::Response& response);
  void answer_file(const Route& route, const httplib::Request& request,
                   httplib::Response& response);
  void send_file(const Caller& caller, const Release& release,
                 const StillWaiting& still_waiting,
                 const httplib::Request& request, httplib::Response& response);
  Result<void> ask(const Route& route, const httplib::Request& request,
                   httplib::Response& response, Bytes body);
  void refuse(httplib::Response& response, const Refusal& refusal);
  Result<Caller> caller_of(const httplib::Request& request) const;

  ProxyTools& tools_;
  States states_;
  Contents contents_;
  httplib::Server server_;
  int listening_ = -1;
  int port_ = -1;
};

void ProxyServer::Desk::configure() {
  server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server_.set_keep_alive_max_count(100000);
  server_.set_keep_alive_timeout(15);
  server_.set_read_timeout(30);
  server_.set_write_timeout(600);  // a client may be busy with what it has
  server_.set_tcp_nodelay(true);
  // In place of SO_REUSEPORT, by which two could share a port and not notice.
  server_.set_socket_options([this](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    listening_ = socket;
  });
  const auto read = [this](const httplib::Request& request,
                           httplib::Response& response) {
    answer(request, response, {});
  };
  const auto write = [this](const httplib::Request& request,
                            httplib::Response& response,
                            const httplib::ContentReader& read_body) {
    answer_write(request, response, read_body);
  };
  server_.Get(".*", read);
  server_.Options(".*", read);
  server_.Post(".*", write);
  server_.Put(".*", write);
  server_.Patch(".*", write);
  server_.Delete(".*", write);
}

Result<void> ProxyServer::Desk::bind(int port) {
  limit_descriptors();
  configure();
  if (port == 0)
    port_ = server_.bind_to_any_port(kAddress);
  else if (server_.bind_to_port(kAddress, port))
    port_ = port;
  if (port_ <= 0 || listen(listening_, kBacklog) != 0)
    return fail(ErrorKind::io, "cannot listen on port ", port, " of ",
                kAddress);
  return {};
}

void ProxyServer::Desk::refuse(httplib::Response& response,
                               const Refusal& refusal) {
  tools_.records.refused();
  answer_refusal(response, refusal);
}

// A page of another site may send requests here, also under a name of its own
// that leads here (DNS rebinding); browsers say so.
bool ProxyServer::Desk::admit(const httplib::Request& request,
                              httplib::Response& response) {
  tools_.records.asked();
  const std::string site = request.get_header_value("Sec-Fetch-Site");
  const bool is_ours = site.empty() || site == "none" || site == "same-origin";
  if (is_ours && request.get_header_value_count("Host") == 1 &&
      is_own_host(request.get_header_value("Host"), port_))
    return true;
  refuse(response, {403, concat("this proxy is for programs of this machine, "
                                "at http://",
                                kAddress, ":", port_)});
  return false;
}

Result<Caller> ProxyServer::Desk::caller_of(
    const httplib::Request& request) const {
  const std::string given = request.get_header_value("Authorization");
  Caller caller;
  TRY_ASSIGN(caller.token, AccessToken::parse(bearer_token(given)));
  if (caller.token.empty()) caller.token = tools_.token;
  if (!caller.token.empty())
    caller.key = sha256(as_bytes(caller.token.reveal_secret())).to_hex();
  return caller;
}

void ProxyServer::Desk::answer_write(const httplib::Request& request,
                                     httplib::Response& response,
                                     const httplib::ContentReader& read_body) {
  // cpp-httplib would read such a body to the end of the connection.
  if (!request.has_header("Content-Length") &&
      !request.has_header("Transfer-Encoding"))
    return answer(request, response, {});
  Bytes body;
  const bool whole = read_body([&](const char* data, std::size_t size) {
    if (body.size() + size > kMostQuestion) return false;
    const ByteView part = as_bytes({data, size});
    body.insert(body.end(), part.begin(), part.end());
    return true;
  });
  if (whole) return answer(request, response, std::move(body));
  // The rest of it must not be taken for the next request.
  const FileDescriptor connection = connection_of(request, port_);
  if (connection.valid()) shutdown(connection.get(), SHUT_RD);
  refuse(response, {413, "this proxy takes questions, and no uploads"});
}

void ProxyServer::Desk::answer(const httplib::Request& request,
                               httplib::Response& response, Bytes body) {
  // cpp-httplib would answer a Range by itself, and past the end of a file.
  // The request is the server's own, and not constant there.
  const_cast<httplib::Request&>(request).ranges.clear();
  if (!admit(request, response)) return;
  const Route route = parse_route(request.method, request.target);
  switch (route.kind) {
    case Route::Kind::status:
      return answer_page(response,
                         status_page(tools_.records.status(current_time())),
                         "text/html; charset=utf-8");
    case Route::Kind::status_json:
      return answer_page(response,
                         status_json(tools_.records.status(current_time())),
                         "application/json");
    case Route::Kind::file:
      return answer_file(route, request, response);
    case Route::Kind::api: {
      const Result<void> asked = ask(route, request, response, std::move(body));
      if (!asked.ok()) refuse(response, refusal_of(asked.error()));
      return;
    }
    case Route::Kind::unknown:
      break;
  }
  if (request.method == "GET" || request.method == "HEAD")
    return refuse(response, {404,
                             "this proxy answers questions about "
                             "repositories, and resolve/ for their files"});
  response.set_header("Allow", "GET, HEAD");
  refuse(response, {405, "this proxy is for reading; write to " +
                             tools_.endpoint.text()});
}

Result<void> ProxyServer::Desk::ask(const Route& route,
                                    const httplib::Request& request,
                                    httplib::Response& response, Bytes body) {
  TRY_ASSIGN(const Caller caller, caller_of(request));
  ApiCall call;
  if (request.method == "HEAD") call.method = http::Method::head;
  if (request.method == "POST") call.method = http::Method::post;
  call.target = route.target;
  call.user_agent = request.get_header_value("User-Agent");
  call.accept = request.get_header_value("Accept");
  call.content_type = request.get_header_value("Content-Type");
  call.body = std::move(body);
  TRY_ASSIGN(const auto network, tools_.networks.lend());
  TRY_ASSIGN(http::Response answered,
             pass_on(*network, tools_.endpoint, caller.token, call));
  if (route.names_commit)
    if (const auto commit = named_commit(answered))
      states_.note(caller, route.repo, route.revision, *commit);
  TRY_ASSIGN(answered, for_client(std::move(answered), tools_.endpoint,
                                  concat("http://", kAddress, ":", port_)));
  answer_with(response, answered);
  return {};
}

void ProxyServer::Desk::answer_file(const Route& route,
                                    const httplib::Request& request,
                                    httplib::Response& response) {
  const Result<Caller> caller = caller_of(request);
  if (!caller.ok()) return refuse(response, refusal_of(caller.error()));
  const bool interim =
      request.version == "HTTP/1.1" &&
      takes_interim_answers(request.get_header_value("User-Agent"));
  const FileDescriptor connection = connection_of(request, port_);
  const StillWaiting still_waiting = [&] {
    return !tools_.stop && is_waiting(connection.get(), interim);
  };
  const Result<Release> release = states_.find(
      *caller, route.repo, route.revision, route.path, still_waiting);
  if (!release.ok()) return refuse(response, refusal_of(release.error()));
  describe_file(response, *release);
  if (!release->file)
    return refuse(response,
                  {404,
                   one_line(concat(route.repo.path(), ": no ", route.path,
                                   " in ", release->commit.id.to_short())),
                   "EntryNotFound"});
  if (request.get_header_value("If-None-Match") ==
      response.get_header_value("ETag")) {
    response.status = 304;
    return;
  }
  if (request.method == "HEAD")
    return answer_length(response, release->file->size);
  send_file(*caller, *release, still_waiting, request, response);
}

void ProxyServer::Desk::send_file(const Caller& caller, const Release& release,
                                  const StillWaiting& still_waiting,
                                  const httplib::Request& request,
                                  httplib::Response& response) {
  const RangeAnswer part =
      answer_range(request.get_header_value("Range"), release.file->size);
  if (part.status == 416) {
    response.set_header("Content-Range",
                        concat("bytes */", release.file->size));
    return refuse(response, {416, "there are no such bytes"});
  }
  Result<FileDescriptor> file = contents_.open(caller, release, still_waiting);
  if (!file.ok()) {
    Refusal refusal = refusal_of(file.error());
    // The Hub, or what stands in for it, sent other bytes than were promised.
    if (file.error().kind == ErrorKind::content_differs) refusal.status = 502;
    return refuse(response, refusal);
  }
  response.status = part.status;
  if (part.status == 206)
    response.set_header("Content-Range",
                        concat("bytes ", part.range.start, "-",
                               part.range.end - 1, "/", release.file->size));
  answer_bytes(response, std::move(*file), part.range,
               [this, state = release.state, size = part.range.size()] {
                 tools_.records.sent(state, size, current_time());
               });
}

Result<std::unique_ptr<ProxyServer>> ProxyServer::open(ProxyTools& tools,
                                                       int port) {
  auto desk = std::make_unique<Desk>(tools);
  TRY(desk->bind(port));
  return std::unique_ptr<ProxyServer>(new ProxyServer(std::move(desk)));
}

ProxyServer::ProxyServer(std::unique_ptr<Desk> desk) : desk_(std::move(desk)) {}
ProxyServer::~ProxyServer() = default;
int ProxyServer::port() const { return desk_->port(); }
void ProxyServer::run() { desk_->run(); }
std::size_t ProxyServer::busy() const { return desk_->busy(); }

void ProxyServer::stop() {
  // Before that, cpp-httplib does not notice.
  while (!desk_->is_running())
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  desk_->stop();
}

}  // namespace sigstore::hub
