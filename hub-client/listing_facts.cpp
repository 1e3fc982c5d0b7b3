// SPDX-License-Identifier: Apache-2.0
#include "hub-client/listing_facts.h"

#include <algorithm>

namespace sigstore::hub {
namespace {

constexpr std::string_view kNoRepository =
    "the signature does not say for which repository it was made";

bool is_listed(const Listing& listing, std::string_view path) {
  return std::any_of(listing.files.begin(), listing.files.end(),
                     [&](const ListedFile& file) { return file.path == path; });
}

}  // namespace

Result<CheckedContent> ListingFacts::check_content(const ModelSignature& model,
                                                   const VerifyRequest& request,
                                                   Trace& trace) {
  const SignedFiles files(model.signed_manifest.manifest());
  ListingContent content(listing_, files);
  TRY_ASSIGN(CheckedContent checked,
             verify_content(model, content, request, trace));
  TRY(trace.step("the signature is for this repository",
                 "binding annotation git-sigstore/v1",
                 check_state(model.signed_manifest, checked.notes)));
  signed_manifest_ = model.signed_manifest;
  return checked;
}

Result<void> ListingFacts::check_state(const SignedManifest& manifest,
                                       std::vector<std::string>& notes) const {
  const std::optional<Binding>& binding = manifest.binding();
  if (!binding && settings_.require_binding)
    return fail(ErrorKind::wrong_repository, kNoRepository);
  if (!binding) {
    notes.emplace_back(kNoRepository);
    return {};
  }
  const std::string here = question_.repository.to_string();
  const bool is_other_name =
      settings_.other_name &&
      settings_.other_name->to_string() == binding->repository;
  if (binding->repository != here && !is_other_name)
    return fail(ErrorKind::wrong_repository, "signature was made for ",
                binding->repository, ", not for ", here);
  if (binding->ref != question_.ref &&
      question_.ref != question_.commit.id.to_hex())
    notes.push_back(
        concat("signed for ", binding->ref, ", found at ", question_.ref));
  for (const std::string_view path : {".gitattributes", ".gitignore"})
    if (is_listed(listing_, path) != bound_digest(manifest, path).has_value())
      return fail(ErrorKind::content_differs,
                  "does not match its signature: changed ", path);
  return {};
}

Result<Ancestry> ListingFacts::ancestry(const LastVerified& last) {
  // The Hub's word for the history of a repository proves nothing.
  return last.commit == question_.commit.id.to_hex() ? Ancestry::same
                                                     : Ancestry::unknown;
}

std::optional<Sha256Digest> bound_digest(const SignedManifest& manifest,
                                         std::string_view path) {
  const std::optional<Binding>& binding = manifest.binding();
  if (!binding) return std::nullopt;
  if (path == ".gitattributes") return binding->gitattributes;
  if (path == ".gitignore") return binding->gitignore;
  return std::nullopt;
}

}  // namespace sigstore::hub
