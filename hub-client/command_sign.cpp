// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <nlohmann/json.hpp>

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
};

struct Outcome {
  std::string path;
  std::string fingerprint;
  Manifest manifest;
};

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
  TRY_ASSIGN(const PrivateKey key,
             read_private_key(options.key, password_source(options.password)));

  DirectoryContent content(options.model.model,
                           [&](std::uint64_t done, std::uint64_t total) {
                             terminal.progress("hashing", done, total);
                           });
  TRY_ASSIGN(SignedModel model, sign_model(content, key, std::move(request)));
  terminal.end_progress();
  for (const std::string& note : content.notes()) terminal.warn(note);
  TRY(write_file_atomic(path, as_bytes(model.bundle)));
  return Outcome{path, key.public_key().fingerprint(),
                 std::move(model.manifest)};
}

void print(const Outcome& outcome, bool json) {
  const std::string root = root_digest(outcome.manifest.resources).to_hex();
  if (json) {
    const nlohmann::json value = {
        {"ok", true},
        {"signature", outcome.path},
        {"keyFingerprint", outcome.fingerprint},
        {"rootDigest", "sha256:" + root},
        {"resources", outcome.manifest.resources.size()},
        {"bytes", outcome.manifest.total_size}};
    print_line(dump_json(value));
    return;
  }
  print_line(concat("signed: ", outcome.manifest.resources.size(),
                    " resources, ", human_size(outcome.manifest.total_size),
                    ", key ", outcome.fingerprint));
  print_line("signature: " + one_line(outcome.path));
}

class SignCommand final : public Verb {
 public:
  explicit SignCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "sign", "Sign a model folder or file with a private key")) {
    add_model_options(command(), options_.model);
    command().add_option("--key", options_.key, "Private key (PEM)").required();
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
