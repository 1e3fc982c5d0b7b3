// SPDX-License-Identifier: Apache-2.0
#include "core/app/repository.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/git/cat_file_reader.h"
#include "core/git/libgit2_reader.h"

namespace sigstore {
namespace {

// libgit2 reads object folders, whatever the refs and the configuration look
// like. An extension that nobody here knows may have changed the objects.
constexpr std::array<std::string_view, 6> kKnownExtensions{
    "extensions.noop",         "extensions.preciousobjects",
    "extensions.partialclone", "extensions.worktreeconfig",
    "extensions.refstorage",   "extensions.objectformat"};

Result<bool> has_unknown_extension(const git::Git& git) {
  TRY_ASSIGN(const CommandOutput names,
             git.run({"config", "--local", "--name-only", "--get-regexp",
                      "^extensions\\."}));
  std::string_view rest = names.out;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view name = rest.substr(0, end);
    if (std::find(kKnownExtensions.begin(), kKnownExtensions.end(), name) ==
        kKnownExtensions.end())
      return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

Result<Repository> open_repository(const git::Git& git,
                                   const std::string& quarantine) {
  TRY_ASSIGN(const git::ObjectStore store, git.object_store());
  Repository repository{git, nullptr};
  std::vector<std::string> folders{store.folder};
  if (!quarantine.empty()) {
    folders.insert(folders.begin(), quarantine);
    repository.git = git.in_quarantine(quarantine, store.folder);
  }
  TRY_ASSIGN(const bool unknown, has_unknown_extension(git));
  if (store.format == git::ObjectFormat::sha256 || unknown) {
    repository.objects =
        std::make_unique<git::CatFileReader>(repository.git, store.format);
  } else {
    TRY_ASSIGN(repository.objects, git::Libgit2Reader::open(folders));
  }
  return repository;
}

}  // namespace sigstore
