// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// test-hub: git and LFS over HTTP on the loopback, with faults on demand.

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

// Detached: it ends with the process.
void stop_on_signal(httplib::Server& server, sigset_t signals) {
  std::thread([&server, signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    while (!server.is_running()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    server.stop();
    // A client that keeps its connection open would hold us up for as long
    // as the keep-alive timeout.
    std::this_thread::sleep_for(kGrace);
    _exit(0);
  }).detach();
}

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
  add_request_log(server, hub);
  add_control_routes(server, hub);
  add_lfs_routes(server, hub);
  add_lfs_transfer_routes(server, hub);
  add_lock_routes(server, hub);
  add_git_routes(server, hub);
}

int bind(httplib::Server& server, int port) {
  if (port == 0) return server.bind_to_any_port(kHost);
  return server.bind_to_port(kHost, port) ? port : -1;
}

bool announce(const Options& options, int port) {
  const std::string line = std::to_string(port) + "\n";
  if (!options.port_file.empty() &&
      !write_file_atomic(options.port_file, line)) {
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

  httplib::Server server;
  int listening_socket = -1;
  configure(server, listening_socket);
  add_routes(server, hub);
  const int port = bind(server, options.port);
  if (port <= 0) return fail("cannot bind");
  // cpp-httplib's five are few for eight parallel transfers and a push.
  listen(listening_socket, kBacklog);

  stop_on_signal(server, signals);
  if (!announce(options, port)) return fail("cannot announce the port");
  return server.listen_after_bind() ? 0 : fail("cannot serve");
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
