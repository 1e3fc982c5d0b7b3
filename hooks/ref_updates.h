// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/git/ids.h"

namespace sigstore {

// What git tells the hooks in text. All of it pure.

// A ref that is about to have a new value.
struct RefUpdate {
  git::ObjectId after;
  std::string ref;
};

// The stdin of reference-transaction (githooks(5)): "<old> <new> <ref>" a
// line. Deletions and symbolic refs ("ref:<target>", git 2.46) bring no
// commit in and are left out.
Result<std::vector<RefUpdate>> parse_ref_updates(std::string_view input);

// One line of pre-push: "<local ref> <local id> <remote ref> <remote id>".
struct PushedRef {
  std::string local_ref;  // "HEAD", an expression, or "(delete)"
  git::ObjectId local_id;
  std::string remote_ref;
  git::ObjectId remote_id;
};
Result<std::vector<PushedRef>> parse_pushed_refs(std::string_view input);

// "[+]refs/heads/*:refs/remotes/origin/*" of remote.<name>.fetch
// (gitrevisions and git-fetch(1), CONFIGURED REMOTE-TRACKING BRANCHES).
struct Refspec {
  std::string source;
  std::string destination;

  // Nothing for a negative one, or one that stores nothing.
  static std::optional<Refspec> parse(std::string_view text);
  // The server's ref that is kept at `local`, and the other way round.
  std::optional<std::string> source_of(std::string_view local) const;
  std::optional<std::string> destination_of(std::string_view remote) const;
};

// One line of FETCH_HEAD: what was fetched, and from where.
struct FetchedRef {
  git::ObjectId id;
  std::string ref;  // "HEAD" where git names none
  std::string url;
};
// Lines that are not understood are left out: the file is of the user's git.
std::vector<FetchedRef> parse_fetch_head(std::string_view text);

}  // namespace sigstore
