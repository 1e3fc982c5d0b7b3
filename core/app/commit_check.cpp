// SPDX-License-Identifier: Apache-2.0
#include "core/app/commit_check.h"

#include <algorithm>
#include <utility>

#include "core/app/terminal.h"
#include "core/base/encoding.h"
#include "core/bundle/bundle_json.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/tree_content.h"
#include "core/policy/history.h"
#include "core/verify/verify_bundle.h"
#include "core/verify_model.h"

namespace sigstore {
namespace {

// The signer that was last seen, for messages.
std::string last_seen(const RepositoryTrust& trust) {
  const LastVerified* newest = nullptr;
  for (const auto& [ref, last] : trust.refs) {
    if (newest == nullptr || newest->verified_at < last.verified_at)
      newest = &last;
  }
  if (newest == nullptr) {
    const TrustedSigner& signer = trust.signers.front();
    return "expected a signature by " + signer.describe();
  }
  const TrustedSigner* signer = trust.find_signer(newest->signer);
  const Timestamp when = newest->signed_at.value_or(newest->verified_at);
  return concat("it was signed on ", when.to_date(), " by ",
                signer != nullptr ? signer->describe()
                                  : "key " + newest->signer.substr(0, 16));
}

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

// A key we do not hold: say which one, and what to type to trust it.
Error explain_unknown(Error error, const CommitQuestion& question,
                      ByteView bundle) {
  if (error.kind != ErrorKind::unknown_signer) return error;
  const Result<Bundle> parsed = parse_bundle(bundle);
  const std::string fingerprint =
      parsed.ok() ? claimed_fingerprint(*parsed) : std::string();
  error.message += concat(
      "; to trust it, get the publisher's public key from them and run: git "
      "sigstore trust add ",
      question.repository.to_string(), " --key PUBLIC_KEY.pem");
  if (!fingerprint.empty()) error.message += " --fingerprint " + fingerprint;
  return error;
}

// Expected signers by the names that the user gave them.
Error explain_wrong_signer(Error error, const CommitQuestion& question,
                           const RepositoryTrust& trust, ByteView bundle) {
  if (error.kind != ErrorKind::wrong_signer) return error;
  const Result<Bundle> parsed = parse_bundle(bundle);
  const std::string claimed =
      parsed.ok() ? claimed_fingerprint(*parsed) : std::string();
  if (!claimed.empty()) {
    error.message = concat("signed by key ", claimed, ", expected ");
    for (const TrustedSigner& signer : trust.signers)
      error.message +=
          (&signer == &trust.signers.front() ? "" : " or ") + signer.describe();
  }
  error.message +=
      concat("; if this change is intended: git sigstore trust add ",
             question.repository.to_string(), " --key PUBLIC_KEY.pem");
  return error;
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
  return trace.step(
      "the state is not older than what was verified before",
      "policy/history.h",
      check_last_verified(repository, question, trust, signed_at));
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

Result<CommitVerdict> judge_signed(const Repository& repository,
                                   const CommitQuestion& question,
                                   const Settings& settings,
                                   const RepositoryTrust& trust,
                                   const Bytes& signature, TreeContent& content,
                                   Trace& trace) {
  VerifyRequest request;
  const std::vector<PublicKey> keys = trust.keys();
  request.keys = keys;
  request.signature_path = kSignatureName;
  for (const std::string& path : settings.ignore)
    TRY(request.allowed.add(path).context("git config sigstore.ignore"));
  TRY_ASSIGN(request.actual_state, content.binding_facts());
  request.actual_state->repository = question.repository.to_string();
  request.actual_state->ref = question.ref;
  Result<VerifiedModel> model =
      verify_model(signature, content, request, trace);
  if (!model.ok())
    return explain_wrong_signer(
        explain_unknown(std::move(model).error(), question, signature),
        question, trust, signature);
  const std::optional<Binding>& binding = model->signed_manifest.binding();
  const std::optional<Timestamp> signed_at =
      binding ? std::optional<Timestamp>(binding->signed_at) : std::nullopt;
  TRY(trace_history(repository, question, trust, signed_at, trace));
  const std::string& fingerprint = model->signer.fingerprint();
  CommitVerdict verdict;
  verdict.verified = LastVerified{question.commit.id.to_hex(), signed_at,
                                  sha256(signature), fingerprint, question.now};
  verdict.signer = trust.find_signer(fingerprint)->describe();
  verdict.files = model->signed_manifest.manifest().resources.size();
  verdict.total_size = model->total_size;
  verdict.notes = std::move(model->notes);
  return verdict;
}

}  // namespace

std::string describe(const RepoId& repository, const std::string& ref) {
  constexpr std::string_view kHeads = "refs/heads/";
  return repository.path() + "@" +
         (ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref);
}

std::string CommitVerdict::line(const CommitQuestion& question) const {
  const std::string name = describe(question.repository, question.ref);
  if (!verified) return name + " is not signed";
  std::string line = concat(
      name, " ", question.commit.id.to_short(), " verified: signed by ", signer,
      ", ", files, files == 1 ? " file, " : " files, ", human_size(total_size));
  if (verified->signed_at) line += ", " + verified->signed_at->to_date();
  return line;
}

Result<CommitVerdict> check_commit(const Repository& repository,
                                   const CommitQuestion& question,
                                   const Settings& settings,
                                   const RepositoryTrust& trust, Trace& trace) {
  if (!is_utf8(question.ref))
    return fail(ErrorKind::invalid_input,
                "a ref's name is not valid UTF-8: ", question.ref);
  TreeContent content(*repository.objects, repository.git, question.commit);
  const Result<Bytes> signature = content.signature();
  Result<CommitVerdict> verdict = [&]() -> Result<CommitVerdict> {
    if (signature.ok())
      return judge_signed(repository, question, settings, trust, *signature,
                          content, trace);
    if (signature.error().kind != ErrorKind::not_found)
      return signature.error();
    return trace.step("the commit carries a signature", "OMS v1.0 9",
                      judge_unsigned(settings, trust));
  }();
  if (verdict.ok()) return verdict;
  return with_name(std::move(verdict).error(), question);
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
