// SPDX-License-Identifier: Apache-2.0
#include "core/app/commit_check.h"

#include <algorithm>
#include <utility>

#include "core/app/keyring.h"
#include "core/app/refusal.h"
#include "core/app/signature_object.h"
#include "core/app/signed_relatives.h"
#include "core/app/terminal.h"
#include "core/app/trust_material.h"
#include "core/base/encoding.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/tree_content.h"
#include "core/policy/accepted_signers.h"
#include "core/policy/history.h"
#include "core/verify_model.h"

namespace sigstore {
namespace {

Result<CommitVerdict> judge_unsigned(const Settings& settings,
                                     const RepositoryTrust& trust) {
  if (trust.was_signed())
    return fail(ErrorKind::unsigned_content, "is not signed (",
                last_seen(trust), ")");
  if (settings.mode == Mode::require)
    return fail(ErrorKind::unsigned_content,
                "is not signed, and sigstore.mode is require");
  return CommitVerdict{};
}

Result<Ancestry> find_ancestry(const Repository& repository,
                               const CommitQuestion& question,
                               const LastVerified& last) {
  const auto before = git::ObjectId::parse_hex(last.commit);
  if (!before)
    return fail(ErrorKind::invalid_input, "the trust file names commit '",
                last.commit, "'");
  if (*before == question.commit.id) return Ancestry::same;
  if (!repository.objects->header(*before).ok())
    // All of its history is here, and the commit is not in it.
    return question.history_complete ? Ancestry::does_not : Ancestry::unknown;
  TRY_ASSIGN(
      const std::optional<bool> descends,
      repository.git.is_ancestor(git::CommitId{*before}, question.commit));
  if (descends == true) return Ancestry::descends;
  if (descends == false && question.history_complete) return Ancestry::does_not;
  return Ancestry::unknown;
}

Result<void> check_last_verified(const Repository& repository,
                                 const CommitQuestion& question,
                                 const RepositoryTrust& trust,
                                 const std::optional<Timestamp>& signed_at) {
  const auto last = trust.refs.find(question.ref);
  if (last == trust.refs.end()) return {};
  TRY_ASSIGN(const Ancestry ancestry,
             find_ancestry(repository, question, last->second));
  return check_history(last->second, signed_at, question.commit.id.to_hex(),
                       ancestry);
}

Result<void> trace_history(const Repository& repository,
                           const CommitQuestion& question,
                           const RepositoryTrust& trust,
                           const std::optional<Timestamp>& signed_at,
                           Trace& trace) {
  Result<void> checked =
      trace.step("the state is not older than what was verified before",
                 "policy/history.h",
                 check_last_verified(repository, question, trust, signed_at));
  if (checked.ok()) return checked;
  return explain_rollback(std::move(checked).error(), question);
}

// "org/model@main is not signed", but "org/model@main: media type ...".
Error with_name(Error error, const CommitQuestion& question) {
  const std::string name = describe(question.repository, question.ref);
  const bool sentence = error.kind == ErrorKind::unsigned_content ||
                        error.kind == ErrorKind::content_differs ||
                        error.kind == ErrorKind::rollback;
  error.message = name + (sentence ? " " : ": ") + error.message;
  return error;
}

// The commits that submodules are pinned to are no files: only the tree in the
// binding covers them.
Result<void> check_submodules(TreeContent& content,
                              const std::optional<Binding>& binding,
                              const VerifyRequest& request) {
  TRY_ASSIGN(const std::vector<std::string> paths, content.submodules());
  if (paths.empty()) return {};
  if (binding && binding->object_format == request.actual_state->object_format)
    return {};
  return fail(ErrorKind::unsafe_tree, paths[0],
              " is a submodule, and the signature does not say which commit it "
              "is pinned to");
}

// What a state must be like, by the user's settings.
Result<VerifyRequest> make_request(const CommitQuestion& question,
                                   const Settings& settings,
                                   TreeContent& content) {
  VerifyRequest request;
  request.signature_path = kSignatureName;
  request.require_binding = settings.require_binding;
  for (const std::string& path : settings.ignore)
    TRY(request.allowed.add(path).context("git config sigstore.ignore"));
  TRY_ASSIGN(request.actual_state, content.binding_facts());
  request.actual_state->repository = question.repository.to_string();
  request.actual_state->ref = question.ref;
  if (settings.other_name)
    request.other_names.push_back(settings.other_name->to_string());
  return request;
}

// Who is believed from now on, when `signer` was the first one seen: of a
// pattern only the one who fits it.
TrustedSigner pin_of(const TrustedSigner& accepted, const Signer& signer,
                     const Timestamp& now) {
  TrustedSigner pin{accepted.who, accepted.name, now, true};
  if (const auto* identity = std::get_if<Identity>(&signer))
    pin.who = SignerRule{identity->name.value, false, identity->issuer, {}};
  return pin;
}

Result<CommitVerdict> judge_signed(const Repository& repository,
                                   const CommitQuestion& question,
                                   const Settings& settings,
                                   const RepositoryTrust& trust,
                                   const Bytes& signature, TreeContent& content,
                                   Trace& trace) {
  TRY_ASSIGN(const std::vector<TrustedSigner> keyring, read_keyring(settings));
  const AcceptedSigners accepted =
      accepted_signers(trust, keyring, settings.mode == Mode::require);
  const std::vector<PublicKey> keys = accepted.keys();
  const std::vector<SignerRule> identities = accepted.identities();
  TRY_ASSIGN(VerifyRequest request, make_request(question, settings, content));
  request.keys = keys;
  request.identities = identities;
  request.now = question.now;
  TRY_ASSIGN(const std::optional<TrustMaterial> trusted,
             find_trusted_root(request, settings));
  if (trusted) request.trusted_root = &trusted->root;
  Result<VerifiedModel> model =
      verify_model(signature, content, request, trace);
  if (!model.ok())
    return explain_signer(std::move(model).error(), question, accepted, keyring,
                          signature);
  if (trusted)
    TRY(trace.step(
        "the trusted root is not too old", "TUF 1.0.34, 5.3.10",
        trusted->origin,
        check_fresh(*trusted, model->signer, settings, model->notes)));
  const std::optional<Binding>& binding = model->signed_manifest.binding();
  const std::optional<Timestamp> signed_at = signing_time(*model);
  TRY(trace.step("every submodule is pinned by what was signed",
                 "binding annotation git-sigstore/v1",
                 check_submodules(content, binding, request)));
  TRY(trace_history(repository, question, trust, signed_at, trace));
  if (settings.max_age)
    TRY(trace.step("the state is not older than the user allows",
                   "policy/history.h",
                   check_age(signed_at, question.now, *settings.max_age)));

  const TrustedSigner& signer = *std::find_if(
      accepted.signers.begin(), accepted.signers.end(),
      [&](const TrustedSigner& item) { return item.is(model->signer); });
  const TrustedSigner pin = pin_of(signer, model->signer, question.now);
  CommitVerdict verdict;
  verdict.verified = LastVerified{question.commit.id.to_hex(), signed_at,
                                  sha256(signature), pin.id(), question.now};
  verdict.signer = pin.describe();
  if (accepted.first_use) verdict.first_use = pin;
  verdict.files = model->signed_manifest.manifest().resources.size();
  verdict.total_size = model->total_size;
  verdict.notes = std::move(model->notes);
  return verdict;
}

// One commit on its own.
Result<CommitVerdict> check_one(const Repository& repository,
                                const CommitQuestion& question,
                                const Settings& settings,
                                const RepositoryTrust& trust, Trace& trace) {
  TreePolicy policy = tree_policy(settings);
  policy.hosts.push_back(question.repository.host());
  if (settings.other_name) policy.hosts.push_back(settings.other_name->host());
  TreeContent content(*repository.objects, repository.git, question.commit,
                      std::move(policy));
  const Result<StoredSignature> signature = read_signature(repository, content);
  if (signature.ok()) {
    TRY_ASSIGN(CommitVerdict verdict,
               judge_signed(repository, question, settings, trust,
                            signature->bytes, content, trace));
    if (!signature->note.empty()) verdict.notes.push_back(signature->note);
    return verdict;
  }
  if (signature.error().kind != ErrorKind::not_found) return signature.error();
  return trace.step("what is not signed may pass", "git config sigstore.mode",
                    concat("there is no ", kSignatureName),
                    judge_unsigned(settings, trust));
}

// Not signed, or changed since: by somebody who did not sign, or a tag that
// was set before.
bool lacks_signature(const Result<CommitVerdict>& verdict) {
  if (verdict.ok()) return !verdict->verified;
  return verdict.error().kind == ErrorKind::unsigned_content ||
         verdict.error().kind == ErrorKind::content_differs;
}

// By the child that signs the commit, if there is one. An error on the way
// leaves the commit as unsigned as it is.
std::optional<CommitVerdict> check_child(const Repository& repository,
                                         const CommitQuestion& question,
                                         const Settings& settings,
                                         const RepositoryTrust& trust,
                                         Trace& trace) {
  if (!question.child_tips) return std::nullopt;
  const Result<std::optional<git::CommitId>> child =
      find_signing_child(repository, question.commit, *question.child_tips);
  if (!child.ok() || !*child) return std::nullopt;
  CommitQuestion inner = question;
  inner.commit = **child;
  Result<CommitVerdict> verdict =
      check_one(repository, inner, settings, trust, trace);
  if (!verdict.ok() || !verdict->verified) return std::nullopt;
  verdict->verified->commit = question.commit.id.to_hex();
  verdict->through = inner.commit.id.to_short();
  return std::move(verdict).value();
}

Result<std::optional<CommitVerdict>> find_signed_before(
    const Repository& repository, const CommitQuestion& question,
    const Settings& settings, const RepositoryTrust& trust, Trace& trace) {
  return find_signed_ancestor(
      repository, question, [&](const CommitQuestion& earlier) {
        trace = Trace();
        return check_one(repository, earlier, settings, trust, trace);
      });
}

std::string fallback_hint(const std::string& commit) {
  return "for the signed state: git fetch origin " + commit;
}

// What changed since the last signed state, and what to do about it.
Error explain_unsigned(Error error, const Repository& repository,
                       const CommitQuestion& question, const Settings& settings,
                       const RepositoryTrust& trust) {
  Trace unused;
  const Result<std::optional<CommitVerdict>> last =
      find_signed_before(repository, question, settings, trust, unused);
  if (!last.ok() || !*last) return error;
  const std::string& id = (*last)->verified->commit;
  const Result<std::string> changes =
      describe_unsigned(repository, id, question.commit);
  if (!changes.ok()) return error;
  error.message += concat("; ", *changes,
                          "; who may sign runs 'git sigstore sign' and pushes, "
                          "others ask the publisher to");
  if (settings.fallback == Fallback::signed_ancestor)
    error.message += "; " + fallback_hint(id);
  return error;
}

// An unsigned tip that may pass: who asked for the signed state before it is
// told of that one as well.
void offer_fallback(CommitVerdict& verdict, const Repository& repository,
                    const CommitQuestion& question, const Settings& settings,
                    const RepositoryTrust& trust) {
  if (settings.fallback != Fallback::signed_ancestor) return;
  Trace unused;
  const Result<std::optional<CommitVerdict>> last =
      find_signed_before(repository, question, settings, trust, unused);
  if (last.ok() && *last)
    verdict.notes.push_back(fallback_hint((*last)->verified->commit));
}

}  // namespace

std::optional<Timestamp> signing_time(const VerifiedModel& model) {
  std::optional<Timestamp> earliest;
  for (const VerifiedTime& item : model.times)
    if (!earliest || item.time < *earliest) earliest = item.time;
  if (earliest) return earliest;
  const std::optional<Binding>& binding = model.signed_manifest.binding();
  if (binding) return binding->signed_at;
  return std::nullopt;
}

std::string describe(const RepoId& repository, const std::string& ref) {
  constexpr std::string_view kHeads = "refs/heads/";
  return repository.path() + "@" +
         (ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref);
}

std::string CommitVerdict::line(const CommitQuestion& question) const {
  const std::string name = describe(question.repository, question.ref);
  if (!verified) return name + " is not signed";
  std::string line = concat(
      name, " ", question.commit.id.to_short(), " verified",
      through.empty() ? "" : " through ", through, ": signed by ", signer, ", ",
      files, files == 1 ? " file, " : " files, ", human_size(total_size));
  if (verified->signed_at) line += ", " + verified->signed_at->to_date();
  return line;
}

std::string CommitVerdict::first_use_line(
    const CommitQuestion& question) const {
  return concat("trusting ", signer, " for ", question.repository.to_string(),
                " from now on (first use; see 'git sigstore trust')");
}

Result<AcceptedSigners> find_accepted_signers(const Settings& settings,
                                              const RepositoryTrust& trust) {
  TRY_ASSIGN(const std::vector<TrustedSigner> keyring, read_keyring(settings));
  return accepted_signers(trust, keyring, settings.mode == Mode::require);
}

Result<void> remember(const CommitQuestion& question,
                      const CommitVerdict& verdict, RepositoryTrust& trust) {
  if (!verdict.verified) return {};
  if (verdict.first_use &&
      trust.find_signer(verdict.first_use->id()) == nullptr) {
    // Another process was first meanwhile, with another key.
    if (!trust.signers.empty())
      return fail(ErrorKind::wrong_signer,
                  describe(question.repository, question.ref), ": signed by ",
                  verdict.signer, ", expected ",
                  trust.signers.front().describe());
    trust.signers.push_back(*verdict.first_use);
  }
  trust.refs[question.ref] = *verdict.verified;
  return {};
}

Result<CommitVerdict> check_commit(const Repository& repository,
                                   const CommitQuestion& question,
                                   const Settings& settings,
                                   const RepositoryTrust& trust, Trace& trace) {
  if (!is_utf8(question.ref))
    return fail(ErrorKind::invalid_input,
                "a ref's name is not valid UTF-8: ", question.ref);
  Result<CommitVerdict> verdict =
      check_one(repository, question, settings, trust, trace);
  if (!lacks_signature(verdict)) {
    if (verdict.ok()) return verdict;
    return with_name(std::move(verdict).error(), question);
  }
  Trace through;
  std::optional<CommitVerdict> by_child =
      check_child(repository, question, settings, trust, through);
  if (by_child) {
    trace = std::move(through);
    return std::move(*by_child);
  }
  if (verdict.ok()) {
    offer_fallback(*verdict, repository, question, settings, trust);
    return verdict;
  }
  return with_name(explain_unsigned(std::move(verdict).error(), repository,
                                    question, settings, trust),
                   question);
}

Result<std::optional<CommitVerdict>> find_last_signed(
    const Repository& repository, const CommitQuestion& question,
    const Settings& settings, const RepositoryTrust& trust, Trace& trace) {
  Result<CommitVerdict> verdict =
      check_one(repository, question, settings, trust, trace);
  if (verdict.ok() && verdict->verified)
    return std::optional(std::move(verdict).value());
  return find_signed_before(repository, question, settings, trust, trace);
}

Result<void> check_commit_history(const Repository& repository,
                                  const CommitQuestion& question,
                                  const RepositoryTrust& trust,
                                  const std::optional<Timestamp>& signed_at,
                                  Trace& trace) {
  Result<void> checked =
      trace_history(repository, question, trust, signed_at, trace);
  if (checked.ok()) return checked;
  return with_name(std::move(checked).error(), question);
}

}  // namespace sigstore
