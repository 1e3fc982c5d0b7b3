// SPDX-License-Identifier: Apache-2.0
#include "hub-client/attachments.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/bundle/bundle_json.h"
#include "core/manifest/signature_file.h"
#include "core/manifest/statement.h"
#include "core/verify/key_method.h"
#include "core/verify/verify_bundle.h"
#include "hub-client/claims.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

using State = JudgedAttachment::State;

// Reads the bundles of one commit.
class Finder {
 public:
  Finder(Hub& hub, const RepoName& repo) : hub_(hub), repo_(repo) {}

  Result<void> add(const Listing& listing, bool is_beside) {
    std::vector<const ListedFile*> files;
    for (const ListedFile& file : listing.files)
      if (is_attachment_name(file.path)) files.push_back(&file);
    std::stable_partition(
        files.begin(), files.end(),
        [](const ListedFile* file) { return file->path == kSignatureName; });
    for (const ListedFile* file : files) {
      // As it is among the model's files already.
      const std::string known = concat(file->path, '\0', file->etag());
      if (!files_.insert(known).second) continue;
      TRY(add_file(listing, *file, is_beside));
    }
    return {};
  }

  std::vector<Attachment> found;

 private:
  Result<void> add_file(const Listing& listing, const ListedFile& file,
                        bool is_beside) {
    Attachment item{is_beside, file.path, 0, {}};
    const std::size_t limit =
        has_lines(file.path) ? limits::kClaimsFile : limits::kBundle;
    if (file.size > limit) {
      item.error =
          fail(ErrorKind::invalid_input, "it is longer than ", limit, " bytes");
      return keep(std::move(item));
    }
    TRY_ASSIGN(const Bytes bytes,
               hub_.read(repo_, listing.commit, file.path, limit));
    item.text = as_text(bytes);
    return has_lines(file.path) ? add_lines(item) : keep(std::move(item));
  }

  Result<void> add_lines(const Attachment& file) {
    const Result<std::vector<Claim>> claims = split_claims(file.text);
    if (!claims.ok()) {
      Attachment broken{file.is_beside, file.path, 0, {}};
      broken.error = claims.error();
      return keep(std::move(broken));
    }
    for (const Claim& claim : *claims)
      if (lines_.emplace(claim.text).second)
        TRY(keep(
            {file.is_beside, file.path, claim.line, std::string(claim.text)}));
    return {};
  }

  Result<void> keep(Attachment item) {
    if (found.size() == limits::kAttachments)
      return fail(ErrorKind::invalid_input, repo_.path(), " has more than ",
                  limits::kAttachments, " signatures and attestations");
    found.push_back(std::move(item));
    return {};
  }

  Hub& hub_;
  const RepoName& repo_;
  std::set<std::string> files_;
  std::set<std::string> lines_;
};

Result<Bundle> parse(const Attachment& item) {
  if (item.error) return *item.error;
  if (item.line > 0) return parse_claim({item.line, item.text});
  return parse_bundle(as_bytes(item.text));
}

// By one of those who are believed? What the statement says of anything is
// not looked at. OMS names a key by its fingerprint; cosign and others by words
// of their own, for attestations: a hint, and the signature decides.
Result<VerifiedBundle> verify_believed(const Bundle& bundle,
                                       const VerifyRequest& request) {
  Trace trace;
  if (!std::holds_alternative<PublicKeyMaterial>(bundle.material) ||
      Sha256Digest::parse_hex(claimed_fingerprint(bundle)))
    return verify_signer(bundle, request, trace);
  Bundle unnamed = bundle;
  unnamed.material = PublicKeyMaterial{};
  Result<VerifiedBundle> verified = verify_signer(unnamed, request, trace);
  if (!verified.ok() && verified.error().kind == ErrorKind::bad_signature)
    return fail(ErrorKind::wrong_signer,
                "not signed with a key that is expected");
  return verified;
}

