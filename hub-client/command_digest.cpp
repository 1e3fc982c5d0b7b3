// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/manifest/directory_content.h"
#include "hub-client/commands.h"
#include "hub-client/known_files.h"

namespace sigstore::hub {
namespace {

struct Options {
  ModelOptions model;
  HashOptionsText hash;
};

Result<Manifest> digest(const Options& options, KnownFiles& known,
                        const Terminal& terminal) {
  TRY_ASSIGN(const Parameters parameters,
             to_parameters(options.hash, options.model.allow_symlinks));
  Selection selection;
  const std::string inside =
      path_inside(options.model.model, signature_path(options.model));
  if (!inside.empty()) TRY(selection.exclusions.add(inside));
  TRY_ASSIGN(const Exclusions ignored, user_exclusions(options.model));
  for (const std::string& item : ignored.paths())
    TRY(selection.exclusions.add(item));
  TRY_ASSIGN(DirectoryContent content,
             model_content(options.model, known, terminal));
  TRY_ASSIGN(Manifest manifest, content.manifest(parameters, selection));
  known.store();
  if (manifest.resources.empty())
    return fail(ErrorKind::invalid_input, options.model.model,
                " has no file to hash");
  return manifest;
}

void print(const Manifest& manifest, const KnownFiles& known, bool json,
           const Terminal& terminal) {
  const std::string root = "sha256:" + root_digest(manifest.resources).to_hex();
  if (!json) {
    print_line(root);
    // Beside the digest, which scripts read.
    if (const std::string line = known_line(known.use()); !line.empty())
      terminal.say(line);
    return;
  }
  nlohmann::json resources = nlohmann::json::array();
  for (const Resource& resource : manifest.resources)
    resources.push_back(
        {{"name", resource.name}, {"digest", resource.digest.to_hex()}});
  const nlohmann::json value = {
      {"ok", true},
      {"rootDigest", root},
      {"algorithm", hash_name(manifest.parameters.hash_type)},
      {"bytes", manifest.total_size},
      {"known", known_json(known.use())},
      {"resources", std::move(resources)}};
  print_line(dump_json(value));
}

class DigestCommand final : public Verb {
 public:
  explicit DigestCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "digest", "Print the root digest that a signature would state")) {
    add_model_options(command(), options_.model);
    add_hash_options(command(), options_.hash);
  }

  ExitCode run() override {
    const Terminal terminal("hf-sigstore");
    KnownFiles known(options_.model.model, options_.model.paranoid);
    const Result<Manifest> manifest = digest(options_, known, terminal);
    terminal.end_progress();
    if (!manifest.ok()) {
      return report(terminal, manifest.error(), options_.model.json);
    }
    print(*manifest, known, options_.model.json, terminal);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_digest_command(CommandLine app) {
  return std::make_unique<DigestCommand>(app);
}

}  // namespace sigstore::hub
