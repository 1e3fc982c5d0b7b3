// SPDX-License-Identifier: Apache-2.0
#include "hub-client/judged_listing.h"

#include <utility>

#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/signature_file.h"
#include "hub-client/listing_facts.h"

namespace sigstore::hub {

Result<std::unique_ptr<JudgedListing>> JudgedListing::judge(
    Listing listing, CommitQuestion question, const Settings& settings,
    const TrustFile& trust_file, const ReadFile& read_signature, Trace& trace) {
  TRY(check_listing_names(listing));
  auto judged = std::unique_ptr<JudgedListing>(
      new JudgedListing(std::move(listing), std::move(question)));
  judged->unchecked_ = settings.skip || settings.mode == Mode::off;
  if (judged->unchecked_) return judged;
  ListingFacts facts(judged->listing_, judged->question_, settings);
  // By the signature where there is one, and by what is remembered.
  const auto ask = [&]() -> Result<CommitVerdict> {
    TRY_ASSIGN(const TrustStore store, trust_file.load());
    const RepositoryTrust& trust = store.find(judged->question_.repository);
    const ListedFile* const file = judged->listing_.find(kSignatureName);
    if (file == nullptr) return check_unsigned_state(settings, trust, trace);
    if (file->size > limits::kBundle)
      return fail(ErrorKind::invalid_input, file->path, " is longer than ",
                  limits::kBundle, " bytes");
    TRY_ASSIGN(judged->signature_, read_signature(*file));
    return check_signed_state(judged->signature_, facts, judged->question_,
                              settings, trust, trace);
  };
  Result<CommitVerdict> verdict = ask();
  if (!verdict.ok()) {
    Error error =
        with_state_name(std::move(verdict).error(), judged->question_);
    if (settings.mode != Mode::warn) return error;
    judged->warning_ = std::move(error.message);
    judged->unchecked_ = true;
    return judged;
  }
  judged->verdict_ = std::move(verdict).value();
  judged->signed_ = facts.signed_manifest();
  if (judged->signed_) judged->files_.emplace(judged->signed_->manifest());
  return judged;
}

bool JudgedListing::is_covered(const ListedFile& file) const {
  if (!signed_) return false;
  return file.path == kSignatureName || bound_digest(*signed_, file.path) ||
         !files_->find(file.path).empty();
}

Expected JudgedListing::expected_of(const ListedFile& file) const {
  Expected expected;
  expected.sha256 = file.sha256;
  if (!file.sha256) expected.git_blob = file.blob_id;
  if (!signed_) return expected;
  expected.parameters = signed_->manifest().parameters;
  expected.resources = files_->find(file.path);
  if (file.path == kSignatureName) expected.sha256 = sha256(signature_);
  if (const auto bound = bound_digest(*signed_, file.path))
    expected.sha256 = bound;
  return expected;
}

Result<std::string> ref_of_revision(Hub* hub, const RepoName& repo,
                                    const std::string& revision,
                                    const git::CommitId& commit) {
  if (revision == commit.id.to_hex() || revision.starts_with("refs/"))
    return revision;
  if (revision == "main" || hub == nullptr) return "refs/heads/" + revision;
  TRY_ASSIGN(const References references, hub->references(repo));
  for (const auto* list : {&references.branches, &references.tags})
    for (const Reference& item : *list)
      if (item.name == revision) return item.ref;
  return "refs/heads/" + revision;
}

}  // namespace sigstore::hub
