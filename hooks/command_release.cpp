// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "hooks/checkout_report.h"
#include "hooks/commands.h"

namespace sigstore {
namespace {

class ReleaseCommand final : public Verb {
 public:
  explicit ReleaseCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "release", "Bring back the files of a commit that was refused")) {
    command().add_flag("--yes", yes_, "You looked at the commit; do not ask");
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    const Terminal terminal("sigstore");
    const Result<HeldBack> held = ask(terminal);
    if (!held.ok()) return report(terminal, held.error(), json_);
    const Result<void> released = release(git::Git(), *held);
    if (!released.ok()) return report(terminal, released.error(), json_);
    if (json_)
      print_line(dump_json({{"ok", true}, {"commit", held->commit}}));
    else
      print_line("released: " + held->commit.substr(0, 7));
    return ExitCode::yes;
  }

 private:
  Result<HeldBack> ask(const Terminal& terminal) const {
    TRY_ASSIGN(std::optional<HeldBack> held, find_held_back(git::Git()));
    if (!held) return fail(ErrorKind::not_found, "no files are held back here");
    if (yes_) return std::move(*held);
    terminal.say(concat("commit ", held->commit.substr(0, 7),
                        " was refused: ", held->reason));
    return fail(ErrorKind::invalid_input, "look at it (git show ",
                held->commit.substr(0, 7),
                "), then run: git sigstore release --yes");
  }

  bool yes_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_release_command(CommandLine app) {
  return std::make_unique<ReleaseCommand>(app);
}

}  // namespace sigstore
