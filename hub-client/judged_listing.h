// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/app/settings.h"
#include "core/app/state_check.h"
#include "core/app/trust_file.h"
#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/trace.h"
#include "core/verify_model.h"
#include "hub-client/download/download.h"
#include "hub-client/hub/hub.h"
#include "hub-client/hub/listing.h"
#include "hub-client/listing_content.h"

namespace sigstore::hub {

// A commit as the Hub lists it, and what the user's policy and memory say of
// it by its signature: none of its other files was asked for. From then on it
// tells of each file which digests its bytes must have.
class JudgedListing {
 public:
  // The signature file, wherever it comes from.
  using ReadFile = std::function<Result<Bytes>(const ListedFile&)>;

  // The no, or why it cannot be told, is the error. What the mode `warn` lets
  // pass all the same is not checked, and warning() says why.
  static Result<std::unique_ptr<JudgedListing>> judge(
      Listing listing, CommitQuestion question, const Settings& settings,
      const TrustFile& trust_file, const ReadFile& read_signature,
      Trace& trace);
  JudgedListing(const JudgedListing&) = delete;
  JudgedListing& operator=(const JudgedListing&) = delete;

  const Listing& listing() const { return listing_; }
  const CommitQuestion& question() const { return question_; }
  const CommitVerdict& verdict() const { return verdict_; }
  // By the mode `off` or `warn`, or because the user asked for it this once.
  bool is_unchecked() const { return unchecked_; }
  const std::string& warning() const { return warning_; }

  // Is there a signature that speaks for this file?
  bool is_covered(const ListedFile& file) const;
  bool is_signed() const { return signed_.has_value(); }
  // Every digest that the file must have, by the signature and by the Hub.
  Expected expected_of(const ListedFile& file) const;

 private:
  JudgedListing(Listing listing, CommitQuestion question)
      : listing_(std::move(listing)), question_(std::move(question)) {}

  Listing listing_;
  CommitQuestion question_;
  bool unchecked_ = false;
  std::string warning_;
  CommitVerdict verdict_;
  Bytes signature_;
  std::optional<SignedManifest> signed_;
  std::optional<SignedFiles> files_;  // of signed_
};

// What git calls a revision of a repository: "refs/heads/main"; a commit's
// hash stays one. Without a Hub to ask, a name is that of a branch.
Result<std::string> ref_of_revision(Hub* hub, const RepoName& repo,
                                    const std::string& revision,
                                    const git::CommitId& commit);

}  // namespace sigstore::hub
