// SPDX-License-Identifier: Apache-2.0
#include "core/verify_model.h"

#include <algorithm>
#include <utility>

#include "core/bundle/bundle_json.h"
#include "core/verify/certificate_method.h"
#include "core/verify/key_method.h"
#include "core/verify/verify_bundle.h"

namespace sigstore {
namespace {

bool names_nobody(const VerifyRequest& request) {
  return request.keys.empty() && request.certificate_roots.empty() &&
         request.identities.empty();
}

// "a key or an identity"
std::string describe_expected(const VerifyRequest& request) {
  std::string out;
  const auto add = [&](bool is_expected, std::string_view what) {
    if (is_expected) out += concat(out.empty() ? "" : " or ", what);
  };
  add(!request.keys.empty(), "a key");
  add(!request.certificate_roots.empty(), "a certificate");
  add(!request.identities.empty(), "an identity");
  return out;
}

// OMS v1.0 11.1, "MUST match field to method".
Result<void> check_kind(std::string_view found, bool is_expected,
                        const VerifyRequest& request) {
  if (is_expected || names_nobody(request)) return {};
  return fail(ErrorKind::wrong_signer, "signed with ", found, ", expected ",
              describe_expected(request));
}

Result<VerifiedBundle> verify_identity(const Bundle& bundle,
                                       const VerifyRequest& request,
                                       Trace& trace) {
  if (request.trusted_root == nullptr)
    return fail(ErrorKind::stale_trust,
                "signed with a Sigstore identity, and there is no trusted "
                "root to check it with");
  // What the statement is about is compared below, file by file.
  TRY_ASSIGN(
      VerifiedBundle verified,
      verify_bundle(bundle, SignedContent{},
                    Evidence{*request.trusted_root, request.now}, trace));
  TRY(trace.step(
      "the identity is one that is expected", "policy/signer_rule.h",
      describe_signer(verified.signer()),
      check_signer(std::get<Identity>(verified.signer()), request.identities)));
  return verified;
}

// The file that a resource is about.
std::string_view path_of(const Manifest& manifest, const Resource& resource) {
  if (manifest.parameters.method == Method::files) return resource.name;
  // Shard names were checked when the statement was read.
  return parse_shard_name(resource.name).value().path;
}

// What is left out: the defaults, the signature, what the verifier allows.
Result<Selection> make_selection(const VerifyRequest& request,
                                 const Manifest& manifest) {
  Selection selection;
  selection.exclusions.add(request.allowed);
  if (!request.signature_path.empty())
    TRY(selection.exclusions.add(request.signature_path));
  if (request.ignore_unsigned_files) selection.only.emplace();
  for (const Resource& resource : manifest.resources) {
    const std::string_view path = path_of(manifest, resource);
    if (selection.only) selection.only->emplace(path);
    if (selection.exclusions.covers(path)) selection.despite.emplace(path);
  }
  return selection;
}

// A model that is one file is named by its base name, or "." by
// model-signing; anywhere else "." is no name.
Result<Manifest> adapt_single_file(Manifest manifest, const Content& content) {
  const std::string single = content.single_file_name();
  for (Resource& resource : manifest.resources) {
    const bool dot = resource.name == "." || resource.name.starts_with(".:");
    if (!dot) continue;
    if (single.empty())
      return fail(ErrorKind::content_differs,
                  "the signature is for a single file, not for a folder");
    resource.name.replace(0, 1, single);
  }
  return manifest;
}

// Extra files that the signer left out on purpose, and we did not: say so.
Result<void> explain_ignored(Result<void> compared,
                             const Difference& difference,
                             const Manifest& signed_manifest) {
  if (compared.ok()) return compared;
  Error error = std::move(compared).error();
  for (const std::string& ignored : signed_manifest.parameters.ignore_paths) {
    Exclusions one;
    const bool hides_extra =
        one.add(ignored).ok() &&
        std::any_of(difference.extra.begin(), difference.extra.end(),
                    [&](const std::string& path) { return one.covers(path); });
    if (hides_extra)
      error.message += concat("; the signer left out ", ignored,
                              ", which counts only if you ignore it too");
  }
  return error;
}

Result<std::uint64_t> check_content(const Manifest& listed, Content& content,
                                    const VerifyRequest& request) {
  TRY_ASSIGN(Manifest expected, adapt_single_file(listed, content));
  // The recorded policy counts; a verifier may only be stricter.
  if (request.forbid_symlinks) expected.parameters.allow_symlinks = false;
  TRY_ASSIGN(const Selection selection, make_selection(request, expected));
  TRY_ASSIGN(const Manifest actual,
             content.manifest(expected.parameters, selection));
  const Difference difference = compare(expected, actual);
  TRY(explain_ignored(check_no_difference(difference), difference, expected));
  return actual.total_size;
}

Result<void> check_state(const SignedManifest& signed_manifest,
                         const VerifyRequest& request,
                         std::vector<std::string>& notes) {
  const std::optional<Binding>& binding = signed_manifest.binding();
  if (!binding && request.require_binding)
    return fail(ErrorKind::wrong_repository,
                "the signature does not say for which repository it was made");
  if (!binding) {
    notes.emplace_back(
        "the signature does not say for which repository it was made");
    return {};
  }
  Binding actual = *request.actual_state;
  for (const std::string& name : request.other_names)
    if (binding->repository == name) actual.repository = name;
  TRY(check_binding(*binding, actual));
  if (binding->ref != request.actual_state->ref)
    notes.push_back(concat("signed for ", binding->ref, ", found at ",
                           request.actual_state->ref));
  return {};
}

}  // namespace

Result<VerifiedBundle> verify_signer(const Bundle& bundle,
                                     const VerifyRequest& request,
                                     Trace& trace) {
  const bool key = std::holds_alternative<PublicKeyMaterial>(bundle.material);
  const bool chain =
      std::holds_alternative<CertificateChainMaterial>(bundle.material);
  const std::string_view found = key     ? "a key"
                                 : chain ? "a certificate"
                                         : "a Sigstore identity";
  const bool is_expected = key     ? !request.keys.empty()
                           : chain ? !request.certificate_roots.empty()
                                   : !request.identities.empty();
  TRY(trace.step("the kind of signer is one that is expected",
                 "OMS v1.0 11.1, \"MUST match field to method\"",
                 std::string(found), check_kind(found, is_expected, request)));
  if (key) return verify_key_method(bundle, request.keys, trace);
  if (chain)
    return verify_certificate_method(
        bundle, CertificateTrust{request.certificate_roots, request.now},
        trace);
  return verify_identity(bundle, request, trace);
}

// (1) parse the bundle, (2) verify who signed it, (3) read the statement.
Result<ModelSignature> verify_signature(ByteView bundle_json,
                                        const VerifyRequest& request,
                                        Trace& trace) {
  TRY_ASSIGN(const Bundle bundle,  // (1)
             trace.step("the bundle is well formed", "OMS v1.0 4, 8.1",
                        parse_bundle(bundle_json)));
  TRY_ASSIGN(const VerifiedBundle verified,  // (2)
             verify_signer(bundle, request, trace));
  TRY_ASSIGN(
      SignedManifest signed_manifest,  // (3)
      trace.step("the payload is a model signature statement",
                 "OMS v1.0 5, 8.3",
                 parse_statement(verified.payload(), verified.is_legacy())));
  return ModelSignature{verified.signer(), verified.times(),
                        verified.log_entries(), std::move(signed_manifest)};
}

// (4) compare names and digests, (5) compare the repository's state.
Result<CheckedContent> verify_content(const ModelSignature& model,
                                      Content& content,
                                      const VerifyRequest& request,
                                      Trace& trace) {
  CheckedContent checked;
  TRY_ASSIGN(checked.total_size,  // (4)
             trace.step("the files are those that were signed", "OMS v1.0 8.4",
                        check_content(model.signed_manifest.manifest(), content,
                                      request)));
  checked.notes = model.signed_manifest.notes();
  for (std::string& note : content.notes())
    checked.notes.push_back(std::move(note));
  if (request.actual_state)  // (5)
    TRY(trace.step("the signature is for this repository and state",
                   "binding annotation git-sigstore/v1",
                   check_state(model.signed_manifest, request, checked.notes)));
  return checked;
}

Result<VerifiedModel> verify_model(ByteView bundle_json, Content& content,
                                   const VerifyRequest& request, Trace& trace) {
  TRY_ASSIGN(ModelSignature model,
             verify_signature(bundle_json, request, trace));
  TRY_ASSIGN(CheckedContent checked,
             verify_content(model, content, request, trace));
  return VerifiedModel{std::move(model), std::move(checked)};
}

}  // namespace sigstore
