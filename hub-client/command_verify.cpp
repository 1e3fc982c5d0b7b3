// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/app/explain.h"
#include "core/app/settings.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/manifest/directory_content.h"
#include "core/verify_model.h"
#include "hub-client/commands.h"
#include "hub-client/known_files.h"
#include "hub-client/signer_options.h"

namespace sigstore::hub {
namespace {

struct Options {
  ModelOptions model;
  SignerOptions signers;
  bool explain = false;
  bool ignore_unsigned_files = false;
  bool exit_detail = false;
  bool fs_verity = false;
};

Result<Bytes> read_signature(const std::string& path) {
  Result<Bytes> bytes = read_file(path, limits::kBundle);
  if (!bytes.ok() && bytes.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::unsigned_content, "not signed: there is no ", path);
  return bytes;
}

// Which root is believed, and how old it is.
void state_trust(const TrustMaterial& trust, const Terminal& terminal,
                 Trace& trace) {
  if (!trust.stale.empty()) terminal.warn(trust.stale);
  std::string origin = trust.origin;
  if (trust.taken) origin += ", taken on " + trust.taken->to_date();
  trace.add({"the trusted root holds together",
             "protobuf-specs, sigstore_trustroot.proto", origin, ""});
}

Result<VerifiedModel> verify(const Options& options, KnownFiles& known,
                             const Terminal& terminal, Trace& trace) {
  const Timestamp now = current_time();
  TRY_ASSIGN(const ExpectedSigners signers, load_signers(options.signers, now));
  if (!signers.identities.empty()) state_trust(*signers.trust, terminal, trace);
  std::error_code error;
  if (!std::filesystem::exists(options.model.model, error))
    return fail(ErrorKind::not_found, options.model.model, " does not exist");
  const std::string path = signature_path(options.model);
  TRY_ASSIGN(const Bytes signature, read_signature(path));
  VerifyRequest request;
  signers.put_into(request);
  request.now = now;
  request.signature_path = path_inside(options.model.model, path);
  TRY_ASSIGN(request.allowed, user_exclusions(options.model));
  request.ignore_unsigned_files = options.ignore_unsigned_files;
  request.forbid_symlinks = !options.model.allow_symlinks;
  TRY_ASSIGN(DirectoryContent content,
             model_content(options.model, known, terminal));
  Result<VerifiedModel> model =
      verify_model(signature, content, request, trace);
  Result<void> frozen;
  if (model.ok() && options.fs_verity) frozen = content.freeze();
  known.store();
  if (!frozen.ok())
    return fail(frozen.error().kind,
                "verified, and not protected: ", frozen.error().message);
  if (!model.ok() || !options.fs_verity) return model;
  trace.add(
      {"the files are kept from changing", "Linux, fs-verity",
       concat(model->signed_manifest.manifest().resources.size(), " resources"),
       ""});
  // They may have changed between the one and the other. What did not is known
  // by the digests that the kernel has of it.
  KnownFiles known_frozen(options.model.model, options.model.paranoid);
  TRY_ASSIGN(DirectoryContent frozen_content,
             model_content(options.model, known_frozen, terminal));
  Trace again;
  model = verify_model(signature, frozen_content, request, again);
  known_frozen.store();
  if (!model.ok()) trace = std::move(again);
  return model;
}

// Who signed, and what proves when.
void add_signer(const VerifiedModel& model, Json& value) {
  value["signer"] = describe_signer(model.signer);
  if (const auto* key = std::get_if<PublicKey>(&model.signer))
    value["keyFingerprint"] = key->fingerprint();
  if (const auto* identity = std::get_if<Identity>(&model.signer)) {
    value["identity"] = identity->name.value;
    value["issuer"] = identity->issuer;
  }
  for (const VerifiedTime& item : model.times)
    value["times"].push_back(
        {{"time", item.time.to_rfc3339()}, {"source", item.source}});
  for (const VerifiedLogEntry& entry : model.log_entries)
    value["logEntries"].push_back({{"log", entry.log}, {"index", entry.index}});
}

void print(const VerifiedModel& model, const KnownFiles& known,
           const Options& options, const Terminal& terminal,
           const Trace& trace) {
  const Manifest& manifest = model.signed_manifest.manifest();
  if (options.model.json) {
    Json value = {
        {"ok", true},
        {"rootDigest", "sha256:" + root_digest(manifest.resources).to_hex()},
        {"modelName", model.signed_manifest.model_name()},
        {"resources", manifest.resources.size()},
        {"bytes", model.total_size},
        {"known", known_json(known.use())},
        {"frozen", options.fs_verity},
        {"notes", model.notes}};
    add_signer(model, value);
    if (options.explain) value["trace"] = trace_json(trace);
    if (const auto& binding = model.signed_manifest.binding())
      value["repository"] = {{"id", binding->repository},
                             {"ref", binding->ref},
                             {"signedAt", binding->signed_at.to_rfc3339()}};
    print_line(dump_json(value));
    return;
  }
  if (options.explain) print_trace(trace);
  for (const std::string& note : model.notes) terminal.warn(note);
  print_line(concat("verified: ", manifest.resources.size(), " resources, ",
                    human_size(model.total_size), ", signed by ",
                    one_line(describe_signer(model.signer))));
  if (const std::string line = known_line(known.use()); !line.empty())
    print_line(line);
  if (options.fs_verity)
    print_line("protected: these files can be deleted, and never change");
}

class VerifyCommand final : public Verb {
 public:
  explicit VerifyCommand(CommandLine app)
      : Verb(app.add_subcommand(
            "verify", "Verify a model folder or file against its signature")) {
    add_model_options(command(), options_.model);
    add_signer_options(command(), options_.signers);
    command().add_flag("--ignore-unsigned-files",
                       options_.ignore_unsigned_files,
                       "Do not look at files that the signature does not list");
    command().add_flag("--exit-detail", options_.exit_detail,
                       "On failure, print the kind of failure on stdout");
    command().add_flag("--fs-verity", options_.fs_verity,
                       "Have the file system keep the verified files from "
                       "ever changing (ext4, btrfs, F2FS)");
    command().add_flag("--explain", options_.explain, "Print every decision");
  }

  ExitCode run() override {
    const Terminal terminal("hf-sigstore");
    Trace trace;
    KnownFiles known(options_.model.model, options_.model.paranoid);
    const Result<VerifiedModel> model =
        verify(options_, known, terminal, trace);
    terminal.end_progress();
    if (!model.ok()) {
      if (options_.exit_detail && !options_.model.json)
        print_line(kind_name(model.error().kind));
      return report(terminal, model.error(), options_.model.json,
                    options_.explain ? &trace : nullptr);
    }
    print(*model, known, options_, terminal, trace);
    return ExitCode::yes;
  }

 private:
  Options options_;
};

}  // namespace

std::unique_ptr<Verb> make_verify_command(CommandLine app) {
  return std::make_unique<VerifyCommand>(app);
}

}  // namespace sigstore::hub
