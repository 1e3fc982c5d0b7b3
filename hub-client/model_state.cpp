// SPDX-License-Identifier: Apache-2.0
#include "hub-client/model_state.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/manifest/signature_file.h"
#include "hub-client/publish.h"

namespace sigstore::hub {
namespace {

const ListedFile* find_content(const Listing& listing, std::string_view hex) {
  for (const ListedFile& file : listing.files)
    if (file.sha256 && file.sha256->to_hex() == hex) return &file;
  return nullptr;
}

bool names_commit(const ClaimedSubject& subject, const git::CommitId& commit) {
  return (subject.algorithm == "gitCommit" || subject.algorithm == "sha1") &&
         subject.hex == commit.id.to_hex();
}

// Is every resource one of `actual`? Both are sorted.
bool is_part(const std::vector<Resource>& part,
             const std::vector<Resource>& actual) {
  return std::all_of(part.begin(), part.end(), [&](const Resource& item) {
    const auto found =
        std::lower_bound(actual.begin(), actual.end(), item.name,
                         [](const Resource& one, const std::string& name) {
                           return one.name < name;
                         });
    return found != actual.end() && *found == item;
  });
}

}  // namespace

Result<const Manifest*> ModelState::manifest() {
  if (!manifest_) {
    const auto make = [this]() -> Result<Manifest> {
      Selection selection;
      for (const ListedFile& file : listing_.files)
        if (is_attachment_name(file.path))
          TRY(selection.exclusions.add(file.path));
      return HubContent(hub_, repo_, listing_).manifest({}, selection);
    };
    manifest_ = make();
  }
  if (!manifest_->ok()) return manifest_->error();
  return &**manifest_;
}

Result<std::string> ModelState::covered_by_model(const Bundle& bundle) {
  TRY_ASSIGN(const Manifest claimed, claimed_manifest(bundle));
  if (claimed.parameters.method != Method::files ||
      claimed.parameters.hash_type != HashAlgorithm::sha256)
    return fail(ErrorKind::unsupported,
                "it lists no SHA-256 of whole files, and the Hub lists nothing "
                "else: pull the model and verify the folder");
  TRY_ASSIGN(const Manifest* actual, manifest());
  TRY(check_no_difference(compare(claimed, *actual)));
  return concat("all ", actual->resources.size(), " files");
}

Result<std::optional<std::string>> ModelState::listed_root() {
  if (listing_.find(kSignatureName) == nullptr)
    return std::optional<std::string>();
  TRY_ASSIGN(const Manifest* actual, manifest());
  TRY_ASSIGN(const Bytes bytes, hub_.read(repo_, listing_.commit,
                                          kSignatureName, limits::kBundle));
  const Result<Manifest> claimed = claimed_manifest(bytes);
  if (!claimed.ok() || !is_part(claimed->resources, actual->resources))
    return std::optional<std::string>();
  return std::optional(root_digest(claimed->resources).to_hex());
}

Result<std::string> ModelState::covered_by_subjects(
    const BundleClaims& claims) {
  // What needs no other request comes first.
  for (const ClaimedSubject& subject : claims.subjects) {
    if (names_commit(subject, listing_.commit))
      return "commit " + listing_.commit.id.to_short();
    if (subject.algorithm != "sha256") continue;
    const ListedFile* file = find_content(listing_, subject.hex);
    if (file != nullptr) return file->path;
  }
  TRY_ASSIGN(const Manifest* actual, manifest());
  const std::string root = root_digest(actual->resources).to_hex();
  TRY_ASSIGN(const std::optional<std::string> listed, listed_root());
  for (const ClaimedSubject& subject : claims.subjects) {
    if (subject.algorithm != "sha256") continue;
    if (subject.hex == root)
      return concat("all ", actual->resources.size(), " files");
    if (subject.hex == listed) return std::string("the files of model.sig");
    for (const Resource& file : actual->resources)
      if (file.digest.to_hex() == subject.hex) return file.name;
  }
  return fail(ErrorKind::content_differs,
              "none of its subjects is this model, a file of it, or this "
              "commit");
}

Result<std::string> ModelState::covered_by(const Bundle& bundle,
                                           const BundleClaims& claims) {
  return claims.kind == BundleClaims::Kind::signature
             ? covered_by_model(bundle)
             : covered_by_subjects(claims);
}

}  // namespace sigstore::hub
