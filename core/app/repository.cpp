// SPDX-License-Identifier: Apache-2.0
#include "core/app/repository.h"

#include "core/git/libgit2_reader.h"

namespace sigstore {

Result<Repository> open_repository(const git::Git& git,
                                   const std::string& quarantine) {
  TRY(git.require_sha1());
  TRY_ASSIGN(const std::string objects, git.objects_folder());
  Repository repository{git, nullptr};
  std::vector<std::string> folders{objects};
  if (!quarantine.empty()) {
    folders.insert(folders.begin(), quarantine);
    repository.git = git.with("GIT_OBJECT_DIRECTORY", quarantine)
                         .with("GIT_ALTERNATE_OBJECT_DIRECTORIES", objects);
  }
  TRY_ASSIGN(repository.objects, git::Libgit2Reader::open(folders));
  return repository;
}

}  // namespace sigstore
