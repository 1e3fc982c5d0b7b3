// SPDX-License-Identifier: Apache-2.0
#include "core/base/process.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>

#include "tests/core/refuses.h"
#include "tests/support/temp_folder.h"

using sigstore::as_bytes;
using sigstore::ChildProcess;
using sigstore::Command;
using sigstore::CommandOutput;
using sigstore::ErrorKind;
using sigstore::run_command;
using sigstore::RunOptions;

namespace {

Command shell(std::string script) {
  return Command{{"sh", "-c", std::move(script)}};
}

CommandOutput ran(const Command& command, const RunOptions& options = {}) {
  auto output = run_command(command, options);
  REQUIRE(works(output));
  return std::move(*output);
}

}  // namespace

TEST_CASE("input and output larger than any pipe pass through", "[base]") {
  std::string input(5'000'000, 'x');
  for (std::size_t i = 0; i < input.size(); i += 97) input[i] = '\n';
  const CommandOutput output =
      ran(Command{{"cat"}}, {.input = as_bytes(input)});
  CHECK(output.status == 0);
  CHECK(output.out == input);
}

TEST_CASE("large output on both streams does not stop the child", "[base]") {
  const CommandOutput output = ran(shell(
      "head -c 500000 /dev/zero >&2; head -c 500000 /dev/zero; echo e >&2"));
  CHECK(output.out.size() == 500'000);
  CHECK(output.err.size() == 500'002);
}

TEST_CASE("a child that does not read its input is no error", "[base]") {
  std::signal(SIGPIPE, SIG_IGN);  // as every main of ours does
  const std::string input(5'000'000, 'x');
  const CommandOutput output = ran(shell("exit 3"), {.input = as_bytes(input)});
  CHECK(output.status == 3);
}

TEST_CASE("an exit code is an answer", "[base]") {
  CHECK(ran(shell("exit 0")).status == 0);
  CHECK(ran(shell("exit 42")).status == 42);
}

TEST_CASE("a child that a signal ended has a status above 128", "[base]") {
  CHECK(ran(shell("kill -TERM $$")).status == 128 + SIGTERM);
}

TEST_CASE("children see the default action of SIGPIPE", "[base]") {
  std::signal(SIGPIPE, SIG_IGN);
  CHECK(ran(shell("kill -PIPE $$")).status == 128 + SIGPIPE);
}

TEST_CASE("arguments reach the program unchanged", "[base]") {
  const CommandOutput output =
      ran(Command{{"printf", "%s|%s|%s", "a b", "$HOME;`id`", ""}});
  CHECK(output.out == "a b|$HOME;`id`|");
}

TEST_CASE("a program that does not exist is an error", "[base]") {
  CHECK(refuses(run_command(Command{{"no-such-program-here"}}), ErrorKind::io,
                "cannot run no-such-program-here"));
}

TEST_CASE("a directory that does not exist is an error", "[base]") {
  const TempFolder folder;
  CHECK(refuses(run_command(Command{{"true"}, {}, folder.at("no").string()}),
                ErrorKind::io, "cannot run true"));
}

TEST_CASE("a command runs in the directory asked for", "[base]") {
  const TempFolder folder;
  CHECK(ran(Command{{"pwd"}, {}, folder.path().string()}).out ==
        folder.path().string() + "\n");
}

TEST_CASE("an environment variable is set for the child", "[base]") {
  CHECK(ran(Command{{"sh", "-c", "echo \"$SIGSTORE_T\""},
                    {{"SIGSTORE_T", "a=b c"}}})
            .out == "a=b c\n");
}

TEST_CASE("the first change of an environment variable counts", "[base]") {
  CHECK(ran(Command{{"sh", "-c", "echo \"${SIGSTORE_T-unset}\""},
                    {{"SIGSTORE_T", "first"}, {"SIGSTORE_T", std::nullopt}}})
            .out == "first\n");
}

TEST_CASE("an environment variable is removed for the child", "[base]") {
  CHECK(ran(Command{{"/bin/sh", "-c", "echo \"${HOME-unset}\""},
                    {{"HOME", std::nullopt}}})
            .out == "unset\n");
}

TEST_CASE("the rest of the environment is inherited", "[base]") {
  CHECK(ran(Command{{"sh", "-c", "test -n \"$PATH\""}, {{"SIGSTORE_T", "x"}}})
            .status == 0);
}

TEST_CASE("a child is killed at the deadline", "[base]") {
  CHECK(refuses(run_command(Command{{"sleep", "60"}},
                            {.deadline = std::chrono::seconds(0)}),
                ErrorKind::io, "sleep: took too long"));
}

TEST_CASE("a child that closed its output is killed at the deadline",
          "[base]") {
  CHECK(refuses(run_command(shell("exec >&- 2>&-; exec sleep 3"),
                            {.deadline = std::chrono::seconds(1)}),
                ErrorKind::io, "took too long"));
}

TEST_CASE("a child that prints more than the limit is killed", "[base]") {
  CHECK(refuses(run_command(Command{{"yes"}}, {.limit = 100'000}),
                ErrorKind::invalid_input, "yes: printed more than 100000"));
  CHECK(refuses(run_command(shell("yes >&2"), {.limit = 100'000}),
                ErrorKind::invalid_input, "printed more than 100000"));
}

TEST_CASE("a child that prints as much as the limit is fine", "[base]") {
  CHECK(ran(shell("printf 12345"), {.limit = 5}).out == "12345");
}

TEST_CASE("a command runs beside us and is fed in steps", "[base]") {
  const std::string input(3'000'000, 'x');
  auto running = sigstore::RunningCommand::start(Command{{"cat"}},
                                                 {.input = as_bytes(input)});
  REQUIRE(works(running));
  std::string taken;
  while (taken.size() < input.size() / 2) {
    REQUIRE(works(running->step()));
    taken += std::exchange(running->output(), {});
  }
  const auto output = running->finish();
  REQUIRE(works(output));
  CHECK(output->status == 0);
  CHECK(taken + output->out == input);
}

TEST_CASE("output that was taken counts against the limit", "[base]") {
  auto running =
      sigstore::RunningCommand::start(Command{{"yes"}}, {.limit = 3'000'000});
  REQUIRE(works(running));
  sigstore::Result<void> stepped;
  for (int i = 0; i < 1'000'000 && stepped.ok(); ++i) {
    stepped = running->step();
    running->output().clear();
  }
  CHECK(refuses(stepped, ErrorKind::invalid_input,
                "yes: printed more than 3000000"));
}

TEST_CASE("a child is talked to while it runs", "[base]") {
  auto child = ChildProcess::start(Command{{"cat"}});
  REQUIRE(works(child));
  REQUIRE(works(sigstore::write_all(child->input(), as_bytes("hello"))));
  child->close_input();
  const auto answer = sigstore::read_all(child->output(), 100, "cat");
  REQUIRE(works(answer));
  CHECK(sigstore::as_text(*answer) == "hello");
  CHECK(child->wait() == 0);
}

TEST_CASE("a child that is not waited for ends with its object", "[base]") {
  const TempFolder folder;
  pid_t pid = 0;
  {
    auto child = ChildProcess::start(shell("echo $$; exec sleep 60"));
    REQUIRE(works(child));
    std::string line;
    char c = 0;
    while (read(child->output(), &c, 1) == 1 && c != '\n') line += c;
    pid = std::stoi(line);
    REQUIRE(kill(pid, 0) == 0);
  }
  CHECK(kill(pid, 0) == -1);
}

TEST_CASE("a child that cannot be started is an error", "[base]") {
  CHECK(refuses(ChildProcess::start(Command{{"no-such-program-here"}}),
                ErrorKind::io, "cannot run no-such-program-here"));
}
