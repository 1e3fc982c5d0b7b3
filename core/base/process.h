// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/result.h"

namespace sigstore {

// A program to start. Never a shell: argv goes to the kernel as it is.
struct Command {
  std::vector<std::string> argv;  // [0] is looked up on PATH
  // Changes to the inherited environment: a value, or nothing to remove it.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment =
      {};
  std::string directory = {};  // empty: this one
};

struct CommandOutput {
  int status = 0;  // exit code, or 128 + signal
  std::string out;
  std::string err;
};

// Runs to the end with `input` on stdin. More than `limit` bytes of output,
// or the deadline, kill the child and are errors; an exit code is not.
struct RunOptions {
  ByteView input = {};
  std::size_t limit = 0;  // 0: limits::kChildOutput
  std::chrono::seconds deadline = std::chrono::hours(24);
  bool pass_stderr = false;  // the child writes to our stderr
};
Result<CommandOutput> run_command(const Command& command,
                                  const RunOptions& options = {});

// A program with a whole input and a whole output, while we do something else.
// step() moves what the pipes can take and give without waiting; the caller
// comes back often enough that the child need not wait long.
class RunningCommand {
 public:
  // What `options.input` views outlives this object.
  static Result<RunningCommand> start(const Command& command,
                                      const RunOptions& options = {});
  RunningCommand(RunningCommand&&) noexcept;
  RunningCommand& operator=(RunningCommand&&) = delete;
  // Kills and reaps a child that was not finished.
  ~RunningCommand();

  // Errors are those of run_command, and end the child.
  Result<void> step();
  // What it printed so far; the caller may take from it.
  std::string& output();
  Result<CommandOutput> finish();

 private:
  struct State;
  explicit RunningCommand(std::unique_ptr<State> state);
  Result<void> exchange(bool wait);
  std::unique_ptr<State> state_;
};

// A child we talk to while it runs. Its pipes are ours until we close them.
class ChildProcess {
 public:
  // `error_output` is a descriptor for its stderr; -1 for ours.
  static Result<ChildProcess> start(const Command& command,
                                    bool capture_stdout = true,
                                    int error_output = -1);
  ChildProcess(ChildProcess&& other) noexcept
      : input_(std::move(other.input_)),
        output_(std::move(other.output_)),
        pid_(std::exchange(other.pid_, -1)) {}
  ChildProcess& operator=(ChildProcess&&) = delete;
  // Kills and reaps a child that was not waited for.
  ~ChildProcess();

  int input() const { return input_.get(); }    // write: the child's stdin
  int output() const { return output_.get(); }  // read: the child's stdout
  void close_input() { input_.reset(); }
  // Exit code, or 128 + signal. Closes both pipes first: a child that still
  // has something to say does not wait for a reader.
  int wait();

 private:
  ChildProcess(FileDescriptor input, FileDescriptor output, pid_t pid)
      : input_(std::move(input)), output_(std::move(output)), pid_(pid) {}
  FileDescriptor input_;
  FileDescriptor output_;
  pid_t pid_ = -1;
};

}  // namespace sigstore
