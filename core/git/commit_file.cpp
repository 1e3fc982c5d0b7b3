// SPDX-License-Identifier: Apache-2.0
#include "core/git/commit_file.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/limits.h"
#include "core/git/tree.h"

namespace sigstore::git {
namespace {

Result<ObjectId> write_object(const Git& git, const char* type,
                              ByteView content) {
  TRY_ASSIGN(const std::string hex,
             git.read({"hash-object", "-w", "--stdin", "-t", type},
                      {.input = content}));
  const auto id = ObjectId::parse_hex(hex);
  if (!id) return fail(ErrorKind::io, "git hash-object: no object id");
  return *id;
}

Result<std::vector<TreeEntry>> top_entries(ObjectReader& objects,
                                           const CommitId& commit) {
  TRY_ASSIGN(const Bytes raw,
             read_object(objects, commit.id, ObjectType::commit,
                         limits::kCommitObject));
  TRY_ASSIGN(const Commit parsed, parse_commit(raw));
  TRY_ASSIGN(const Bytes tree,
             read_object(objects, parsed.tree.id, ObjectType::tree,
                         limits::kTreeObject));
  return parse_tree(tree, parsed.tree.id.view().size());
}

// Puts the file into the index and the work tree of the current branch.
Result<void> check_out_file(const Git& git, const CommitId& commit,
                            const std::string& name) {
  TRY_ASSIGN(const std::string bare,
             git.read({"rev-parse", "--is-bare-repository"}));
  if (bare == "true") return {};
  TRY_ASSIGN(const std::string blob,
             git.read({"rev-parse", commit.id.to_hex() + ":" + name}));
  TRY(git.read(
      {"update-index", "--add", "--cacheinfo", "100644," + blob + "," + name}));
  // The name is from the top, wherever we were started.
  TRY_ASSIGN(const std::string top, git.read({"rev-parse", "--show-toplevel"}));
  TRY(git.read({"-C", top, "checkout-index", "--force", "--", name}));
  return {};
}

}  // namespace

Result<CommitId> commit_file(const Git& git, ObjectReader& objects,
                             const CommitId& parent, const FileToCommit& file) {
  TRY_ASSIGN(std::vector<TreeEntry> entries, top_entries(objects, parent));
  TRY_ASSIGN(const ObjectId blob, write_object(git, "blob", file.content));
  std::erase_if(
      entries, [&](const TreeEntry& entry) { return entry.name == file.name; });
  entries.push_back({kModeFile, file.name, blob});
  TRY_ASSIGN(const ObjectId tree,
             write_object(git, "tree", write_tree(std::move(entries))));
  TRY_ASSIGN(const std::string hex,
             git.read({"commit-tree", tree.to_hex(), "-p", parent.id.to_hex()},
                      {.input = as_bytes(file.message)}));
  const auto commit = ObjectId::parse_hex(hex);
  if (!commit) return fail(ErrorKind::io, "git commit-tree: no commit id");
  return CommitId{*commit};
}

Result<void> advance_branch(const Git& git, const std::string& branch,
                            const CommitId& before, const CommitId& after,
                            const std::string& name) {
  TRY_ASSIGN(const std::optional<std::string> head, git.head_branch());
  TRY(git.read({"update-ref", "-m", "push: signed", branch, after.id.to_hex(),
                before.id.to_hex()}));
  if (head != branch) return {};
  Result<void> out = check_out_file(git, after, name);
  if (out.ok()) return out;
  // Take the branch back, so that index, work tree and branch agree.
  static_cast<void>(git.read({"update-ref", "-m", "push: not fast-forwarded",
                              branch, before.id.to_hex(), after.id.to_hex()}));
  static_cast<void>(git.read({"reset", "--quiet", "--", ":/" + name}));
  return out;
}

}  // namespace sigstore::git
