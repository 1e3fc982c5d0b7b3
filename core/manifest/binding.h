// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/git/ids.h"

namespace sigstore {

// Which state of which repository a signature was made for. OMS signs names
// and digests of files only: without this, a signed model could be served
// under another name, an older one as the newest, and files that a signature
// does not cover could change how the others are checked out. It travels as
// an annotation of the statement's subject, which other verifiers ignore:
//
//   "annotations": {"git-sigstore/v1": {...}}
struct Binding {
  std::string repository;     // RepoId::to_string()
  std::string ref;            // "refs/heads/main"
  std::string object_format;  // "sha1"
  git::TreeId tree;           // the commit's tree without model.sig
  // Of the files that OMS excludes; nothing where there is none.
  std::optional<Sha256Digest> gitattributes;
  std::optional<Sha256Digest> gitignore;
  std::optional<Sha256Digest> github;  // of the tree object .github
  git::CommitId commit;                // that was signed; informative
  // SHA-256 of the model.sig that this one follows.
  std::optional<Sha256Digest> predecessor;
  Timestamp signed_at;  // by the signer's clock

  bool operator==(const Binding&) const = default;
};

inline constexpr const char* kBindingAnnotation = "git-sigstore/v1";
// Of a signature that is bound to no commit: {"signedAt": as there}.
inline constexpr const char* kSigningTimeAnnotation = "hf-sigstore/v1";

// The annotation's value as JSON text, members in a fixed order.
std::string write_binding(const Binding& binding);
Result<Binding> parse_binding(const Json& annotation);
Result<Timestamp> parse_signing_time(const Json& annotation);

// Is a binding for this repository and this state of it? wrong_repository,
// or content_differs naming what was changed outside of the signed files.
// The ref is not compared: merges legitimately move trees between branches.
Result<void> check_binding(const Binding& binding, const Binding& actual);

}  // namespace sigstore
