// SPDX-License-Identifier: Apache-2.0
#include "core/app/command_line.h"

#include <CLI/CLI.hpp>
#include <csignal>

#include "core/app/explain.h"
#include "core/crypto/start.h"

namespace sigstore {

Option& Option::required() {
  if (option_ != nullptr) option_->required();
  return *this;
}

Option& Option::one_value_each() {
  if (option_ != nullptr) option_->allow_extra_args(false);
  return *this;
}

Option& Option::one_of(std::initializer_list<const char*> words) {
  if (option_ != nullptr)
    option_->check(
        CLI::IsMember(std::vector<std::string>(words.begin(), words.end())));
  return *this;
}

Option& Option::positive() {
  if (option_ != nullptr) option_->check(CLI::PositiveNumber);
  return *this;
}

CommandLine CommandLine::add_subcommand(const std::string& name,
                                        const std::string& help) {
  if (app_ == nullptr || (!only_.empty() && name != only_)) return {};
  return CommandLine(*app_->add_subcommand(name, help));
}

void CommandLine::require_subcommand() {
  if (app_ != nullptr) app_->require_subcommand(1);
}

Option CommandLine::add_option(const std::string& name, std::string& target,
                               const std::string& help) {
  if (app_ == nullptr) return {};
  return Option(*app_->add_option(name, target, help));
}

Option CommandLine::add_option(const std::string& name,
                               std::vector<std::string>& target,
                               const std::string& help) {
  if (app_ == nullptr) return {};
  return Option(*app_->add_option(name, target, help));
}

Option CommandLine::add_option(const std::string& name, std::int64_t& target,
                               const std::string& help) {
  if (app_ == nullptr) return {};
  return Option(*app_->add_option(name, target, help));
}

void CommandLine::add_flag(const std::string& name, bool& target,
                           const std::string& help) {
  if (app_ != nullptr) app_->add_flag(name, target, help);
}

CommandLine& CommandLine::hide() {
  if (app_ != nullptr) app_->group("");
  return *this;
}

CommandLine& CommandLine::take_any_words() {
  if (app_ != nullptr) app_->prefix_command();
  return *this;
}

bool CommandLine::parsed() const { return app_ != nullptr && app_->parsed(); }

std::vector<std::string> CommandLine::words() const {
  return app_->remaining();
}

namespace {

using Verbs = std::vector<std::unique_ptr<Verb>>;

Verbs make_verbs(const Program& program, CommandLine app) {
  Verbs verbs;
  for (const MakeVerb make : program.verbs) verbs.push_back(make(app));
  return verbs;
}

// The options of all verbs cost more than most verbs do: those of the one that
// the first word names, or of all where it names none, for help and mistakes.
Verbs make_named_verb(const Program& program, CLI::App& app, int argc,
                      char** argv) {
  if (argc > 1 && *argv[1] != '\0') {
    Verbs verbs = make_verbs(program, CommandLine(app, argv[1]));
    for (const auto& verb : verbs)
      if (verb->command().is_there()) return verbs;
  }
  return make_verbs(program, CommandLine(app));
}

}  // namespace

int run_program(const Program& program, int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  start_crypto();
  CLI::App app(program.description, program.name);
  app.set_version_flag("--version", program.version);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 yes, 1 no, 2 usage, 3 unsigned and allowed, 4 could not "
      "tell, 5 partial.");
  const Verbs verbs = make_named_verb(program, app, argc, argv);
  // CLI11 throws; nothing else does.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  for (const auto& verb : verbs)
    if (verb->command().parsed())
      return static_cast<int>(close_output(verb->run()));
  return static_cast<int>(ExitCode::usage);
}

void add_password_options(CommandLine command, PasswordOptions& options) {
  command.add_option("--password-file", options.file,
                     "File whose first line is the key's password");
  command.add_option("--password-env", options.environment,
                     "Environment variable that holds the key's password "
                     "(default: HF_SIGSTORE_PASSWORD)");
}

ExitCode report(const Terminal& terminal, const Error& error, bool json,
                const Trace* explain) {
  terminal.end_progress();
  if (json) {
    print_line(error_json(error, explain));
    return exit_code(error.kind);
  }
  if (explain != nullptr) print_trace(*explain);
  terminal.report(error);
  return exit_code(error.kind);
}

}  // namespace sigstore
