// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <string>
#include <vector>

#include "core/app/hook_limits.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "hooks/checkout_report.h"
#include "hooks/commands.h"
#include "hooks/hook_need.h"
#include "hooks/pre_push.h"
#include "hooks/reference_transaction.h"

namespace sigstore {
namespace {

// git's events, for the calls in which git-sigstore-hook finds work. People do
// not type it.
class HookCommand final : public Verb {
 public:
  explicit HookCommand(CommandLine app)
      : Verb(app.add_subcommand("hook", "Called by git-sigstore-hook")) {
    command().hide().take_any_words();
  }

  ExitCode run() override {
    const Terminal terminal("sigstore");
    const std::vector<std::string> words = command().words();
    if (words.empty()) {
      terminal.say("usage: git sigstore hook EVENT [ARGUMENT ...]");
      return ExitCode::usage;
    }
    const Result<void> done = call(words[0], {words.begin() + 1, words.end()});
    if (done.ok()) return ExitCode::yes;
    terminal.report(done.error());
    return ExitCode::no;
  }

 private:
  static Result<void> call(const std::string& event,
                           const std::vector<std::string>& arguments) {
    const auto argument = [&](std::size_t index) {
      return index < arguments.size() ? arguments[index] : std::string();
    };
    std::string input;
    if (reads_input(event)) {
      TRY_ASSIGN(const Bytes bytes, read_all(STDIN_FILENO, limits::kHookInput,
                                             "the hook's input"));
      input = as_text(bytes);
    }
    if (event == "reference-transaction")
      return on_reference_transaction(argument(0), input);
    if (event == "pre-push")
      return on_pre_push(argument(0), argument(1), input);
    if (event == "post-checkout" || event == "post-merge")
      return on_new_head(event);
    return {};
  }
};

}  // namespace

std::unique_ptr<Verb> make_hook_command(CommandLine app) {
  return std::make_unique<HookCommand>(app);
}

}  // namespace sigstore
