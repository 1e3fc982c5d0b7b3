// SPDX-License-Identifier: Apache-2.0
//
// bench-tree-manifest REPOSITORY: what a check of HEAD does before it looks at
// any signature. Prints the number of resources and their root digest.
#include <cstdio>
#include <string>

#include "core/app/repository.h"
#include "core/manifest/tree_content.h"

namespace sigstore {
namespace {

Result<Manifest> manifest_of_head(const std::string& folder) {
  const git::Git git = git::Git().in_directory(folder);
  TRY_ASSIGN(const Repository repository, open_repository(git, ""));
  TRY_ASSIGN(const git::CommitId head, git.resolve_commit("HEAD"));
  TreeContent content(*repository.objects, repository.git, head);
  return content.manifest(Parameters{}, Selection{});
}

int run(const std::string& folder) {
  const Result<Manifest> manifest = manifest_of_head(folder);
  if (!manifest.ok()) {
    std::fprintf(stderr, "bench-tree-manifest: %s\n",
                 manifest.error().message.c_str());
    return 1;
  }
  std::printf("%zu %s\n", manifest->resources.size(),
              root_digest(manifest->resources).to_hex().c_str());
  return 0;
}

}  // namespace
}  // namespace sigstore

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bench-tree-manifest REPOSITORY\n", stderr);
    return 2;
  }
  return sigstore::run(argv[1]);
}
