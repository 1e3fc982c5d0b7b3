// SPDX-License-Identifier: Apache-2.0

// The command line of the public Sigstore conformance suite. People sign
// models with `hf-sigstore sign`.

#include <memory>

#include "core/app/identity_signing.h"
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
  IdentityOptions identity;
  PasswordOptions password;
  bool in_toto = false;
  bool staging = false;
};

Result<Bundle> sign_with_key(const Options& options, Bytes content) {
  TRY_ASSIGN(const PrivateKey key,
             read_private_key(options.key, password_source(options.password)));
  if (options.in_toto) return sign_envelope(key, std::move(content));
  return sign_message(key, content);
}

Result<Bundle> sign_with_identity(const Options& options, Bytes content,
                                  const Terminal& terminal) {
  if (options.staging)
    return fail(ErrorKind::unsupported,
                "the staging instance is not built in; name its files");
  if (!options.identity.token.empty())
    terminal.warn(
        "a token on a command line is there for every user of this "
        "machine to read");
  TRY_ASSIGN(const std::unique_ptr<IdentitySession> session,
             IdentitySession::open(options.identity, terminal));
  IdentitySigner& signer = session->signer();
  if (options.in_toto) return signer.sign_statement(std::move(content));
  return signer.sign_message(content);
}

Result<void> sign(const Options& options, const Terminal& terminal) {
  TRY_ASSIGN(Bytes content, read_file(options.artifact, limits::kSignedFile));
  TRY_ASSIGN(const Bundle bundle,
             options.key.empty()
                 ? sign_with_identity(options, std::move(content), terminal)
                 : sign_with_key(options, std::move(content)));
  TRY_ASSIGN(const std::string json, write_bundle(bundle));
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
    command().add_option("--identity-token", options_.identity.token,
                         "OIDC token");
    command().add_option("--trusted-root", options_.identity.trusted_root,
                         "Trusted root (JSON)");
    command().add_option("--signing-config", options_.identity.signing_config,
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
    const Result<void> signed_bundle = sign(options_, terminal);
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
