// SPDX-License-Identifier: Apache-2.0
#include "core/app/detached.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <csignal>

extern char** environ;

namespace sigstore {
namespace {

void take(posix_spawn_file_actions_t& actions, int from, int target) {
  if (from >= 0)
    posix_spawn_file_actions_adddup2(&actions, from, target);
  else
    posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0);
}

}  // namespace

bool start_detached(std::vector<std::string> argv, int input, int output) {
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (std::string& text : argv) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  take(actions, input, STDIN_FILENO);
  take(actions, output, STDOUT_FILENO);
  take(actions, -1, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // We ignore SIGPIPE; programs expect the default.
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  const int status = posix_spawnp(&pid, pointers.front(), &actions, &attributes,
                                  pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return status == 0;
}

}  // namespace sigstore
