// SPDX-License-Identifier: Apache-2.0
#include "core/app/login_agent.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <utility>

#include "core/app/agent_socket.h"
#include "core/app/detached.h"
#include "core/app/settings.h"

namespace sigstore {
namespace {

// A certificate with less left is not used for one more signature.
constexpr std::int64_t kLeastSeconds = 60;
// An authority that certifies for a day is not one for an agent to trust.
constexpr std::int64_t kLongestSeconds = 3600;
constexpr std::size_t kMostLogins = 16;

Result<std::optional<HeldLogin>> ask(int socket, const AgentRequest& request) {
  TRY(send_frame(socket, write_agent_request(request)));
  TRY_ASSIGN(const std::string answer, receive_frame(socket));
  return parse_agent_answer(answer);
}

// The program that has the verb lies beside whoever we are.
std::string own_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "hf-sigstore" : (self.parent_path() / "hf-sigstore").string();
}

bool start_agent(const AgentRequest& first) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0) return false;
  const FileDescriptor in_read(in[0]);
  FileDescriptor in_write(in[1]);
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return false;
  const FileDescriptor out_read(out[0]);
  FileDescriptor out_write(out[1]);
  if (!start_detached({own_program(), "login-agent"}, in_read.get(),
                      out_write.get()))
    return false;
  out_write.reset();
  if (!send_frame(in_write.get(), write_agent_request(first)).ok())
    return false;
  in_write.reset();
  // It says so within two seconds, or it will not.
  pollfd polled{out_read.get(), POLLIN, 0};
  std::array<char, 8> word{};
  return ::poll(&polled, 1, 2000) == 1 &&
         ::read(out_read.get(), word.data(), word.size()) > 0;
}

// The agent's side.
class Agent {
 public:
  std::string handle(const AgentRequest& request) {
    drop_expired();
    if (request.kind == AgentRequest::Kind::end) logins_.clear();
    if (request.kind == AgentRequest::Kind::keep) keep(request);
    if (request.kind != AgentRequest::Kind::find)
      return write_agent_answer(std::nullopt);
    const auto found = logins_.find(request.name);
    return write_agent_answer(
        found == logins_.end() ? std::nullopt : std::optional(found->second));
  }

  // Until the next login ends, in milliseconds; nothing when none is left.
  std::optional<int> next_end() {
    drop_expired();
    std::optional<std::int64_t> least;
    for (const auto& [name, login] : logins_)
      least = std::min(least.value_or(kLongestSeconds), left(login));
    if (!least) return std::nullopt;
    return static_cast<int>(*least * 1000);
  }

 private:
  static std::int64_t left(const HeldLogin& login) {
    return std::min(
        login.expires.seconds - kLeastSeconds - current_time().seconds,
        kLongestSeconds);
  }
  void keep(const AgentRequest& request) {
    HeldLogin login = *request.login;
    login.expires.seconds =
        std::min(login.expires.seconds,
                 current_time().seconds + kLongestSeconds + kLeastSeconds);
    if (logins_.size() == kMostLogins) logins_.clear();
    logins_.insert_or_assign(request.name, std::move(login));
  }
  void drop_expired() {
    std::erase_if(logins_,
                  [](const auto& one) { return left(one.second) <= 0; });
  }

  std::map<std::string, HeldLogin> logins_;
};

// Keys stay out of swap and of core files, and away from debuggers, as far as
// the system lets us.
void hide_memory() {
  ::prctl(PR_SET_DUMPABLE, 0);
  ::mlockall(MCL_CURRENT | MCL_FUTURE);
}

void serve_one(int listening, Agent& agent) {
  const FileDescriptor socket(
      ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket.valid() || !is_own_peer(socket.get())) return;
  const Result<std::string> text = receive_frame(socket.get());
  if (!text.ok()) return;
  const Result<AgentRequest> request = parse_agent_request(*text);
  if (!request.ok()) return;
  static_cast<void>(send_frame(socket.get(), agent.handle(*request)));
}

}  // namespace

std::optional<HeldLogin> find_held_login(const std::string& name) {
  const auto path = agent_path();
  const auto socket = path ? connect_agent(*path) : std::nullopt;
  if (!socket) return std::nullopt;
  Result<std::optional<HeldLogin>> answer =
      ask(socket->get(), {AgentRequest::Kind::find, name});
  return answer.ok() ? std::move(*answer) : std::nullopt;
}

bool keep_login(const std::string& name, const HeldLogin& login) {
  const auto path = agent_path();
  if (!path) return false;
  const AgentRequest request{AgentRequest::Kind::keep, name, login};
  const auto socket = connect_agent(*path);
  if (socket) return ask(socket->get(), request).ok();
  return start_agent(request);
}

Result<bool> end_agent() {
  const auto path = agent_path();
  const auto socket = path ? connect_agent(*path) : std::nullopt;
  if (!socket) return false;
  TRY(ask(socket->get(), {AgentRequest::Kind::end, ""}).context("agent"));
  return true;
}

Result<void> run_agent() {
  hide_memory();
  // Whoever started us may wait for the end of what we inherited.
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  const auto path = agent_path();
  if (!path) return fail(ErrorKind::io, "there is no XDG_RUNTIME_DIR");
  TRY_ASSIGN(const std::string text, receive_frame(STDIN_FILENO));
  TRY_ASSIGN(const AgentRequest first, parse_agent_request(text));
  Agent agent;
  static_cast<void>(agent.handle(first));
  const auto listening = listen_agent(*path);
  struct stat own {};
  if (!listening || ::stat(path->c_str(), &own) != 0)
    return fail(ErrorKind::io, "cannot listen at ", *path);
  TRY(write_all(STDOUT_FILENO, as_bytes("ready\n")));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) ::close(fd);
  if (::chdir("/") != 0) return fail(ErrorKind::io, "chdir /");
  while (const auto wait = agent.next_end()) {
    pollfd polled{listening->get(), POLLIN, 0};
    if (::poll(&polled, 1, std::max(*wait, 1)) == 1)
      serve_one(listening->get(), agent);
  }
  struct stat now {};
  if (::stat(path->c_str(), &now) == 0 && now.st_ino == own.st_ino)
    ::unlink(path->c_str());
  return {};
}

}  // namespace sigstore
