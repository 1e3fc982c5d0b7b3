// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "hub-client/hub/listing.h"

namespace sigstore::hub {

// What the Hub answers to questions (hub.md 1.8), read strictly: members that
// decide must be there and well-formed, others may come and go. Errors are
// invalid_input and name the member. Pure.

struct RepoInfo {
  std::string id;  // as it is called now, whatever it was asked for by
  git::CommitId commit;
  bool is_private = false;
};
Result<RepoInfo> parse_repo_info(ByteView json);

// The files of one page of a recursive tree; folders are left out.
Result<std::vector<ListedFile>> parse_tree_page(ByteView json);

// Sorts by path; invalid_input for a path twice.
Result<void> sort_files(std::vector<ListedFile>& files);

struct Reference {
  std::string name;  // "main"
  std::string ref;   // "refs/heads/main"
  git::CommitId target;
};
struct References {
  std::vector<Reference> branches;
  std::vector<Reference> converts;
  std::vector<Reference> tags;
  std::vector<Reference> pull_requests;
};
Result<References> parse_references(ByteView json);

struct CommitInfo {
  git::CommitId id;
  std::string title;
  std::string date;  // as it came
};
Result<std::vector<CommitInfo>> parse_commits(ByteView json);

// Whose token it is.
struct Account {
  std::string name;
  std::string type;  // "user", "org"
  std::string role;  // "read", "write", "fineGrained"; "" when not said
  std::vector<std::string> organizations;
};
Result<Account> parse_account(ByteView json);

}  // namespace sigstore::hub
