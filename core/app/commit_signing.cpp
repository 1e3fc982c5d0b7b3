// SPDX-License-Identifier: Apache-2.0
#include "core/app/commit_signing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/app/commit_check.h"
#include "core/app/kept_signature.h"
#include "core/app/signature_object.h"
#include "core/base/trace.h"
#include "core/crypto/message_digest.h"
#include "core/git/commit_file.h"
#include "core/manifest/tree_content.h"
#include "core/policy/history.h"
#include "core/sign_model.h"
#include "core/verify_model.h"

namespace sigstore {
namespace {

Result<Exclusions> signing_exclusions(const Settings& settings) {
  Exclusions exclusions = Exclusions::defaults();
  TRY(exclusions.add(kSignatureName));
  for (const std::string& path : settings.ignore)
    TRY(exclusions.add(path).context("git config sigstore.ignore"));
  return exclusions;
}

// The base name of the repository is the model's name.
std::string model_name(const RepoId& repository) {
  const std::string& path = repository.path();
  return path.substr(path.rfind('/') + 1);
}

TrustedSigner signer_of(const Signer& signer) {
  if (const auto* key = std::get_if<PublicKey>(&signer)) return {*key, "", {}};
  const Identity& identity = std::get<Identity>(signer);
  return {SignerRule{identity.name.value, false, identity.issuer, {}}, "", {}};
}

// One commit on its way to a signature.
class Signing {
 public:
  Signing(const Repository& repository, const SigningTask& task,
          const Settings& settings, const RepositoryTrust& trust,
          CommitSigner& signer)
      : repository_(repository),
        task_(task),
        settings_(settings),
        trust_(trust),
        signer_(signer),
        content_(*repository.objects, repository.git, task.commit,
                 tree_policy(settings)) {}

  // A signature that serves already: in the commit (`created` is false), or
  // kept. Afterwards `binding_` is what a new one would say.
  Result<std::optional<SignedCommit>> find();
  Result<SignedCommit> make();
  Result<SignedCommit> commit(SignedCommit made);

 private:
  Result<SignedCommit> check(ByteView signature);
  Result<SignedCommit> check_found(ByteView signature);
  bool is_new_enough(const SignedCommit& made) const;
  Timestamp later_than_last() const;

