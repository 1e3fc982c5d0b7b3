// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/exit_code.h"
#include "core/app/password.h"
#include "core/app/terminal.h"
#include "core/base/error.h"
#include "core/base/trace.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace sigstore {

// CLI11 behind a narrow door: its header costs each file that includes it
// seconds of compilation. Both are handles on what the application owns, or on
// nothing where another verb runs; help texts are one sentence without a full
// stop.
class Option {
 public:
  Option() = default;
  explicit Option(CLI::Option& option) : option_(&option) {}
  Option& required();
  // One value an occurrence: the next word is not a further value.
  Option& one_value_each();
  Option& one_of(std::initializer_list<const char*> words);
  Option& positive();

 private:
  CLI::Option* option_ = nullptr;
};

class CommandLine {
 public:
  CommandLine() = default;
  explicit CommandLine(CLI::App& app) : app_(&app) {}
  // Adds no subcommand but the one of this name.
  CommandLine(CLI::App& app, std::string_view only) : app_(&app), only_(only) {}

  CommandLine add_subcommand(const std::string& name, const std::string& help);
  void require_subcommand();
  // A name without dashes is a position. The target is filled by parsing.
  Option add_option(const std::string& name, std::string& target,
                    const std::string& help);
  Option add_option(const std::string& name, std::vector<std::string>& target,
                    const std::string& help);
  Option add_option(const std::string& name, std::int64_t& target,
                    const std::string& help);
  void add_flag(const std::string& name, bool& target, const std::string& help);
  CommandLine& hide();            // from the help
  CommandLine& take_any_words();  // unknown options too, as words()
  bool is_there() const { return app_ != nullptr; }
  // After parsing.
  bool parsed() const;
  std::vector<std::string> words() const;

 private:
  CLI::App* app_ = nullptr;
  std::string_view only_;  // empty: any
};

// One verb: its options are registered when it is made, and filled when the
// command line is parsed.
class Verb {
 public:
  explicit Verb(CommandLine command) : command_(command) {}
  virtual ~Verb() = default;
  Verb(const Verb&) = delete;
  Verb& operator=(const Verb&) = delete;

  CommandLine& command() { return command_; }
  virtual ExitCode run() = 0;

 private:
  CommandLine command_;
};

using MakeVerb = std::unique_ptr<Verb> (*)(CommandLine);

// A program of verbs, from its command line to its exit code.
struct Program {
  std::string name;         // as people type it: "git sigstore"
  std::string version;      // "git-sigstore 1.2"
  std::string description;  // one line
  std::vector<MakeVerb> verbs;
};
int run_program(const Program& program, int argc, char** argv);

void add_password_options(CommandLine command, PasswordOptions& options);

// Prints an error as text, or as JSON on stdout; returns its exit code. With
// `explain`, the decisions that led to it go to stdout too.
ExitCode report(const Terminal& terminal, const Error& error, bool json,
                const Trace* explain = nullptr);

}  // namespace sigstore
