// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/git/attributes.h"
#include "core/git/git_command.h"
#include "core/git/ids.h"
#include "core/git/object_reader.h"
#include "core/git/tree.h"
#include "core/manifest/binding.h"
#include "core/manifest/content.h"
#include "core/manifest/tree_walk.h"

namespace sigstore {

// A model as a commit holds it. A canonical git-lfs pointer at a path with
// filter=lfs already is the SHA-256 of the file, so weights are never read;
// other blobs are hashed. Its manifest equals the manifest of the commit's
// checkout, or is refused.
class TreeContent final : public Content {
 public:
  // Both live longer than this object.
  TreeContent(git::ObjectReader& objects, const git::Git& git,
              git::CommitId commit, TreePolicy policy = {})
      : objects_(objects),
        git_(git),
        commit_(commit),
        policy_(std::move(policy)) {}

  // Only the files method with SHA-256 can be read off pointers: others are
  // `incomplete`. unsafe_tree: names, modes, attributes that would change
  // bytes, pointers in disguise; links and submodules unless the policy and,
  // for links, the parameters allow them.
  Result<Manifest> manifest(const Parameters& parameters,
                            const Selection& selection) override;
  std::vector<std::string> notes() const override { return notes_; }

  // Paths of the submodules, where the policy allows any.
  Result<std::vector<std::string>> submodules();

  // The .gitattributes files of this commit.
  Result<std::vector<git::AttributesFile>> attributes_files();

  // The blob of model.sig at the top, which may be a git-lfs pointer;
  // not_found when there is none.
  Result<Bytes> signature();

  // The facts of this commit that a binding states: tree, files that OMS
  // excludes. Repository, ref, predecessor and time are left empty.
  Result<Binding> binding_facts();

 private:
  Result<git::TreeId> root_tree();
  Result<std::vector<git::TreeEntry>> root_entries();
  Result<void> note_lfs_servers();

  git::ObjectReader& objects_;
  const git::Git& git_;
  git::CommitId commit_;
  TreePolicy policy_;
  std::vector<std::string> notes_;
};

}  // namespace sigstore
