// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/app/password.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/crypto/private_key.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

struct Options {
  std::string output;
  std::string curve = "p256";
  PasswordOptions password;
  bool no_password = false;
  bool json = false;
};

struct Outcome {
  std::string private_path;
  std::string public_path;
  std::string fingerprint;
};

Curve parse_curve(const std::string& name) {
  if (name == "p384") return Curve::p384;
  return name == "p521" ? Curve::p521 : Curve::p256;
}

Result<Outcome> generate(const Options& options) {
  const Outcome paths{options.output + ".key", options.output + ".pub", ""};
  std::error_code error;
  for (const std::string& path : {paths.private_path, paths.public_path})
    if (std::filesystem::exists(path, error))
      return fail(ErrorKind::invalid_input, path,
                  " exists already; keys are never overwritten");
  TRY_ASSIGN(const PrivateKey key,
             PrivateKey::generate(parse_curve(options.curve)));
  Password password("");
  if (!options.no_password) {
    Result<Password> asked = new_password(options.password);
    if (!asked.ok()) {
      Error why = std::move(asked).error();
      if (why.kind == ErrorKind::unauthorized)
        why.message += " (or --no-password)";
      return why;
    }
    std::destroy_at(&password);
    std::construct_at(&password, std::move(*asked));
  }
  const bool plain = password.reveal_secret().empty();
  TRY_ASSIGN(Bytes pem, key.export_secret_pem(plain ? nullptr : &password));
  Result<void> written = write_new_file(paths.private_path, pem, 0600);
  wipe(pem);
  if (!written.ok()) return std::move(written).error();
  TRY(write_new_file(paths.public_path, as_bytes(key.public_key().pem()),
                     0644));
  return Outcome{paths.private_path, paths.public_path,
                 key.public_key().fingerprint()};
}

void print(const Outcome& outcome, bool json) {
  if (json) {
    const nlohmann::json value = {{"ok", true},
                                  {"privateKey", outcome.private_path},
                                  {"publicKey", outcome.public_path},
                                  {"keyFingerprint", outcome.fingerprint}};
    print_line(dump_json(value));
    return;
  }
  print_line("private key: " + one_line(outcome.private_path) +
             " (keep it secret)");
  print_line("public key:  " + one_line(outcome.public_path) +
             " (give it to your readers)");
  print_line("fingerprint: " + outcome.fingerprint);
}

class KeygenCommand final : public Verb {
 public:
  explicit KeygenCommand(CommandLine app)
      : Verb(app.add_subcommand("keygen",
                                "Make a key pair to sign models with")) {
    command()
        .add_option("NAME", options_.output,
                    "Writes NAME.key (private) and NAME.pub (public)")
        .required();
    command()
        .add_option("--curve", options_.curve, "p256, p384 or p521")
        .one_of({"p256", "p384", "p521"});
    add_password_options(command(), options_.password);
    command().add_flag("--no-password", options_.no_password,
                       "Do not encrypt the private key");
    command().add_flag("--json", options_.json, "Print the result as JSON");
  }

  ExitCode run() override {
    const Result<Outcome> outcome = generate(options_);
    if (!outcome.ok()) {
      return report(Terminal("hf-sigstore"), outcome.error(), options_.json);
    }
    print(*outcome, options_.json);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_keygen_command(CommandLine app) {
  return std::make_unique<KeygenCommand>(app);
}

}  // namespace sigstore::hub
