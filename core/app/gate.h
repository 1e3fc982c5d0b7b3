// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/app/repository.h"
#include "core/app/session.h"
#include "core/base/result.h"
#include "core/git/ids.h"

namespace sigstore {

// A ref as the server lists it.
struct ListedRef {
  std::string name;
  git::ObjectId id;
};

struct RefListing {
  std::vector<ListedRef> refs;
  std::string head_target;  // "refs/heads/main"; "" when not said

  // Servers list what git asks about only (gitprotocol-v2(5), ref-prefix), for
  // instance HEAD alone: that is the branch that it points to.
  void list_head_target();

  bool has_id(const git::ObjectId& id) const {
    return std::any_of(refs.begin(), refs.end(),
                       [&](const ListedRef& ref) { return ref.id == id; });
  }
};

// May these commits in? Protected refs are the branch that HEAD names, refs
// that verified before, and those of sigstore.refs.
class Gate {
 public:
  explicit Gate(Session& session) : session_(session) {}

  // The commits that protected refs are listed with.
  Result<std::vector<git::CommitId>> protected_commits(
      const RefListing& listing);

  // Protected refs whose commits are here already, for instance by a
  // prefetch: git would not fetch them again, so they are judged now.
  Result<void> check_listed(const RefListing& listing);

  // Protected refs after a pack arrived in `quarantine`; `wanted` are the ids
  // that git asked for. A commit among them that is no tip in the listing
  // (git fetch URL <id>) could enter any ref: it must be history of a state
  // that was verified, or verify by itself.
  Result<void> check_fetched(const RefListing& listing,
                             const std::set<git::ObjectId>& wanted,
                             const std::string& quarantine,
                             bool history_complete);

 private:
  Result<void> check_refs(const RefListing& listing,
                          const std::string& quarantine, bool history_complete);
  Result<void> check_ref(const RefListing& listing, const ListedRef& ref,
                         const std::string& quarantine, bool history_complete);
  Result<void> or_warn(Result<void> checked);
  Result<std::set<std::string>> protected_refs(const RefListing& listing);
  Result<void> check_by_id(const RefListing& listing,
                           const git::CommitId& commit,
                           const Repository& repository, bool history_complete);
  Result<void> check_wanted(const RefListing& listing,
                            const std::set<git::ObjectId>& wanted,
                            const std::string& quarantine,
                            bool history_complete);
  bool is_cached(const ListedRef& ref, const RepositoryTrust& trust);
  void mention_others(const RefListing& listing,
                      const std::set<git::ObjectId>& wanted);

  Session& session_;
  bool verified_some_ = false;
};

}  // namespace sigstore
