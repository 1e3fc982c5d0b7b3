// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/app/trust_file.h"
#include "core/base/json.h"
#include "hooks/activation.h"
#include "hooks/commands.h"
#include "hooks/local_repository.h"

namespace sigstore {
namespace {

std::string mode_name(Mode mode) {
  switch (mode) {
    case Mode::require:
      return "require";
    case Mode::tofu:
      return "tofu";
    case Mode::warn:
      return "warn";
    case Mode::off:
      break;
  }
  return "off";
}

// Everything that decides what happens to this repository.
Result<nlohmann::json> collect(const std::string& remote) {
  TRY_ASSIGN(const LocalRepository local, open_local_repository(remote));
  TRY_ASSIGN(const Activation activation, Activation::locate());
  TRY_ASSIGN(const std::vector<std::string> hosts, activation.hosts());
  TRY_ASSIGN(const TrustFile file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, file.load());
  const RepositoryTrust& trust = store.find(local.id);
  const Result<std::string> vcs =
      local.git.read({"config", "--get", "remote." + local.remote + ".vcs"});
  nlohmann::json value = {{"ok", true},
                          {"repository", local.id.to_string()},
                          {"remote", local.remote},
                          {"protected", vcs.ok() && *vcs == "sigstore"},
                          {"mode", mode_name(local.settings.mode)},
                          {"signingKey", local.settings.key},
                          {"hosts", hosts},
                          {"signers", nlohmann::json::array()},
                          {"lastVerified", nlohmann::json::object()}};
  for (const TrustedSigner& signer : trust.signers)
    value["signers"].push_back(
        {{"name", signer.name}, {"keyFingerprint", signer.key.fingerprint()}});
  for (const auto& [ref, last] : trust.refs)
    value["lastVerified"][ref] = {{"commit", last.commit},
                                  {"verifiedAt", last.verified_at.to_rfc3339()},
                                  {"keyFingerprint", last.signer}};
  return value;
}

std::string describe(const nlohmann::json& signer) {
  const std::string name = one_line(signer["name"].get<std::string>());
  return signer["keyFingerprint"].get<std::string>() +
         (name.empty() ? "" : " " + name);
}

void print_text(const nlohmann::json& value) {
  const auto text = [&](const char* name) {
    return one_line(value[name].get<std::string>());
  };
  print_line("repository:    " + text("repository"));
  print_line(concat("protected:     ",
                    value["protected"].get<bool>()
                        ? "yes, remote " + text("remote")
                        : "no (only a remote called origin of an installed "
                          "host is; git config remote." +
                              text("remote") +
                              ".vcs sigstore protects this one)"));
  print_line("mode:          " + text("mode"));
  const std::string key = text("signingKey");
  print_line("signing key:   " + (key.empty() ? "none (sigstore.key)" : key));
  for (const auto& signer : value["signers"])
    print_line("trusted:       " + describe(signer));
  if (value["signers"].empty()) print_line("trusted:       nobody yet");
  for (const auto& [ref, last] : value["lastVerified"].items())
    print_line(concat("last verified: ", one_line(ref), " ",
                      last["commit"].get<std::string>().substr(0, 7), " on ",
                      last["verifiedAt"].get<std::string>()));
}

class StatusCommand final : public Verb {
 public:
  explicit StatusCommand(CLI::App& app)
      : Verb(*app.add_subcommand(
            "status", "Show what protects this repository, and its memory")) {
    command().add_option("--remote", remote_,
                         "Remote that names the repository");
    command().add_flag("--json", json_, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<nlohmann::json> value = collect(remote_);
    if (!value.ok()) return report(Terminal("sigstore"), value.error(), json_);
    if (json_)
      print_line(dump_json(*value));
    else
      print_text(*value);
    return ExitCode::yes;
  }

 private:
  std::string remote_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_status_command(CLI::App& app) {
  return std::make_unique<StatusCommand>(app);
}

}  // namespace sigstore
