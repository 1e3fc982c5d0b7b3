// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/manifest/directory_content.h"
#include "core/sign_model.h"
#include "hub-client/commands.h"
#include "hub-client/known_files.h"
#include "hub-client/signing_options.h"

namespace sigstore::hub {
namespace {

struct Options {
  ModelOptions model;
  HashOptionsText hash;
  SigningOptions signing;
};

struct Outcome {
  std::string path;
  Signatory signatory;
  Manifest manifest;
  KnownFiles known;
};

Result<Outcome> sign(const Options& options, const Terminal& terminal) {
  TRY_ASSIGN(const Parameters parameters,
             to_parameters(options.hash, options.model.allow_symlinks));
  SignRequest request{model_base_name(options.model.model),
                      parameters,
                      {},
                      std::nullopt,
                      current_time()};
  const std::string path = signature_path(options.model);
  const std::string inside = path_inside(options.model.model, path);
  if (!inside.empty()) TRY(request.selection.exclusions.add(inside));
  TRY_ASSIGN(const Exclusions ignored, user_exclusions(options.model));
  for (const std::string& item : ignored.paths())
    TRY(request.selection.exclusions.add(item));
  TRY_ASSIGN(ChosenSigner chosen,
             ChosenSigner::choose(options.signing, terminal));

  KnownFiles known(options.model.model, options.model.paranoid);
  TRY_ASSIGN(DirectoryContent content,
             model_content(options.model, known, terminal));
  TRY_ASSIGN(SignedModel model,
             sign_model(content, chosen.signer(), std::move(request)));
  terminal.end_progress();
  for (const std::string& note : content.notes()) terminal.warn(note);
  TRY(write_file_atomic(path, as_bytes(model.bundle)));
  known.store();
  return Outcome{path, chosen.signatory(), std::move(model.manifest),
                 std::move(known)};
}

void print(const Outcome& outcome, bool json) {
  const std::string root = root_digest(outcome.manifest.resources).to_hex();
  if (json) {
    nlohmann::json value = {{"ok", true},
                            {"signature", outcome.path},
                            {"rootDigest", "sha256:" + root},
                            {"resources", outcome.manifest.resources.size()},
                            {"bytes", outcome.manifest.total_size},
                            {"known", known_json(outcome.known.use())}};
    for (const auto& [name, text] : outcome.signatory.members)
      value[name] = text;
    print_line(dump_json(value));
    return;
  }
  print_line(concat("signed: ", outcome.manifest.resources.size(),
                    " resources, ", human_size(outcome.manifest.total_size),
                    ", ", one_line(outcome.signatory.text)));
  print_line("signature: " + one_line(outcome.path));
  if (const std::string line = known_line(outcome.known.use()); !line.empty())
    print_line(line);
}

class SignCommand final : public Verb {
 public:
  explicit SignCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "sign",
            "Sign a model folder or file with a private key or an identity")) {
    add_model_options(command(), options_.model);
    add_signing_options(command(), options_.signing);
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
