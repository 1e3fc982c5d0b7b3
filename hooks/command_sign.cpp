// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "core/app/commit_signing.h"
#include "core/app/key_file.h"
#include "core/app/repository.h"
#include "core/app/trust_file.h"
#include "core/base/json.h"
#include "core/git/commit_file.h"
#include "core/manifest/signature_file.h"
#include "hooks/commands.h"
#include "hooks/local_repository.h"

namespace sigstore {
namespace {

struct Options {
  std::string key;
  std::string remote;
  PasswordOptions password;
  bool json = false;
};

Result<SignedCommit> sign(const Options& options) {
  TRY_ASSIGN(LocalRepository local, open_local_repository(options.remote));
  if (local.branch.empty())
    return fail(ErrorKind::invalid_input,
                "HEAD is detached; check out a branch to sign it");
  const std::string key_path =
      options.key.empty() ? local.settings.key : options.key;
  if (key_path.empty())
    return fail(ErrorKind::not_found,
                "no signing key: use --key, or git config sigstore.key "
                "PRIVATE_KEY.pem");
  const bool given = !options.key.empty() || !options.password.file.empty() ||
                     !options.password.environment.empty();
  const PasswordOptions& password =
      given ? options.password : local.settings.password;
  TRY_ASSIGN(const PrivateKey key,
             read_private_key(key_path, password_source(password)));
  TRY_ASSIGN(const Repository repository, open_repository(local.git, ""));
  TRY_ASSIGN(const git::CommitId head, local.git.resolve_commit("HEAD"));
  TRY_ASSIGN(const TrustFile trust_file, TrustFile::locate());
  TRY_ASSIGN(const TrustStore store, trust_file.load());
  TRY_ASSIGN(SignedCommit signed_commit,
             sign_commit(repository,
                         {local.id, local.server_ref(), head, current_time()},
                         local.settings, store.find(local.id), key));
  if (signed_commit.created)
    TRY(git::advance_branch(local.git, local.branch, head, signed_commit.commit,
                            std::string(kSignatureName)));
  return signed_commit;
}

class SignCommand final : public Verb {
 public:
  explicit SignCommand(CLI::App& app)
      : Verb(*app.add_subcommand(
            "sign", "Sign the current branch with a commit on top of it")) {
    command().add_option("--key", options_.key,
                         "Private key (default: git config sigstore.key)");
    command().add_option("--remote", options_.remote,
                         "Remote that names the repository");
    add_password_options(command(), options_.password);
    command().add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<SignedCommit> signed_commit = sign(options_);
    if (!signed_commit.ok())
      return report(Terminal("sigstore"), signed_commit.error(), options_.json);
    const std::string id = signed_commit->commit.id.to_hex();
    if (options_.json) {
      const nlohmann::json value = {
          {"ok", true},
          {"commit", id},
          {"created", signed_commit->created},
          {"files", signed_commit->files},
          {"keyFingerprint", signed_commit->record.signer}};
      print_line(dump_json(value));
      return ExitCode::yes;
    }
    print_line(concat(signed_commit->created ? "signed: " : "already signed: ",
                      signed_commit->files, " files, commit ", id.substr(0, 7),
                      ", key ", signed_commit->record.signer));
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_sign_command(CLI::App& app) {
  return std::make_unique<SignCommand>(app);
}

}  // namespace sigstore
