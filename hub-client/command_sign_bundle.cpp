// SPDX-License-Identifier: Apache-2.0

// The command line of the public Sigstore conformance suite, for managed
// keys. People sign models with `hf-sigstore sign`.

#include <memory>

#include "core/app/key_file.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "core/sign/sign_message.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

struct Options {
  std::string bundle;
  std::string key;
  std::string artifact;
  std::string identity_token;
  std::string trusted_root;
  std::string signing_config;
  PasswordOptions password;
  bool in_toto = false;
  bool staging = false;
};

Result<void> sign(const Options& options) {
  if (options.key.empty())
    return fail(ErrorKind::unsupported,
                "signing with an identity token is not implemented; sign with "
                "--key");
  TRY_ASSIGN(const PrivateKey key,
             read_private_key(options.key, password_source(options.password)));
  TRY_ASSIGN(Bytes content, read_file(options.artifact, limits::kSignedFile));
  Result<Bundle> bundle = options.in_toto
                              ? sign_envelope(key, std::move(content))
                              : sign_message(key, content);
  if (!bundle.ok()) return std::move(bundle).error();
  TRY_ASSIGN(const std::string json, write_bundle(*bundle));
  return write_file_atomic(options.bundle, as_bytes(json));
}

class SignBundleCommand final : public Verb {
 public:
  explicit SignBundleCommand(CommandLine app)
      : Verb(app.add_subcommand("sign-bundle", "Make a Sigstore bundle")) {
    command().hide();
    command()
        .add_option("--bundle", options_.bundle, "Where it goes")
        .required();
    command().add_option("--key", options_.key, "Private key (PEM)");
    command().add_option("--identity-token", options_.identity_token,
                         "OIDC token");
    command().add_option("--trusted-root", options_.trusted_root,
                         "Trusted root (JSON)");
    command().add_option("--signing-config", options_.signing_config,
                         "Signing configuration (JSON)");
    command().add_flag("--in-toto", options_.in_toto,
                       "The file is an in-toto statement");
    command().add_flag("--staging", options_.staging,
                       "With the staging instance");
    add_password_options(command(), options_.password);
    command()
        .add_option("ARTIFACT", options_.artifact, "What to sign")
        .required();
  }

  ExitCode run() override {
    const Terminal terminal("hf-sigstore");
    const Result<void> signed_bundle = sign(options_);
    if (!signed_bundle.ok())
      return report(terminal, signed_bundle.error(), false);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_sign_bundle_command(CommandLine app) {
  return std::make_unique<SignBundleCommand>(app);
}

}  // namespace sigstore::hub
