// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/app/repository.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/git/lfs_pointer.h"

namespace sigstore {

// A file of a commit that git-lfs keeps.
struct LfsFile {
  std::string path;
  git::LfsPointer pointer;
};

// By path: regular files with filter=lfs and a canonical pointer.
Result<std::vector<LfsFile>> lfs_files(const Repository& repository,
                                       const git::CommitId& commit);

// "a, b, c (+2 more)", for one line.
std::string some_of(const std::vector<std::string>& names);

// What git-lfs keeps on this machine for a commit, hashed. git-lfs itself
// compares only sizes when it takes a file from there.
struct LfsCache {
  std::vector<LfsFile> missing;  // not here, or of another size
  std::vector<LfsFile> bad;      // here, with another SHA-256
  std::uint64_t bytes = 0;       // of what is here
};
using LfsProgress = std::function<void(std::uint64_t, std::uint64_t)>;
// Objects that several files share are hashed once.
Result<LfsCache> check_lfs_cache(const std::filesystem::path& objects,
                                 const std::vector<LfsFile>& files,
                                 const LfsProgress& progress);

// The file in which git-lfs keeps an object below its `objects` folder.
std::string lfs_object_path(const git::LfsPointer& pointer);

}  // namespace sigstore
