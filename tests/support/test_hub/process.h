// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace test_hub {

/// A child process; killed and reaped when the object goes.
class Process {
 public:
  struct Start {
    std::vector<std::string> arguments;    // the first is looked up in PATH
    std::vector<std::string> environment;  // NAME=value, and nothing else
    int input = -1;                        // descriptors; -1 is /dev/null
    int output = -1;
    int error_output = -1;
  };

  static std::optional<Process> start(const Start& start);

  Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Process& operator=(Process&&) = delete;
  ~Process();

  /// Waits for the end; true when the program exited with 0.
  bool wait();

 private:
  explicit Process(pid_t pid) : pid_(pid) {}

  pid_t pid_;
};

/// What every git child gets: the search path, a home without configuration,
/// and the given configuration entries (key, value).
std::vector<std::string> git_environment(
    const std::string& home,
    const std::vector<std::pair<std::string, std::string>>& configuration);

}  // namespace test_hub
