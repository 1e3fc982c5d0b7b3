// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/app/settings.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/verify_model.h"
#include "hub-client/bundle_claims.h"
#include "hub-client/hub/hub.h"
#include "hub-client/model_state.h"

namespace sigstore::hub {

// The branch that signatures and attestations of a repository are put into: a
// file more beside a model would make its model.sig wrong.
inline constexpr std::string_view kSideBranch = "sigstore";

// One bundle of a repository: a file, or a line of one.
struct Attachment {
  bool is_beside = false;  // in the side branch, not among the model's files
  std::string path;
  std::size_t line = 0;  // from 1; 0: the whole file
  std::string text;
  // Why it could not be read at all; then there is no text.
  std::optional<Error> error = std::nullopt;

  // "claims.jsonl:3", "sigstore: claims.jsonl:3"
  std::string name() const;
};

// Every one of a commit, and of the side branch where there is one, in their
// order: model.sig, other files by name, then the same of the side branch. A
// line that is there twice counts once. What is wrong with one of them is its
// own error; an error here means that the Hub did not answer.
Result<std::vector<Attachment>> find_attachments(Hub& hub, const RepoName& repo,
                                                 const Listing& listing);

struct JudgedAttachment {
  enum class State : std::uint8_t {
    verified,    // by one of those who are believed, about this model
    refused,     // no: not genuine, by somebody else, about something else
    unknown,     // could not tell
    not_judged,  // nobody is named to judge the signer by
  };
  State state = State::unknown;
  std::string reason;  // of all but `verified`
  Attachment attachment;
  std::optional<BundleClaims> claims;  // nothing: it is no bundle
  std::string covers;                  // "" where it is about something else
  // Once verified: who it is, and when, by a log or an authority.
  std::string signer;
  std::optional<Timestamp> time;
};

// By whom an attachment may be: `signers` names them, or nobody.
struct AttachmentJudge {
  VerifyRequest signers;
  RepoId repository;  // that a binding has to name
  bool require_binding = false;

  bool knows_anybody() const {
    return !signers.keys.empty() || !signers.certificate_roots.empty() ||
           !signers.identities.empty();
  }
  JudgedAttachment judge(Attachment attachment, ModelState& model) const;
};

// "verified", "not verified", "could not tell", "signer not judged"
std::string_view state_text(JudgedAttachment::State state);

}  // namespace sigstore::hub
