// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "core/app/login_agent.h"
#include "core/base/json.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

class LogoutCommand final : public Verb {
 public:
  explicit LogoutCommand(CommandLine app)
      : Verb(app.add_subcommand("logout",
                                "Forget the login that is kept in memory")) {
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    const Terminal terminal("hf-sigstore");
    const Result<bool> ended = end_agent();
    if (!ended.ok()) return report(terminal, ended.error(), json_);
    if (json_)
      print_line(dump_json({{"ok", true}, {"wasLoggedIn", *ended}}));
    else
      print_line(*ended ? "logged out" : "nobody was logged in");
    return ExitCode::yes;
  }

 private:
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_logout_command(CommandLine app) {
  return std::make_unique<LogoutCommand>(app);
}

}  // namespace sigstore::hub
