// SPDX-License-Identifier: Apache-2.0
#include "core/app/state_check.h"

#include <algorithm>
#include <utility>

#include "core/app/keyring.h"
#include "core/app/refusal.h"
#include "core/app/terminal.h"
#include "core/app/trust_material.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/signature_file.h"

namespace sigstore {
namespace {

Result<CommitVerdict> may_be_unsigned(const Settings& settings,
                                      const RepositoryTrust& trust) {
  if (trust.was_signed())
    return fail(ErrorKind::unsigned_content, "is not signed (",
                last_seen(trust), ")");
  if (settings.mode == Mode::require)
    return fail(ErrorKind::unsigned_content,
                "is not signed, and sigstore.mode is require");
  return CommitVerdict{};
}

Result<void> check_last_verified(const FindAncestry& find_ancestry,
                                 const CommitQuestion& question,
                                 const RepositoryTrust& trust,
                                 const std::optional<Timestamp>& signed_at) {
  const auto last = trust.refs.find(question.ref);
  if (last == trust.refs.end()) return {};
  TRY_ASSIGN(const Ancestry ancestry, find_ancestry(last->second));
  return check_history(last->second, signed_at, question.commit.id.to_hex(),
                       ancestry);
}

// What a state must be like, by the user's settings.
Result<VerifyRequest> make_request(StateFacts& facts,
                                   const CommitQuestion& question,
                                   const Settings& settings) {
  VerifyRequest request;
  request.signature_path = kSignatureName;
  request.require_binding = settings.require_binding;
  for (const std::string& path : settings.ignore)
    TRY(request.allowed.add(path).context("git config sigstore.ignore"));
  TRY_ASSIGN(request.actual_state, facts.actual_state());
  if (settings.other_name)
    request.other_names.push_back(settings.other_name->to_string());
  request.now = question.now;
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

// Signed late enough, by the user's memory and wishes?
Result<void> check_time(StateFacts& facts, const CommitQuestion& question,
                        const Settings& settings, const RepositoryTrust& trust,
                        const std::optional<Timestamp>& signed_at,
                        Trace& trace) {
  TRY(check_state_history(
      [&](const LastVerified& last) { return facts.ancestry(last); }, question,
      trust, signed_at, trace));
  if (!settings.max_age) return {};
  return trace.step("the state is not older than the user allows",
                    "policy/history.h",
                    check_age(signed_at, question.now, *settings.max_age));
}

CommitVerdict make_verdict(const ModelSignature& model, CheckedContent content,
                           ByteView signature, const CommitQuestion& question,
                           const AcceptedSigners& accepted) {
  const TrustedSigner& signer = *std::find_if(
      accepted.signers.begin(), accepted.signers.end(),
      [&](const TrustedSigner& item) { return item.is(model.signer); });
  const TrustedSigner pin = pin_of(signer, model.signer, question.now);
  CommitVerdict verdict;
  verdict.verified =
      LastVerified{question.commit.id.to_hex(), signing_time(model),
                   sha256(signature), pin.id(), question.now};
  verdict.signer = pin.describe();
  if (accepted.first_use) verdict.first_use = pin;
  verdict.files = model.signed_manifest.manifest().resources.size();
  verdict.total_size = content.total_size;
  verdict.notes = std::move(content.notes);
  return verdict;
}

}  // namespace

Result<CommitVerdict> check_unsigned_state(const Settings& settings,
                                           const RepositoryTrust& trust,
                                           Trace& trace) {
  return trace.step("what is not signed may pass", "git config sigstore.mode",
                    concat("there is no ", kSignatureName),
                    may_be_unsigned(settings, trust));
}

// (1) who signed and what, (2) is it this content, (3) is the trusted root
// fresh enough to say so, (4) is the state new enough.
Result<CommitVerdict> check_signed_state(ByteView signature, StateFacts& facts,
                                         const CommitQuestion& question,
                                         const Settings& settings,
                                         const RepositoryTrust& trust,
                                         Trace& trace) {
  TRY_ASSIGN(const std::vector<TrustedSigner> keyring, read_keyring(settings));
  const AcceptedSigners accepted =
      accepted_signers(trust, keyring, settings.mode == Mode::require);
  const std::vector<PublicKey> keys = accepted.keys();
  const std::vector<SignerRule> identities = accepted.identities();
  TRY_ASSIGN(VerifyRequest request, make_request(facts, question, settings));
  request.keys = keys;
  request.identities = identities;
  TRY_ASSIGN(const std::optional<TrustMaterial> trusted,
             find_trusted_root(request, settings));
  if (trusted) request.trusted_root = &trusted->root;
  const auto explain = [&](Error error) {
    return explain_signer(std::move(error), question, accepted, keyring,
                          signature);
  };
  Result<ModelSignature> model =
      verify_signature(signature, request, trace);  // (1)
  if (!model.ok()) return explain(std::move(model).error());
  Result<CheckedContent> content =
      facts.check_content(*model, request, trace);  // (2)
  if (!content.ok()) return std::move(content).error();
  if (trusted)  // (3)
    TRY(trace.step(
        "the trusted root is not too old", "TUF 1.0.34, 5.3.10",
        trusted->origin,
        check_fresh(*trusted, model->signer, settings, content->notes)));
  TRY(check_time(facts, question, settings, trust,  // (4)
                 signing_time(*model), trace));
  return make_verdict(*model, std::move(content).value(), signature, question,
                      accepted);
}

Result<void> check_state_history(const FindAncestry& find_ancestry,
                                 const CommitQuestion& question,
                                 const RepositoryTrust& trust,
                                 const std::optional<Timestamp>& signed_at,
                                 Trace& trace) {
  Result<void> checked = trace.step(
      "the state is not older than what was verified before",
      "policy/history.h",
      check_last_verified(find_ancestry, question, trust, signed_at));
  if (checked.ok()) return checked;
  return explain_rollback(std::move(checked).error(), question);
}

// "org/model@main is not signed", but "org/model@main: media type ...".
Error with_state_name(Error error, const CommitQuestion& question) {
  const std::string name = describe(question.repository, question.ref);
  const bool sentence = error.kind == ErrorKind::unsigned_content ||
                        error.kind == ErrorKind::content_differs ||
                        error.kind == ErrorKind::rollback;
  error.message = name + (sentence ? " " : ": ") + error.message;
  return error;
}

std::optional<Timestamp> signing_time(const ModelSignature& model) {
  std::optional<Timestamp> earliest;
  for (const VerifiedTime& item : model.times)
    if (!earliest || item.time < *earliest) earliest = item.time;
  if (earliest) return earliest;
  return model.signed_manifest.signed_at();
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

}  // namespace sigstore
