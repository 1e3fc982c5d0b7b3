// SPDX-License-Identifier: Apache-2.0

// The command line of the public Sigstore conformance suite
// (sigstore-conformance, docs/cli_protocol.md). People verify models with
// `hf-sigstore verify`.

#include <filesystem>
#include <memory>

#include "core/app/explain.h"
#include "core/app/settings.h"
#include "core/app/trust_material.h"
#include "core/base/file.h"
#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/start.h"
#include "core/policy/signer_rule.h"
#include "core/verify/verify_bundle.h"
#include "hub-client/artifact.h"
#include "hub-client/commands.h"

namespace sigstore::hub {
namespace {

struct Options {
  std::string bundle;
  std::string identity;
  std::string issuer;
  std::string key;
  std::string trusted_root;
  std::string artifact;
  bool staging = false;
  bool explain = false;
  bool json = false;
};

Result<std::optional<VerificationKey>> read_key(const Options& options) {
  if (options.key.empty()) return std::optional<VerificationKey>();
  TRY_ASSIGN(const Bytes pem, read_file(options.key, limits::kKeyFile));
  Result<VerificationKey> key = VerificationKey::from_pem(as_text(pem));
  if (!key.ok()) return std::move(key).error().context(options.key);
  return std::optional(std::move(*key));
}

Result<void> check_options(const Options& options) {
  const bool named = !options.identity.empty() && !options.issuer.empty();
  const bool half = options.identity.empty() != options.issuer.empty();
  if (half || named == !options.key.empty())
    return fail(ErrorKind::invalid_input,
                "needs --key, or --certificate-identity with "
                "--certificate-oidc-issuer");
  return {};
}

Result<TrustMaterial> load_trust(const Options& options, Timestamp now) {
  if (options.staging && options.trusted_root.empty())
    return load_staging_material(now);
  return load_trust_material({options.trusted_root, {}}, now);
}

Result<VerifiedBundle> verify(const Options& options, Trace& trace) {
  TRY(check_options(options));
  TRY_ASSIGN(std::optional<VerificationKey> key, read_key(options));
  TRY_ASSIGN(const Bytes json, read_file(options.bundle, limits::kBundle));
  TRY_ASSIGN(
      const Bundle bundle,
      trace.step("the bundle is well formed", "protobuf-specs, bundle",
                 options.bundle, parse_bundle(json).context(options.bundle)));
  const Timestamp now = current_time();
  TRY_ASSIGN(
      const TrustMaterial trust,
      trace.step("the trusted root is well formed", "protobuf-specs, trustroot",
                 options.trusted_root, load_trust(options, now)));
  TRY_ASSIGN(const Artifact artifact, read_artifact(options.artifact));
  TRY_ASSIGN(VerifiedBundle verified,
             verify_bundle(bundle, {artifact.digests, artifact.bytes()},
                           Evidence{trust.root, now, std::move(key)}, trace));
  if (const auto* identity = std::get_if<Identity>(&verified.signer())) {
    const std::vector<SignerRule> rules{
        {options.identity, false, options.issuer, {}}};
    TRY(trace.step("the identity is the one that is expected",
                   "client-spec 4.3", describe_signer(verified.signer()),
                   check_signer(*identity, rules)));
  }
  return verified;
}

class VerifyBundleCommand final : public Verb {
 public:
  explicit VerifyBundleCommand(CommandLine app)
      : Verb(
            app.add_subcommand("verify-bundle", "Verify any Sigstore bundle")) {
    command().hide();
    command().add_option("--bundle", options_.bundle, "The bundle").required();
    command().add_option("--certificate-identity", options_.identity,
                         "Name in the certificate");
    command().add_option("--certificate-oidc-issuer", options_.issuer,
                         "Who vouched for the name");
    command().add_option("--key", options_.key, "Public key (PEM)");
    command().add_option("--trusted-root", options_.trusted_root,
                         "Trusted root (JSON)");
    command().add_flag("--staging", options_.staging,
                       "For the staging instance");
    command().add_flag("--explain", options_.explain, "Print every decision");
    command().add_flag("--json", options_.json, "Print the result as JSON");
    command()
        .add_option("FILE_OR_DIGEST", options_.artifact,
                    "What was signed: a file, or sha256: and its digest")
        .required();
  }

  ExitCode run() override {
    start_verifier();
    const Terminal terminal("hf-sigstore");
    Trace trace;
    const Result<VerifiedBundle> verified = verify(options_, trace);
    if (!verified.ok())
      return report(terminal, verified.error(), options_.json,
                    options_.explain ? &trace : nullptr);
    const std::string signer = describe_signer(verified->signer());
    if (options_.json) {
      Json value = {{"ok", true}, {"signer", signer}};
      if (options_.explain) value["trace"] = trace_json(trace);
      print_line(dump_json(value));
      return ExitCode::yes;
    }
    if (options_.explain) print_trace(trace);
    print_line("verified: signed by " + one_line(signer));
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_verify_bundle_command(CommandLine app) {
  return std::make_unique<VerifyBundleCommand>(app);
}

}  // namespace sigstore::hub
