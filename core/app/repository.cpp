// SPDX-License-Identifier: Apache-2.0
#include "core/app/repository.h"

#include "core/git/cat_file_reader.h"
#include "core/git/libgit2_reader.h"

namespace sigstore {

Result<Repository> open_repository(const git::Git& git,
                                   const std::string& quarantine,
                                   const std::string& remote) {
  TRY_ASSIGN(const git::ObjectStore store, git.object_store());
  Repository repository{git, nullptr, remote};
  std::vector<std::string> folders{store.folder};
  if (!quarantine.empty()) {
    folders.insert(folders.begin(), quarantine);
    repository.git = git.in_quarantine(quarantine, {store.folder});
  }
  // libgit2 knows SHA-1 only. It reads folders, not a repository, so that
  // the configuration and the way refs are kept do not matter.
  if (store.format == git::ObjectFormat::sha1) {
    TRY_ASSIGN(repository.objects, git::Libgit2Reader::open(folders));
  } else {
    TRY_ASSIGN(repository.objects,
               git::CatFileReader::open(folders, store.format));
  }
  return repository;
}

}  // namespace sigstore
