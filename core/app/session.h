// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/app/settings.h"
#include "core/app/terminal.h"
#include "core/app/trust_file.h"
#include "core/app/verdict_cache.h"
#include "core/base/repo_id.h"
#include "core/git/git_command.h"

namespace sigstore {

// What one run of the helper is about.
struct Session {
  std::string remote;  // as git calls it: "origin", or the URL itself
  std::string url;     // http or https, without "sigstore::"
  RepoId repository;
  Settings settings;
  git::Git git;
  bool has_git_dir;  // false for `git ls-remote` outside of a repository
  TrustFile trust_file;
  VerdictCache verdicts;
  Terminal terminal;
};

}  // namespace sigstore