  const Repository& repository_;
  const SigningTask& task_;
  const Settings& settings_;
  const RepositoryTrust& trust_;
  CommitSigner& signer_;
  TreeContent content_;
  Binding binding_;
  Bytes signature_;
  std::optional<Sha256Digest> said_predecessor_;  // what check() found
};

// What a signature says, if it is ours and fits.
Result<SignedCommit> Signing::check(ByteView signature) {
  VerifyRequest request;
  TRY(signer_.expect_own(trust_, request));
  request.signature_path = kSignatureName;
  for (const std::string& path : settings_.ignore)
    TRY(request.allowed.add(path));
  request.actual_state = binding_;
  Trace trace;
  TRY_ASSIGN(const VerifiedModel model,
             verify_model(signature, content_, request, trace));
  const std::optional<Binding>& binding = model.signed_manifest.binding();
  if (!binding || binding->ref != task_.ref)
    return fail(ErrorKind::wrong_repository, "signed for another ref");
  said_predecessor_ = binding->predecessor;
  const TrustedSigner signer = signer_of(model.signer);
  SignedCommit made{task_.commit, false,
                    model.signed_manifest.manifest().resources.size(),
                    LastVerified{task_.commit.id.to_hex(), signing_time(model),
                                 sha256(signature), signer.id(), task_.now}};
  made.signer = signer;
  if (!model.log_entries.empty())
    made.log_index = model.log_entries.front().index;
  return made;
}

Result<SignedCommit> Signing::check_found(ByteView signature) {
  Result<SignedCommit> found = check(signature);
  const bool is_stranger =
      !found.ok() && (found.error().kind == ErrorKind::wrong_signer ||
                      found.error().kind == ErrorKind::unknown_signer);
  if (!is_stranger || !signer_.learn_identity()) return found;
  return check(signature);
}

// A commit that goes back to an older signed state needs a new signature, or
// every reader would take it for a rollback.
bool Signing::is_new_enough(const SignedCommit& made) const {
  const auto last = trust_.refs.find(task_.ref);
  return last == trust_.refs.end() ||
         check_history(last->second, made.record.signed_at, made.record.commit,
                       Ancestry::descends)
             .ok();
}

Result<std::optional<SignedCommit>> Signing::find() {
  TRY_ASSIGN(binding_, content_.binding_facts());
  binding_.repository = task_.repository.to_string();
  binding_.ref = task_.ref;
  const Result<StoredSignature> before = read_signature(repository_, content_);
  if (!before.ok() && before.error().kind != ErrorKind::not_found)
    return before.error();
  if (before.ok()) {
    Result<SignedCommit> existing = check_found(before->bytes);
    if (existing.ok() && is_new_enough(*existing))
      return std::optional(std::move(*existing));
    binding_.predecessor = sha256(before->bytes);
  }
  if (signer_.key() != nullptr) return std::optional<SignedCommit>();
  std::optional<Bytes> kept =
      find_kept_signature(repository_.git, task_.repository, task_.ref);
  if (!kept) return std::optional<SignedCommit>();
  Result<SignedCommit> again = check_found(*kept);
  if (!again.ok() || said_predecessor_ != binding_.predecessor ||
      !is_new_enough(*again))
    return std::optional<SignedCommit>();
  signature_ = *std::move(kept);
  again->created = true;
  return std::optional(std::move(*again));
}

// Times are whole seconds: of two pushes in one, or after a clock that was set
// back, readers could not tell which state is the newer.
Timestamp Signing::later_than_last() const {
  const auto last = trust_.refs.find(task_.ref);
  if (last == trust_.refs.end() || !last->second.signed_at) return task_.now;
  return std::max(task_.now, Timestamp{last->second.signed_at->seconds + 1});
}

Result<SignedCommit> Signing::make() {
  binding_.signed_at = later_than_last();
  SignRequest request{model_name(task_.repository), {}, {}, binding_};
  request.parameters.allow_symlinks = settings_.allow_symlinks;
  TRY_ASSIGN(request.selection.exclusions, signing_exclusions(settings_));
  TRY_ASSIGN(const SignedModel model,
             signer_.sign(content_, std::move(request)));
  signature_ = to_bytes(model.bundle);
  if (const PublicKey* key = signer_.key()) {
    SignedCommit made{task_.commit, true, model.manifest.resources.size(),
                      LastVerified{"", binding_.signed_at, sha256(signature_),
                                   key->fingerprint(), task_.now}};
    made.signer = TrustedSigner{*key, "", {}};
    return made;
  }
  // What readers will find in it; in particular the time that they go by.
  TRY_ASSIGN(SignedCommit made,
             check(signature_).context("checking our own signature"));
  made.created = true;
  TRY(keep_signature(repository_.git, task_.repository, task_.ref, signature_));
  return made;
}

Result<SignedCommit> Signing::commit(SignedCommit made) {
  // Uploaded before the refs are sent, as git-lfs does with weights.
  TRY_ASSIGN(StoredSignature stored,
             store_signature(repository_, content_, signature_));
  const git::FileToCommit file{std::string(kSignatureName), stored.bytes,
                               "Sign the model\n\nmodel.sig covers the files "
                               "of the parent commit.\n"};
  TRY_ASSIGN(made.commit,
             git::commit_file(repository_.git, *repository_.objects,
                              task_.commit, file));
  made.record.commit = made.commit.id.to_hex();
  made.note = std::move(stored.note);
  return made;
}

}  // namespace

std::string SignedCommit::by() const {
  if (const auto* key = std::get_if<PublicKey>(&signer->who))
    return "with key " + key->fingerprint().substr(0, 16);
  return "as " + std::get<SignerRule>(signer->who).identity;
}

std::string SignedCommit::in_log() const {
  return log_index ? concat(" (log index ", *log_index, ")") : std::string();
}

Result<SignedCommit> sign_commit(const Repository& repository,
                                 const SigningTask& task,
                                 const Settings& settings,
                                 const RepositoryTrust& trust,
                                 CommitSigner& signer) {
  Signing signing(repository, task, settings, trust, signer);
  TRY_ASSIGN(std::optional<SignedCommit> found, signing.find());
  if (found && !found->created) return *std::move(found);
  if (!found) {
    TRY_ASSIGN(found, signing.make());
  }
  return signing.commit(*std::move(found));
}

Result<bool> needs_signature(const Repository& repository,
                             const SigningTask& task, const Settings& settings,
                             const RepositoryTrust& trust,
                             CommitSigner& signer) {
  Signing signing(repository, task, settings, trust, signer);
  TRY_ASSIGN(const std::optional<SignedCommit> found, signing.find());
  return !found.has_value();
}

}  // namespace sigstore
