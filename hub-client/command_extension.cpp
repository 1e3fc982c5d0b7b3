// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "core/app/settings.h"
#include "core/base/json.h"
#include "hub-client/commands.h"
#include "hub-client/hf_extension.h"

namespace sigstore::hub {
namespace {

// As Python's Path.expanduser() finds it.
Result<std::filesystem::path> home_folder() {
  const std::string home = environment_variable("HOME");
  if (!home.empty()) return std::filesystem::path(home);
  return fail(ErrorKind::not_found, "HOME is not set");
}

// This program.
Result<std::filesystem::path> own_path() {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) return path;
  return fail(ErrorKind::io, "cannot find this program: ", error.message());
}

class ExtensionCommand final : public Verb {
 public:
  explicit ExtensionCommand(CommandLine app)
      : Verb(app.add_subcommand("extension",
                                "Make hf sigstore run this program")) {
    command().require_subcommand();
    install_ =
        command().add_subcommand("install", "hf sigstore runs this program");
    remove_ = command().add_subcommand("remove", "It does so no longer");
    for (CommandLine verb : {install_, remove_})
      verb.add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<std::string> done = install_.parsed() ? install() : remove();
    if (!done.ok()) return report(Terminal("hf-sigstore"), done.error(), json_);
    if (json_)
      print_line(dump_json({{"ok", true}, {"done", *done}}));
    else
      print_line(one_line(*done));
    return ExitCode::yes;
  }

 private:
  static Result<std::string> install() {
    TRY_ASSIGN(const std::filesystem::path home, home_folder());
    TRY_ASSIGN(const std::filesystem::path program, own_path());
    TRY(install_hf_extension(home, program, current_time()));
    return concat("hf sigstore runs ", program.string());
  }

  static Result<std::string> remove() {
    TRY_ASSIGN(const std::filesystem::path home, home_folder());
    TRY_ASSIGN(const bool was_there, remove_hf_extension(home));
    return std::string(was_there ? "hf sigstore is removed"
                                 : "hf sigstore was not installed");
  }

  CommandLine install_;
  CommandLine remove_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_extension_command(CommandLine app) {
  return std::make_unique<ExtensionCommand>(app);
}

}  // namespace sigstore::hub
