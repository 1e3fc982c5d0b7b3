// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/settings.h"
#include "core/base/repo_id.h"
#include "core/base/result.h"
#include "core/git/git_command.h"

namespace sigstore {

// The repository the user stands in, and the one on the Hub it goes to.
struct LocalRepository {
  git::Git git;
  std::string remote;  // "origin"
  std::string url;
  RepoId id;
  std::string branch;  // "refs/heads/main"; "" when HEAD is detached
  Settings settings;

  // The ref on the server that the current branch goes to.
  std::string server_ref() const;
  std::string upstream;  // branch.<name>.merge, or ""
};

// `remote` is a name, or "" for the current branch's remote, else origin, else
// the only one.
Result<LocalRepository> open_local_repository(const std::string& remote);

}  // namespace sigstore
