// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#include "tests/support/test_hub/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace test_hub {
namespace {

class SpawnFiles {
 public:
  SpawnFiles() { posix_spawn_file_actions_init(&actions_); }
  SpawnFiles(const SpawnFiles&) = delete;
  SpawnFiles& operator=(const SpawnFiles&) = delete;
  ~SpawnFiles() { posix_spawn_file_actions_destroy(&actions_); }

  void use(int descriptor, int as, int flags) {
    if (descriptor >= 0) {
      posix_spawn_file_actions_adddup2(&actions_, descriptor, as);
      return;
    }
    posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", flags, 0);
  }

  // cpp-httplib accepts sockets without close-on-exec; a child that kept one
  // would keep the connection open after the server closed it.
  void close_others() {
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class SpawnAttributes {
 public:
  // The server ignores SIGPIPE and blocks the stopping signals; both would
  // be inherited and git relies on neither being so.
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &pipe);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<char*> to_pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const auto& string : strings) {
    pointers.push_back(const_cast<char*>(string.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::optional<Process> Process::start(const Start& start) {
  SpawnFiles files;
  files.use(start.input, STDIN_FILENO, O_RDONLY);
  files.use(start.output, STDOUT_FILENO, O_WRONLY);
  files.use(start.error_output, STDERR_FILENO, O_WRONLY);
  files.close_others();
  const SpawnAttributes attributes;

  const auto arguments = to_pointers(start.arguments);
  const auto environment = to_pointers(start.environment);
  pid_t pid = -1;
  if (posix_spawnp(&pid, arguments.front(), files.get(), attributes.get(),
                   arguments.data(), environment.data()) != 0) {
    return std::nullopt;
  }
  return Process(pid);
}

Process::~Process() {
  if (pid_ <= 0) return;
  kill(pid_, SIGTERM);
  wait();
}

bool Process::wait() {
  int status = 0;
  pid_t waited = -1;
  do {
    waited = waitpid(pid_, &status, 0);
  } while (waited < 0 && errno == EINTR);
  pid_ = -1;
  return waited > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::vector<std::string> git_environment(
    const std::string& home,
    const std::vector<std::pair<std::string, std::string>>& configuration) {
  std::vector<std::string> environment = {
      "HOME=" + home,
      "LC_ALL=C",
      "GIT_CONFIG_NOSYSTEM=1",
      "GIT_CONFIG_COUNT=" + std::to_string(configuration.size()),
  };
  for (const char* name : {"PATH", "GIT_EXEC_PATH", "TMPDIR"}) {
    if (const char* value = std::getenv(name)) {
      environment.push_back(std::string(name) + "=" + value);
    }
  }
  size_t index = 0;
  for (const auto& [key, value] : configuration) {
    const std::string number = std::to_string(index++);
    environment.push_back("GIT_CONFIG_KEY_" + number + "=" + key);
    environment.push_back("GIT_CONFIG_VALUE_" + number + "=" + value);
  }
  return environment;
}

}  // namespace test_hub