// Genuine, whoever signed: nothing that could be told is told of a key.
Result<void> check_genuine(const Bundle& bundle, const VerifyRequest& request) {
  if (!std::holds_alternative<CertificateMaterial>(bundle.material) ||
      !std::holds_alternative<DsseEnvelope>(bundle.content) ||
      request.trusted_root == nullptr)
    return {};
  Trace trace;
  TRY(verify_bundle(bundle, SignedContent{},
                    Evidence{*request.trusted_root, request.now}, trace));
  return {};
}

Result<void> check_binding_of(const SignedManifest& manifest,
                              const AttachmentJudge& judge) {
  const std::optional<Binding>& binding = manifest.binding();
  if (!binding && judge.require_binding)
    return fail(ErrorKind::wrong_repository,
                "the signature does not say for which repository it was made");
  if (binding && binding->repository != judge.repository.to_string())
    return fail(ErrorKind::wrong_repository, "signature was made for ",
                binding->repository, ", not for ",
                judge.repository.to_string());
  return {};
}

std::optional<Timestamp> earliest(const std::vector<VerifiedTime>& times) {
  std::optional<Timestamp> first;
  for (const VerifiedTime& item : times)
    if (!first || item.time < *first) first = item.time;
  return first;
}

}  // namespace

std::string Attachment::name() const {
  return concat(is_beside ? concat(kSideBranch, ": ") : "", path,
                line > 0 ? concat(":", line) : "");
}

std::string_view state_text(State state) {
  switch (state) {
    case State::verified:
      return "verified";
    case State::refused:
      return "not verified";
    case State::unknown:
      return "could not tell";
    case State::not_judged:
      break;
  }
  return "signer not judged";
}

Result<std::vector<Attachment>> find_attachments(Hub& hub, const RepoName& repo,
                                                 const Listing& listing) {
  Finder finder(hub, repo);
  TRY(finder.add(listing, false));
  const Result<git::CommitId> side = hub.resolve_revision(repo, kSideBranch);
  if (!side.ok() && side.error().kind != ErrorKind::not_found)
    return side.error();
  if (!side.ok() || *side == listing.commit) return std::move(finder.found);
  TRY_ASSIGN(const Listing beside, hub.list(repo, *side));
  TRY(finder.add(beside, true));
  return std::move(finder.found);
}

// (1) it is a bundle, (2) by one of those who are believed, (3) its statement
// is one, for this repository, (4) and about this model.
JudgedAttachment AttachmentJudge::judge(Attachment attachment,
                                        ModelState& model) const {
  JudgedAttachment out;
  out.attachment = std::move(attachment);
  const auto ask = [&]() -> Result<void> {
    TRY_ASSIGN(const Bundle bundle, parse(out.attachment));  // (1)
    TRY_ASSIGN(out.claims, read_bundle_claims(bundle));
    const Result<std::string> covers = model.covered_by(bundle, *out.claims);
    if (covers.ok()) out.covers = *covers;
    if (!knows_anybody()) {
      TRY(check_genuine(bundle, signers));
      out.state = State::not_judged;
      if (!covers.ok()) out.reason = covers.error().message;
      return {};
    }
    TRY_ASSIGN(const VerifiedBundle verified,
               verify_believed(bundle, signers));  // (2)
    out.signer = describe_signer(verified.signer());
    out.time = earliest(verified.times());
    if (out.claims->kind == BundleClaims::Kind::signature) {  // (3)
      TRY_ASSIGN(const SignedManifest manifest,
                 parse_statement(verified.payload(), verified.is_legacy()));
      TRY(check_binding_of(manifest, *this));
    }
    if (!covers.ok()) return covers.error();  // (4)
    out.state = State::verified;
    return {};
  };
  const Result<void> answer = ask();
  if (answer.ok()) return out;
  out.state = is_refusal(answer.error().kind) ? State::refused : State::unknown;
  out.reason = answer.error().message;
  return out;
}

}  // namespace sigstore::hub
