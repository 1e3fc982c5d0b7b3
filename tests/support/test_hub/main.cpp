// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// test-hub: the Hub on the loopback, with faults on demand: git, LFS, the
// HTTP API, and a second origin in the place of its CDN (hub.h).
//
// What a test can ask for, beside what the Hub speaks (the helpers of
// tests/e2e/testlib.sh call these):
//
//   POST   /_hub/repos/[datasets/|spaces/]ORG/NAME[?object-format=sha256]
//   PUT    /_hub/settings/[datasets/|spaces/]ORG/NAME
//            {"private": true, "gated": "manual", "disabled": true}
//   POST   /_hub/rename  {"from": "gpt2", "to": "openai-community/gpt2"}
//   GET    /_hub/info    {"cdn": "http://127.0.0.1:PORT"}
//   GET    /_hub/switches, GET|PUT|DELETE /_hub/switches/NAME (switches.h)
//   POST   /_hub/switches/reset
//   GET    /_hub/requests, DELETE /_hub/requests
//
// The tokens are hf_writer, hf_reader and hf_stranger (access.h). The port of
// the second origin is in FILE.cdn, beside the FILE of --port-file. The exit
// code is 1 when credentials reached it unexpectedly (switch token-leak).
// --cdn-url sends who reads LFS content to another server, which has the files
// below ROOT/lfs: for measurements, where ours would be what is measured.

#include <fcntl.h>
#include <httplib.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <system_error>
#include <thread>

#include "tests/support/test_hub/file.h"
#include "tests/support/test_hub/hub.h"
#include "tests/support/test_hub/multipart.h"
#include "tests/support/test_hub/options.h"

namespace test_hub {
namespace {

constexpr char kHost[] = "127.0.0.1";
constexpr size_t kThreads = 64;  // an idle connection occupies one
constexpr int kBacklog = 128;
constexpr auto kGrace = std::chrono::seconds(2);

// cpp-httplib waits with select(), which must not see a descriptor above
// 1023; a client that opens connections without end has to wait instead.
void limit_descriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, 1000);
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Called before any thread starts, so that all of them inherit the mask.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void die_with_parent() {
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have died just before.
  if (getppid() != parent) kill(getpid(), SIGTERM);
}

void stop(httplib::Server& server) {
  while (!server.is_running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  server.stop();
}

int exit_code(const Hub& hub) {
  const unsigned leaks = hub.unexpected_leaks;
  if (leaks == 0) return 0;
  std::fprintf(stderr, "test-hub: credentials reached the CDN %u times\n",
               leaks);
  return 1;
}

// Detached: it ends with the process.
void stop_on_signal(httplib::Server& server, httplib::Server& cdn,
                    const Hub& hub, sigset_t signals) {
  std::thread([&server, &cdn, &hub, signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    stop(cdn);
    stop(server);
    // A client that keeps its connection open would hold us up for as long
    // as the keep-alive timeout.
    std::this_thread::sleep_for(kGrace);
    _exit(exit_code(hub));
  }).detach();
}

/// A server of cpp-httplib, set up as tests need it.
struct Origin {
  httplib::Server server = {};
  int listening_socket = -1;
  int port = -1;
};

void configure(httplib::Server& server, int& listening_socket) {
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_keep_alive_max_count(100000);
  server.set_keep_alive_timeout(15);
  server.set_read_timeout(120);
  server.set_write_timeout(120);
  server.set_payload_max_length(std::numeric_limits<size_t>::max());
  server.set_tcp_nodelay(true);
  // In place of the default SO_REUSEPORT, which would let two hubs share a
  // port without noticing.
  server.set_socket_options([&listening_socket](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    listening_socket = socket;
  });
}

void add_routes(httplib::Server& server, Hub& hub) {
  add_request_log(server, hub, "hub");
  add_control_routes(server, hub);
  add_lfs_routes(server, hub);
  add_lfs_transfer_routes(server, hub);
  add_lock_routes(server, hub);
  add_git_routes(server, hub);
  add_resolve_routes(server, hub);
  add_repos_routes(server, hub);
  add_multipart_routes(server, hub);
  add_api_routes(server, hub);
}

bool bind(Origin& origin, int port) {
  configure(origin.server, origin.listening_socket);
  if (port == 0) {
    origin.port = origin.server.bind_to_any_port(kHost);
  } else if (origin.server.bind_to_port(kHost, port)) {
    origin.port = port;
  }
  if (origin.port <= 0) return false;
  // cpp-httplib's five are few for eight parallel transfers and a push.
  return listen(origin.listening_socket, kBacklog) == 0;
}

// The main port last: whoever waits for it finds the other.
bool announce(const Options& options, int port, int cdn_port) {
  const std::string line = std::to_string(port) + "\n";
  if (!options.port_file.empty() &&
      (!write_file_atomic(options.port_file + ".cdn",
                          std::to_string(cdn_port) + "\n") ||
       !write_file_atomic(options.port_file, line))) {
    return false;
  }
  if (options.ready_fd < 0) return true;
  const FileDescriptor ready(options.ready_fd);
  return write_all(ready.get(), line);
}

FileDescriptor open_log(const std::string& path) {
  return FileDescriptor(
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
}

int fail(const std::string& what) {
  std::fprintf(stderr, "test-hub: %s\n", what.c_str());
  return 1;
}

int run(const Options& options) {
  limit_descriptors();
  const sigset_t signals = block_stop_signals();
  if (options.dies_with_parent) die_with_parent();

  FileDescriptor log;
  if (!options.log_file.empty()) {
    log = open_log(options.log_file);
    if (!log) return fail("cannot open " + options.log_file);
  }
  // Git is called with this path from other folders.
  std::error_code error;
  const auto root = std::filesystem::absolute(options.root, error);
  if (error) return fail("cannot use " + options.root);
  Hub hub(root, std::move(log));
  if (!hub.prepare()) return fail("cannot write to " + options.root);

  Origin own;
  Origin cdn;
  add_routes(own.server, hub);
  add_request_log(cdn.server, hub, "cdn");
  add_cdn_routes(cdn.server, hub);
  if (!bind(own, options.port) || !bind(cdn, 0)) return fail("cannot bind");
  hub.cdn_origin =
      std::string("http://") + kHost + ":" + std::to_string(cdn.port);
  hub.download_origin =
      options.cdn_url.empty() ? hub.cdn_origin : options.cdn_url;

  stop_on_signal(own.server, cdn.server, hub, signals);
  if (!announce(options, own.port, cdn.port)) {
    return fail("cannot announce the port");
  }
  std::thread second([&cdn] { cdn.server.listen_after_bind(); });
  const bool served = own.server.listen_after_bind();
  second.join();
  return served ? exit_code(hub) : fail("cannot serve");
}

}  // namespace
}  // namespace test_hub

int main(int argc, char** argv) {
  const std::span<char* const> arguments(argv, static_cast<size_t>(argc));
  const auto options = test_hub::parse_options(arguments.subspan(1));
  if (!options) {
    std::fputs(test_hub::usage(), stderr);
    return 2;
  }
  return test_hub::run(*options);
}
