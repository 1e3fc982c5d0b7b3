// SPDX-License-Identifier: Apache-2.0
#include "core/app/signed_relatives.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/manifest/tree_content.h"

namespace sigstore {
namespace {

// Signed states tried in the search for the last good one.
constexpr int kAncestorsTried = 32;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// The commit's tree without model.sig.
Result<git::TreeId> content_tree(const Repository& repository,
                                 const git::CommitId& commit) {
  TreeContent content(*repository.objects, repository.git, commit);
  TRY_ASSIGN(const Binding facts, content.binding_facts());
  return facts.tree;
}

bool has_signature(const Repository& repository, const git::CommitId& commit) {
  TreeContent content(*repository.objects, repository.git, commit);
  return content.signature().ok();
}

std::string join(const std::vector<std::string_view>& paths) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(paths.size(), kShown); ++i)
    text += concat(i == 0 ? "" : ", ", paths[i]);
  if (paths.size() > kShown)
    text += concat(" (+", paths.size() - kShown, " more)");
  return text;
}

}  // namespace

Result<std::optional<git::CommitId>> find_signing_child(
    const Repository& repository, const git::CommitId& commit,
    const std::vector<git::CommitId>& tips) {
  std::vector<std::string> arguments{"rev-list", "--parents", "--ancestry-path",
                                     "^" + commit.id.to_hex()};
  const std::size_t fixed = arguments.size();
  for (const git::CommitId& tip : tips)
    if (repository.objects->header(tip.id).ok())
      arguments.push_back(tip.id.to_hex());
  if (tips.empty()) arguments.emplace_back("--all");
  if (arguments.size() == fixed) return std::optional<git::CommitId>();
  TRY_ASSIGN(const std::string listed, repository.git.read(arguments));
  TRY_ASSIGN(const git::TreeId wanted, content_tree(repository, commit));
  for (const std::string_view line : split(listed, '\n')) {
    const std::vector<std::string_view> ids = split(line, ' ');
    if (ids.size() != 2 || ids[1] != commit.id.to_hex()) continue;
    const auto child = git::ObjectId::parse_hex(ids[0]);
    if (!child || !has_signature(repository, {*child})) continue;
    TRY_ASSIGN(const git::TreeId tree, content_tree(repository, {*child}));
    if (tree == wanted) return std::optional(git::CommitId{*child});
  }
  return std::optional<git::CommitId>();
}

Result<std::optional<CommitVerdict>> find_signed_ancestor(
    const Repository& repository, const CommitQuestion& question,
    const CheckOne& check) {
  // Only a commit that touches model.sig can be the first of a signed state.
  TRY_ASSIGN(const std::string listed,
             repository.git.read({"rev-list", "--first-parent",
                                  concat("--max-count=", kAncestorsTried),
                                  question.commit.id.to_hex(), "--",
                                  std::string(kSignatureName)}));
  for (const std::string_view line : split(listed, '\n')) {
    const auto id = git::ObjectId::parse_hex(line);
    if (!id || *id == question.commit.id) continue;
    CommitQuestion earlier = question;
    earlier.commit = {*id};
    Result<CommitVerdict> verdict = check(earlier);
    if (verdict.ok() && verdict->verified)
      return std::optional(std::move(verdict).value());
    // What comes before it is older still.
    if (!verdict.ok() && verdict.error().kind == ErrorKind::rollback) break;
  }
  return std::optional<CommitVerdict>();
}

Result<std::string> describe_unsigned(const Repository& repository,
                                      const std::string& ancestor,
                                      const git::CommitId& tip) {
  const std::string to = tip.id.to_hex();
  TRY_ASSIGN(const std::string count,
             repository.git.read({"rev-list", "--first-parent", "--count",
                                  ancestor + ".." + to}));
  TRY_ASSIGN(const std::string changed,
             repository.git.read({"diff-tree", "-r", "-z", "--name-only",
                                  "--no-renames", ancestor, to}));
  const std::vector<std::string_view> paths = split(changed, '\0');
  return concat(
      count, count == "1" ? " commit" : " commits", " since the signed ",
      ancestor.substr(0, 7),
      count == "1" ? " is not signed (changes " : " are not signed (change ",
      join(paths), ")");
}

}  // namespace sigstore
