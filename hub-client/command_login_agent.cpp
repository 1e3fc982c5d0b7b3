// SPDX-License-Identifier: Apache-2.0

// What core/app/login_agent starts; nobody types it.

#include <memory>

#include "core/app/login_agent.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

class LoginAgentCommand final : public Verb {
 public:
  explicit LoginAgentCommand(CommandLine app)
      : Verb(app.add_subcommand("login-agent", "Keep a login in memory")) {
    command().hide();
  }

  ExitCode run() override {
    const Result<void> done = run_agent();
    if (!done.ok()) return report(Terminal("hf-sigstore"), done.error(), false);
    return ExitCode::yes;
  }
};

}  // namespace

std::unique_ptr<Verb> make_login_agent_command(CommandLine app) {
  return std::make_unique<LoginAgentCommand>(app);
}

}  // namespace sigstore::hub
