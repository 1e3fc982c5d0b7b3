// SPDX-License-Identifier: Apache-2.0
#include "core/base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>

#include "core/base/limits.h"
#include "core/base/run_in_place.h"

extern char** environ;

namespace sigstore {
namespace {

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(ErrorKind::io, "cannot make a pipe: ", errno_text(errno));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::vector<std::string> child_environment(const Command& command) {
  std::vector<std::string> entries;
  std::set<std::string, std::less<>> changed;
  for (const auto& [name, value] : command.environment) {
    if (!changed.insert(name).second) continue;  // the first change counts
    if (value) entries.push_back(name + "=" + *value);
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (changed.find(text.substr(0, text.find('='))) == changed.end())
      entries.emplace_back(text);
  }
  return entries;
}

std::vector<char*> c_strings(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Descriptors for the child's 0, 1, 2; -1 leaves ours in place.
struct StandardStreams {
  int in = -1;
  int out = -1;
  int err = -1;
};

Result<pid_t> spawn(const Command& command, const StandardStreams& streams) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::array<int, 3> wanted{streams.in, streams.out, streams.err};
  for (int target = 0; target < 3; ++target) {
    const int source = wanted[static_cast<std::size_t>(target)];
    if (source >= 0) posix_spawn_file_actions_adddup2(&actions, source, target);
  }
  if (!command.directory.empty())
    posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  // We ignore SIGPIPE; children expect the default.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> environment = child_environment(command);
  pid_t pid = -1;
  const int status =
      posix_spawnp(&pid, arguments[0].c_str(), &actions, &attributes,
                   c_strings(arguments).data(), c_strings(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0)
    return fail(ErrorKind::io, "cannot run ", command.argv[0], ": ",
                errno_text(status));
  return pid;
}

int reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  return 128 + WTERMSIG(status);
}

// False when the child still runs at the deadline.
bool ends_before(pid_t pid, std::chrono::steady_clock::time_point deadline) {
  // pidfd_open(2), Linux 5.3: waiting with a limit, without polling.
  const FileDescriptor fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!fd.valid()) return true;  // an older kernel: wait without a limit
  while (true) {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (rest.count() <= 0) return false;
    pollfd polled{fd.get(), POLLIN, 0};
    const int wait =
        static_cast<int>(std::min<std::int64_t>(rest.count(), 60'000));
    if (poll(&polled, 1, wait) > 0) return true;
  }
}

// Feeds stdin and drains stdout and stderr at once, so that no side waits for
// the other with a full pipe.
class Exchange {
 public:
  Exchange(FileDescriptor input, FileDescriptor output, FileDescriptor error,
           const RunOptions& options)
      : input_(std::move(input)),
        output_(std::move(output)),
        error_(std::move(error)),
        left_(options.input),
        limit_(options.limit == 0 ? limits::kChildOutput : options.limit) {
    // We must never block: the child may be waiting for us.
    for (const FileDescriptor* end : {&input_, &output_, &error_})
      fcntl(end->get(), F_SETFL, O_NONBLOCK);
    if (left_.empty()) input_.reset();
  }

  bool done() const {
    return !output_.valid() && !error_.valid() && !input_.valid();
  }

  // Waits up to `milliseconds` for a pipe that can go on.
  Result<void> turn(int milliseconds, CommandOutput& result) {
    std::array<pollfd, 3> polled{pollfd{output_.get(), POLLIN, 0},
                                 pollfd{error_.get(), POLLIN, 0},
                                 pollfd{input_.get(), POLLOUT, 0}};
    if (poll(polled.data(), polled.size(), milliseconds) < 0 && errno != EINTR)
      return fail(ErrorKind::io, "cannot wait: ", errno_text(errno));
    if (polled[0].revents != 0) drain(output_, result.out);
    if (polled[1].revents != 0) drain(error_, result.err);
    if (polled[2].revents != 0) feed();
    if (received_ <= limit_) return {};
    return fail(ErrorKind::invalid_input, "printed more than ", limit_,
                " bytes");
  }

 private:
  void drain(FileDescriptor& from, std::string& to) {
    constexpr std::size_t kMost = limits::kMiB;  // then the limit is checked
    std::array<char, 65536> buffer;
    ssize_t got = 1;
    for (std::size_t sum = 0; got > 0 && sum < kMost;
         sum += static_cast<std::size_t>(got)) {
      got = read(from.get(), buffer.data(), buffer.size());
      if (got <= 0) break;
      to.append(buffer.data(), static_cast<std::size_t>(got));
      received_ += static_cast<std::size_t>(got);
    }
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
      from.reset();
  }
  void feed() {
    const ssize_t sent = write(input_.get(), left_.data(), left_.size());
    if (sent > 0) left_ = left_.subspan(static_cast<std::size_t>(sent));
    const bool gone = sent < 0 && errno != EINTR && errno != EAGAIN;
    if (left_.empty() || gone) input_.reset();
  }

  FileDescriptor input_;
  FileDescriptor output_;
  FileDescriptor error_;
  ByteView left_;
  std::size_t limit_;
  std::size_t received_ = 0;
};

}  // namespace

struct RunningCommand::State {
  Exchange exchange;
  std::string name;
  std::chrono::steady_clock::time_point deadline;
  CommandOutput result = {};
  pid_t pid = -1;

