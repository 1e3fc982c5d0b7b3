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

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
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
                            const CommitId& before, const CommitId& after) {
  TRY_ASSIGN(const std::optional<std::string> head, git.head_branch());
  TRY_ASSIGN(const std::string bare,
             git.read({"rev-parse", "--is-bare-repository"}));
  TRY_ASSIGN(const CommitId now, git.resolve_commit(branch));
  if (now != before)
    return fail(ErrorKind::io, branch, " has moved to ", now.id.to_short());
  if (head != branch || bare == "true") {
    TRY(git.read({"update-ref", "-m", "push: signed", branch, after.id.to_hex(),
                  before.id.to_hex()}));
    return {};
  }
  // One program, which goes on when we are killed: were it several, branch,
  // index and work tree could be left at odds. The options are those that the
  // user's configuration could set otherwise.
  TRY_ASSIGN(
      const CommandOutput output,
      git.with("GIT_REFLOG_ACTION", "push: signed")
          .run({"-c", "maintenance.auto=false", "-c", "gc.auto=0", "merge",
                "--quiet", "--ff-only", "--no-squash", "--no-autostash",
                "--no-stat", "--no-verify-signatures", after.id.to_hex()}));
  if (output.status != 0)
    return fail(ErrorKind::io, "git merge: ", first_line(output.err));
  return {};
}

}  // namespace sigstore::git
