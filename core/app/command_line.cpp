// SPDX-License-Identifier: Apache-2.0
#include "core/app/command_line.h"

#include <CLI/CLI.hpp>

namespace sigstore {

void add_password_options(CLI::App& command, PasswordOptions& options) {
  command.add_option("--password-file", options.file,
                     "File whose first line is the key's password");
  command.add_option("--password-env", options.environment,
                     "Environment variable that holds the key's password "
                     "(default: HF_SIGSTORE_PASSWORD)");
}

ExitCode report(const Terminal& terminal, const Error& error, bool json) {
  terminal.end_progress();
  if (json)
    print_line(error_json(error));
  else
    terminal.report(error);
  return exit_code(error.kind);
}

}  // namespace sigstore
