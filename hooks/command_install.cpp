// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/json.h"
#include "core/base/process.h"
#include "core/git/git_command.h"
#include "hooks/activation.h"
#include "hooks/commands.h"

namespace sigstore {
namespace {

ExitCode print_outcome(const Result<std::vector<std::string>>& done,
                       bool json) {
  const Terminal terminal("sigstore");
  if (!done.ok()) return report(terminal, done.error(), json);
  if (json) {
    const nlohmann::json value = {{"ok", true}, {"done", *done}};
    print_line(dump_json(value));
    return ExitCode::yes;
  }
  for (const std::string& line : *done) print_line(one_line(line));
  return ExitCode::yes;
}

// git finds a helper by its name on PATH.
void warn_without_helper() {
  const Result<CommandOutput> found =
      run_command({{"git-remote-sigstore", "--version"}, {}, {}});
  if (!found.ok() || found->status != 0)
    Terminal("sigstore")
        .warn(
            "git-remote-sigstore is not on PATH: git will refuse protected "
            "remotes until it is");
}

// The option, else sigstore.strictFilter; else it stays as it is.
std::optional<bool> wants_filter(bool option) {
  if (option) return true;
  const Result<std::string> set = git::Git().read(
      {"config", "--type=bool", "--get", "sigstore.strictFilter"});
  if (!set.ok()) return std::nullopt;
  return *set == "true";
}

class InstallCommand final : public Verb {
 public:
  explicit InstallCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "install", "Protect hosts: verify on clone, sign on push")) {
    command()
        .add_option("--host", hosts_,
                    "Host to protect (repeatable; default: "
                    "huggingface.co)")
        .one_value_each();
    command().add_flag("--strict", strict_,
                       "Also hash every file that git-lfs checks out");
    command().add_flag("--hooks-only", hooks_only_,
                       "Verify and sign by hooks, without the remote helper");
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    if (hosts_.empty()) hosts_.emplace_back("huggingface.co");
    const Result<Activation> activation = Activation::locate();
    if (!activation.ok())
      return report(Terminal("sigstore"), activation.error(), json_);
    if (!hooks_only_) warn_without_helper();
    const std::optional<bool> hooks_only =
        hooks_only_ ? std::optional<bool>(true) : std::nullopt;
    return print_outcome(
        activation->install(hosts_, {wants_filter(strict_), hooks_only}),
        json_);
  }

 private:
  std::vector<std::string> hosts_;
  bool strict_ = false;
  bool hooks_only_ = false;
  bool json_ = false;
};

class UninstallCommand final : public Verb {
 public:
  explicit UninstallCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "uninstall", "Take back what install changed; keeps the trust")) {
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<Activation> activation = Activation::locate();
    if (!activation.ok())
      return report(Terminal("sigstore"), activation.error(), json_);
    return print_outcome(activation->uninstall(), json_);
  }

 private:
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_install_command(CommandLine app) {
  return std::make_unique<InstallCommand>(app);
}

std::unique_ptr<Verb> make_uninstall_command(CommandLine app) {
  return std::make_unique<UninstallCommand>(app);
}

}  // namespace sigstore
