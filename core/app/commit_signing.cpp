// SPDX-License-Identifier: Apache-2.0
#include "core/app/commit_signing.h"

#include <array>
#include <utility>
#include <vector>

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

// What a commit's own signature says, if it is ours and fits.
Result<SignedCommit> existing_signature(
    TreeContent& content, const Bytes& signature, const SigningTask& task,
    const Binding& facts, const Settings& settings, const PublicKey& own) {
  const std::array<PublicKey, 1> keys{own};
  VerifyRequest request;
  request.keys = keys;
  request.signature_path = kSignatureName;
  for (const std::string& path : settings.ignore)
    TRY(request.allowed.add(path));
  request.actual_state = facts;
  Trace trace;
  TRY_ASSIGN(const VerifiedModel model,
             verify_model(signature, content, request, trace));
  const std::optional<Binding>& binding = model.signed_manifest.binding();
  if (!binding || binding->ref != task.ref)
    return fail(ErrorKind::wrong_repository, "signed for another ref");
  return SignedCommit{
      task.commit, false, model.signed_manifest.manifest().resources.size(),
      LastVerified{task.commit.id.to_hex(), binding->signed_at,
                   sha256(signature), own.fingerprint(), task.now}};
}

// A commit that goes back to an older signed state needs a new signature, or
// every reader would take it for a rollback.
bool is_new_enough(const SignedCommit& signed_commit, const SigningTask& task,
                   const RepositoryTrust& trust) {
  const auto last = trust.refs.find(task.ref);
  return last == trust.refs.end() ||
         check_history(last->second, signed_commit.record.signed_at,
                       signed_commit.record.commit, Ancestry::descends)
             .ok();
}

}  // namespace

Result<SignedCommit> sign_commit(const Repository& repository,
                                 const SigningTask& task,
                                 const Settings& settings,
                                 const RepositoryTrust& trust,
                                 const PrivateKey& key) {
  TreeContent content(*repository.objects, repository.git, task.commit,
                      tree_policy(settings));
  TRY_ASSIGN(Binding binding, content.binding_facts());
  binding.repository = task.repository.to_string();
  binding.ref = task.ref;
  const Result<StoredSignature> before = read_signature(repository, content);
  if (!before.ok() && before.error().kind != ErrorKind::not_found)
    return before.error();
  if (before.ok()) {
    Result<SignedCommit> existing = existing_signature(
        content, before->bytes, task, binding, settings, key.public_key());
    if (existing.ok() && is_new_enough(*existing, task, trust)) return existing;
    binding.predecessor = sha256(before->bytes);
  }

  binding.signed_at = task.now;
  SignRequest request{model_name(task.repository), {}, {}, binding};
  request.parameters.allow_symlinks = settings.allow_symlinks;
  TRY_ASSIGN(request.selection.exclusions, signing_exclusions(settings));
  TRY_ASSIGN(const SignedModel model,
             sign_model(content, key, std::move(request)));
  // Uploaded before the refs are sent, as git-lfs does with weights.
  TRY_ASSIGN(StoredSignature stored,
             store_signature(repository, content, as_bytes(model.bundle)));
  const git::FileToCommit file{std::string(kSignatureName), stored.bytes,
                               "Sign the model\n\nmodel.sig covers the files "
                               "of the parent commit.\n"};
  TRY_ASSIGN(
      const git::CommitId commit,
      git::commit_file(repository.git, *repository.objects, task.commit, file));
  return SignedCommit{
      commit, true, model.manifest.resources.size(),
      LastVerified{commit.id.to_hex(), task.now, sha256(as_bytes(model.bundle)),
                   key.public_key().fingerprint(), task.now},
      std::move(stored.note)};
}

}  // namespace sigstore
