// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/app/exit_code.h"
#include "core/app/password.h"
#include "core/app/terminal.h"
#include "core/base/error.h"

namespace CLI {
class App;
}

namespace sigstore {

// One verb: its options are registered when it is made, and filled when the
// command line is parsed.
class Verb {
 public:
  explicit Verb(CLI::App& command) : command_(command) {}
  virtual ~Verb() = default;
  Verb(const Verb&) = delete;
  Verb& operator=(const Verb&) = delete;

  CLI::App& command() { return command_; }
  virtual ExitCode run() = 0;

 private:
  CLI::App& command_;  // owned by the application, which lives longer
};

using MakeVerb = std::unique_ptr<Verb> (*)(CLI::App&);

// A program of verbs, from its command line to its exit code.
struct Program {
  std::string name;         // as people type it: "git sigstore"
  std::string version;      // "git-sigstore 1.2"
  std::string description;  // one line
  std::vector<MakeVerb> verbs;
};
int run_program(const Program& program, int argc, char** argv);

void add_password_options(CLI::App& command, PasswordOptions& options);

// Prints an error as text, or as JSON on stdout; returns its exit code.
ExitCode report(const Terminal& terminal, const Error& error, bool json);

}  // namespace sigstore
