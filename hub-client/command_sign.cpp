// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/app/identity_signing.h"
#include "core/app/key_file.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/manifest/directory_content.h"
#include "core/sign_model.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

struct Options {
  ModelOptions model;
  HashOptionsText hash;
  PasswordOptions password;
  std::string key;
  IdentityOptions identity;
};

struct Outcome {
  std::string path;
  std::string fingerprint;  // of a key
  std::optional<Identity> identity;
  Manifest manifest;
};

// Who signs: a key, or an identity.
struct ChosenSigner {
  std::optional<PrivateKey> key;
  std::unique_ptr<IdentitySession> session;

  static Result<ChosenSigner> choose(const Options& options,
                                     const Terminal& terminal);
  Result<SignedModel> sign(Content& content, SignRequest request);
};

Result<ChosenSigner> ChosenSigner::choose(const Options& options,
                                          const Terminal& terminal) {
  ChosenSigner chosen;
  if (options.key.empty()) {
    auto session = IdentitySession::open(options.identity, terminal);
    // Who forgot the key does not think of identities.
    if (!session.ok() && options.identity.token_file.empty())
      return std::move(session).error().context(
          "signing with an identity, as there is no --key");
    TRY_ASSIGN(chosen.session, std::move(session));
    return chosen;
  }
  if (!options.identity.token_file.empty())
    return fail(ErrorKind::invalid_input,
                "--key and --identity-token-file are two signers, name one");
  TRY_ASSIGN(chosen.key,
             read_private_key(options.key, password_source(options.password)));
  return chosen;
}

Result<SignedModel> ChosenSigner::sign(Content& content, SignRequest request) {
  if (key) return sign_model(content, *key, std::move(request));
  return sign_model(content, session->signer(), std::move(request));
}

Result<Outcome> sign(const Options& options, const Terminal& terminal) {
  TRY_ASSIGN(const Parameters parameters,
             to_parameters(options.hash, options.model.allow_symlinks));
  SignRequest request{
      model_base_name(options.model.model), parameters, {}, std::nullopt};
  const std::string path = signature_path(options.model);
  const std::string inside = path_inside(options.model.model, path);
  if (!inside.empty()) TRY(request.selection.exclusions.add(inside));
  TRY_ASSIGN(const Exclusions ignored, user_exclusions(options.model));
  for (const std::string& item : ignored.paths())
    TRY(request.selection.exclusions.add(item));
  TRY_ASSIGN(ChosenSigner signer, ChosenSigner::choose(options, terminal));

  DirectoryContent content(options.model.model,
                           [&](std::uint64_t done, std::uint64_t total) {
                             terminal.progress("hashing", done, total);
                           });
  TRY_ASSIGN(SignedModel model, signer.sign(content, std::move(request)));
  terminal.end_progress();
  for (const std::string& note : content.notes()) terminal.warn(note);
  TRY(write_file_atomic(path, as_bytes(model.bundle)));
  Outcome outcome{path, {}, std::nullopt, std::move(model.manifest)};
  if (signer.key) outcome.fingerprint = signer.key->public_key().fingerprint();
  if (signer.session) outcome.identity = signer.session->signer().identity();
  return outcome;
}

void print(const Outcome& outcome, bool json) {
  const std::string root = root_digest(outcome.manifest.resources).to_hex();
  if (json) {
    nlohmann::json value = {{"ok", true},
                            {"signature", outcome.path},
                            {"rootDigest", "sha256:" + root},
                            {"resources", outcome.manifest.resources.size()},
                            {"bytes", outcome.manifest.total_size}};
    if (outcome.identity) {
      value["identity"] = outcome.identity->name.value;
      value["issuer"] = outcome.identity->issuer;
    } else {
      value["keyFingerprint"] = outcome.fingerprint;
    }
    print_line(dump_json(value));
    return;
  }
  const std::string who = outcome.identity
                              ? one_line(describe_signer(*outcome.identity))
                              : concat("key ", outcome.fingerprint);
  print_line(concat("signed: ", outcome.manifest.resources.size(),
                    " resources, ", human_size(outcome.manifest.total_size),
                    ", ", who));
  print_line("signature: " + one_line(outcome.path));
}

class SignCommand final : public Verb {
 public:
  explicit SignCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "sign",
            "Sign a model folder or file with a private key or an identity")) {
    add_model_options(command(), options_.model);
    command().add_option("--key", options_.key, "Private key (PEM)");
    command().add_option("--identity-token-file", options_.identity.token_file,
                         "File with an OIDC identity token, in the place of "
                         "SIGSTORE_ID_TOKEN or the CI system's");
    command().add_option("--signing-config", options_.identity.signing_config,
                         "Services that sign identities (JSON)");
    command().add_option("--trusted-root", options_.identity.trusted_root,
                         "Logs and authorities to check them with (JSON)");
    command().add_option("--trust-config", options_.identity.trust_config,
                         "Both in one file (JSON)");
    command().add_option("--instance", options_.identity.instance,
                         "URL of an instance that trust-instance made known "
                         "(default: the public one)");
    add_password_options(command(), options_.password);
    add_hash_options(command(), options_.hash);
  }

  ExitCode run() override {
    const Terminal terminal("hf-sigstore");
    const Result<Outcome> outcome = sign(options_, terminal);
    terminal.end_progress();
    if (!outcome.ok()) {
      return report(terminal, outcome.error(), options_.model.json);
    }
    print(*outcome, options_.model.json);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_sign_command(CommandLine app) {
  return std::make_unique<SignCommand>(app);
}

}  // namespace sigstore::hub
