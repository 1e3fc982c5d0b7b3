// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/app/commit_signer.h"
#include "core/app/commit_signing.h"
#include "core/app/session.h"
#include "core/base/result.h"
#include "core/git/ids.h"

namespace sigstore {

// One line of the helper's push command: "push [+]<source>:<destination>"
// (gitremote-helpers(7)); an empty source deletes.
struct PushLine {
  bool force = false;
  std::string source;
  std::string destination;

  static Result<PushLine> parse(std::string_view line);
  std::string encode() const;
};

// A line as it will be sent, and what was signed for it.
struct PreparedPush {
  PushLine line;  // the source is the signed commit, if there is one
  std::optional<SignedCommit> signed_commit = std::nullopt;
  git::CommitId original;  // what the user pushed
  std::string branch;      // the local branch it came from, or ""

  // Is the signature of an identity, which serves again until a push took it?
  bool is_kept() const {
    return signed_commit && signed_commit->created && signed_commit->log_index;
  }
};

// Is this push signed? Makes the follow-up commits before anything is sent,
// and moves the local branches after the server said yes.
class PushSigning {
 public:
  PushSigning(Session& session, bool dry_run)
      : session_(session), dry_run_(dry_run) {}

  // Before git-lfs uploads for hours: is there a token that serves? Asked only
  // where the branch that is checked out has something to sign that the server
  // lacks, by its refs `remote`; what else is pushed may need none.
  Result<void> check_ready(const std::map<std::string, git::ObjectId>& remote);

  // All lines or none: one that cannot be signed stops the whole push. What the
  // transport will refuse, by the server's refs, is not signed: nothing of it
  // arrives, but a log would have it for ever.
  struct Known {
    const std::map<std::string, git::ObjectId>& remote;
    bool atomic = false;
  };
  Result<std::vector<PreparedPush>> prepare(const std::vector<PushLine>& lines,
                                            const Known& known);

  // The server accepted it: fast-forwards the local branch, remembers the
  // state, and gives the option lines that tell git of the new commit.
  // `before` is what the server had, or nothing for a new ref.
  std::string accepted(const PreparedPush& push,
                       const std::optional<git::ObjectId>& before);

 private:
  Result<PreparedPush> prepare_one(const PushLine& line);
  Result<bool> must_fetch_first(const PushLine& line, const Known& known) const;
  Result<CommitSigner*> signer();
  void advance(const PreparedPush& push);
  void mention_tag(const PushLine& line) const;

  Session& session_;
  bool dry_run_;
  std::optional<CommitSigner> signer_;
};

}  // namespace sigstore
