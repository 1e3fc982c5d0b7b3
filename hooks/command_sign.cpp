// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "hooks/branch_signing.h"
#include "hooks/commands.h"
#include "hooks/local_repository.h"

namespace sigstore {
namespace {

struct Options {
  SigningOptions signing;
  bool json = false;
};

Result<SignedCommit> sign(const SigningOptions& options) {
  TRY_ASSIGN(const LocalRepository local,
             open_local_repository(options.remote));
  return sign_branch(options, local);
}

void put_signer(const SignedCommit& made, nlohmann::json& value) {
  if (const auto* rule = std::get_if<SignerRule>(&made.signer->who)) {
    value["identity"] = rule->identity;
    value["issuer"] = rule->issuer;
    if (made.log_index) value["logIndex"] = *made.log_index;
    return;
  }
  value["keyFingerprint"] = made.record.signer;
}

std::string name_of(const SignedCommit& made) {
  if (std::holds_alternative<PublicKey>(made.signer->who))
    return "key " + made.record.signer;
  return one_line(made.signer->describe() + made.in_log());
}

class SignCommand final : public Verb {
 public:
  explicit SignCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "sign", "Sign the current branch with a commit on top of it")) {
    command().add_option("--key", options_.signing.key,
                         "Private key (default: git config sigstore.key)");
    command().add_option("--remote", options_.signing.remote,
                         "Remote that names the repository");
    add_password_options(command(), options_.signing.password);
    command().add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<SignedCommit> signed_commit = sign(options_.signing);
    if (!signed_commit.ok())
      return report(Terminal("sigstore"), signed_commit.error(), options_.json);
    if (!signed_commit->note.empty())
      Terminal("sigstore").warn(signed_commit->note);
    const std::string id = signed_commit->commit.id.to_hex();
    if (options_.json) {
      nlohmann::json value = {{"ok", true},
                              {"commit", id},
                              {"created", signed_commit->created},
                              {"files", signed_commit->files}};
      put_signer(*signed_commit, value);
      print_line(dump_json(value));
      return ExitCode::yes;
    }
    print_line(concat(signed_commit->created ? "signed: " : "already signed: ",
                      signed_commit->files, " files, commit ", id.substr(0, 7),
                      ", ", name_of(*signed_commit)));
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_sign_command(CommandLine app) {
  return std::make_unique<SignCommand>(app);
}

}  // namespace sigstore
