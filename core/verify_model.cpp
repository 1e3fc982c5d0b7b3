// SPDX-License-Identifier: Apache-2.0
#include "core/verify_model.h"

#include <algorithm>
#include <utility>

#include "core/bundle/bundle_json.h"
#include "core/verify/verify_bundle.h"

namespace sigstore {
namespace {

// What is left out: the defaults, the signature, what the verifier allows.
Result<Selection> make_selection(const VerifyRequest& request,
                                 const Manifest& manifest) {
  Selection selection;
  if (!request.signature_path.empty())
    TRY(selection.exclusions.add(request.signature_path));
  for (const std::string& path : request.allowed.paths())
    TRY(selection.exclusions.add(path));
  if (!request.ignore_unsigned_files) return selection;
  selection.only.emplace();
  for (const Resource& resource : manifest.resources) {
    if (manifest.parameters.method == Method::files) {
      selection.only->insert(resource.name);
    } else {
      TRY_ASSIGN(const ShardName shard, parse_shard_name(resource.name));
      selection.only->emplace(shard.path);
    }
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

// Files that the exclusions hide, but the signature lists, must still match:
// exclusions forgive unlisted files only.
Result<void> check_nothing_listed_is_hidden(const Manifest& signed_manifest,
                                            const Selection& selection) {
  for (const Resource& resource : signed_manifest.resources) {
    std::string_view path = resource.name;
    if (signed_manifest.parameters.method == Method::shards) {
      TRY_ASSIGN(const ShardName shard, parse_shard_name(path));
      path = shard.path;
    }
    if (selection.exclusions.covers(path))
      return fail(ErrorKind::unsupported, "the signature lists ", path,
                  ", which is left out here");
  }
  return {};
}

Result<std::uint64_t> check_content(const Manifest& listed, Content& content,
                                    const VerifyRequest& request) {
  TRY_ASSIGN(Manifest expected, adapt_single_file(listed, content));
  // The recorded policy counts; a verifier may only be stricter.
  if (request.forbid_symlinks) expected.parameters.allow_symlinks = false;
  TRY_ASSIGN(const Selection selection, make_selection(request, expected));
  TRY(check_nothing_listed_is_hidden(expected, selection));
  TRY_ASSIGN(const Manifest actual,
             content.manifest(expected.parameters, selection));
  TRY(check_no_difference(compare(expected, actual)));
  return actual.total_size;
}

Result<void> check_state(const SignedManifest& signed_manifest,
                         const VerifyRequest& request,
                         std::vector<std::string>& notes) {
  if (!request.actual_state) return {};
  const std::optional<Binding>& binding = signed_manifest.binding();
  if (!binding) {
    notes.emplace_back(
        "the signature does not say for which repository it was made");
    return {};
  }
  TRY(check_binding(*binding, *request.actual_state));
  if (binding->ref != request.actual_state->ref)
    notes.push_back(concat("signed for ", binding->ref, ", found at ",
                           request.actual_state->ref));
  return {};
}

}  // namespace

// (1) parse the bundle, (2) verify_bundle, (3) read the statement, (4) compare
// names and digests, (5) compare the repository's state.
Result<VerifiedModel> verify_model(ByteView bundle_json, Content& content,
                                   const VerifyRequest& request, Trace& trace) {
  TRY_ASSIGN(const Bundle bundle,  // (1)
             trace.step("the bundle is well formed", "OMS v1.0 4, 8.1",
                        parse_bundle(bundle_json)));
  TRY_ASSIGN(const VerifiedBundle verified,  // (2)
             verify_bundle(bundle, request.keys, trace));
  TRY_ASSIGN(
      SignedManifest signed_manifest,  // (3)
      trace.step("the payload is a model signature statement",
                 "OMS v1.0 5, 8.3",
                 parse_statement(verified.payload(), verified.is_legacy())));
  TRY_ASSIGN(
      const std::uint64_t size,  // (4)
      trace.step("the files are those that were signed", "OMS v1.0 8.4",
                 check_content(signed_manifest.manifest(), content, request)));
  std::vector<std::string> notes = signed_manifest.notes();
  TRY(trace.step("the signature is for this repository and state",  // (5)
                 "binding annotation git-sigstore/v1",
                 check_state(signed_manifest, request, notes)));
  return VerifiedModel{verified.signer(), std::move(signed_manifest), size,
                       std::move(notes)};
}

}  // namespace sigstore
