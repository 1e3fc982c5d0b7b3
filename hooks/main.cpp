// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <memory>
#include <vector>

#include "hooks/commands.h"

int main(int argc, char** argv) {
  using sigstore::ExitCode;
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Verify models on clone and sign them on push", "git sigstore");
  app.set_version_flag("--version", "git-sigstore " SIGSTORE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 yes, 1 no, 2 usage, 3 unsigned and allowed, 4 could not "
      "tell, 5 partial.");
  std::vector<std::unique_ptr<sigstore::Verb>> commands;
  commands.push_back(sigstore::make_install_command(app));
  commands.push_back(sigstore::make_uninstall_command(app));
  commands.push_back(sigstore::make_sign_command(app));
  commands.push_back(sigstore::make_verify_command(app));
  commands.push_back(sigstore::make_status_command(app));
  commands.push_back(sigstore::make_trust_command(app));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  for (const auto& command : commands)
    if (command->command().parsed())
      return static_cast<int>(sigstore::close_output(command->run()));
  return static_cast<int>(ExitCode::usage);
}
