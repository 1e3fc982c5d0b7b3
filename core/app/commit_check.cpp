// SPDX-License-Identifier: Apache-2.0
#include "core/app/commit_check.h"

#include <algorithm>
#include <utility>

#include "core/app/signature_object.h"
#include "core/app/signed_relatives.h"
#include "core/base/encoding.h"
#include "core/manifest/tree_content.h"
#include "core/verify_model.h"

namespace sigstore {
namespace {

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

// A commit of a repository that is here.
class CommitFacts final : public StateFacts {
 public:
  CommitFacts(const Repository& repository, const CommitQuestion& question,
              TreeContent& content)
      : repository_(repository), question_(question), content_(content) {}

  Result<std::optional<Binding>> actual_state() override {
    TRY_ASSIGN(Binding facts, content_.binding_facts());
    facts.repository = question_.repository.to_string();
    facts.ref = question_.ref;
    return std::optional(std::move(facts));
  }

  Result<CheckedContent> check_content(const ModelSignature& model,
                                       const VerifyRequest& request,
                                       Trace& trace) override {
    TRY_ASSIGN(CheckedContent checked,
               verify_content(model, content_, request, trace));
    TRY(trace.step(
        "every submodule is pinned by what was signed",
        "binding annotation git-sigstore/v1",
        check_submodules(content_, model.signed_manifest.binding(), request)));
    return checked;
  }

  Result<Ancestry> ancestry(const LastVerified& last) override {
    return find_ancestry(repository_, question_, last);
  }

 private:
  const Repository& repository_;
  const CommitQuestion& question_;
  TreeContent& content_;
};

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
    CommitFacts facts(repository, question, content);
    TRY_ASSIGN(CommitVerdict verdict,
               check_signed_state(signature->bytes, facts, question, settings,
                                  trust, trace));
    if (!signature->note.empty()) verdict.notes.push_back(signature->note);
    return verdict;
  }
  if (signature.error().kind != ErrorKind::not_found) return signature.error();
  return check_unsigned_state(settings, trust, trace);
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
    return with_state_name(std::move(verdict).error(), question);
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
  return with_state_name(
      explain_unsigned(std::move(verdict).error(), repository, question,
                       settings, trust),
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
  Result<void> checked = check_state_history(
      [&](const LastVerified& last) {
        return find_ancestry(repository, question, last);
      },
      question, trust, signed_at, trace);
  if (checked.ok()) return checked;
  return with_state_name(std::move(checked).error(), question);
}

}  // namespace sigstore