  ~State() {
    if (pid < 0) return;
    kill(pid, SIGKILL);
    reap(pid);
  }
};

RunningCommand::RunningCommand(std::unique_ptr<State> state)
    : state_(std::move(state)) {}
RunningCommand::RunningCommand(RunningCommand&&) noexcept = default;
RunningCommand::~RunningCommand() = default;

Result<RunningCommand> RunningCommand::start(const Command& command,
                                             const RunOptions& options) {
  TRY_ASSIGN(Pipe in, make_pipe());
  TRY_ASSIGN(Pipe out, make_pipe());
  TRY_ASSIGN(Pipe err, make_pipe());
  // Room for what the child does between two of our turns. More than the
  // system allows is no harm.
  for (const int pipe : {in.write.get(), out.read.get()})
    fcntl(pipe, F_SETPIPE_SZ, limits::kMiB);
  TRY_ASSIGN(const pid_t pid,
             spawn(command, {in.read.get(), out.write.get(),
                             options.pass_stderr ? -1 : err.write.get()}));
  auto state = std::unique_ptr<State>(new State{
      Exchange(std::move(in.write), std::move(out.read), std::move(err.read),
               options),
      command.argv[0], std::chrono::steady_clock::now() + options.deadline});
  state->pid = pid;
  return RunningCommand(std::move(state));
}

Result<void> RunningCommand::exchange(bool wait) {
  constexpr std::int64_t kLongest = 60'000;
  while (!state_->exchange.done()) {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
        state_->deadline - std::chrono::steady_clock::now());
    if (rest.count() <= 0) return fail(ErrorKind::io, "took too long");
    const int pause =
        wait ? static_cast<int>(std::min(rest.count(), kLongest)) : 0;
    TRY(state_->exchange.turn(pause, state_->result));
    if (!wait) break;
  }
  return {};
}

std::string& RunningCommand::output() { return state_->result.out; }

Result<void> RunningCommand::step() {
  return exchange(false).context(state_->name);
}

Result<CommandOutput> RunningCommand::finish() {
  TRY(exchange(true).context(state_->name));
  if (!ends_before(state_->pid, state_->deadline))
    return fail(ErrorKind::io, state_->name, ": took too long");
  state_->result.status = reap(std::exchange(state_->pid, -1));
  return std::move(state_->result);
}

Result<CommandOutput> run_command(const Command& command,
                                  const RunOptions& options) {
  TRY_ASSIGN(RunningCommand running, RunningCommand::start(command, options));
  return running.finish();
}

Result<int> run_in_place(const Command& command) {
  TRY_ASSIGN(const pid_t pid, spawn(command, {}));
  return reap(pid);
}

Result<ChildProcess> ChildProcess::start(const Command& command,
                                         bool capture_stdout,
                                         int error_output) {
  TRY_ASSIGN(Pipe in, make_pipe());
  Pipe out;
  if (capture_stdout) {
    TRY_ASSIGN(out, make_pipe());
  }
  TRY_ASSIGN(const pid_t pid,
             spawn(command, {in.read.get(), out.write.get(), error_output}));
  return ChildProcess(std::move(in.write), std::move(out.read), pid);
}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill(pid_, SIGTERM);
  input_.reset();
  output_.reset();
  reap(pid_);
}

int ChildProcess::wait() {
  input_.reset();
  output_.reset();
  return reap(std::exchange(pid_, -1));
}

}  // namespace sigstore
