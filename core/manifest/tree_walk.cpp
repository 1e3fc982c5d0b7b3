// SPDX-License-Identifier: Apache-2.0
#include "core/manifest/tree_walk.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "core/base/encoding.h"
#include "core/base/limits.h"
#include "core/git/tree.h"
#include "core/manifest/tree_names.h"

namespace sigstore {
namespace {

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// Without the code points that HFS+ ignores in names: U+200C..200F,
// U+202A..202E, U+206A..206F, U+FEFF (git's utf8.c, next_hfs_char).
std::string without_ignorable(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string_view next = name.substr(i, 3);
    const auto byte = [&](std::size_t at) {
      return static_cast<unsigned char>(next[at]);
    };
    const bool general =
        next.size() == 3 && byte(0) == 0xE2 &&
        ((byte(1) == 0x80 && ((byte(2) >= 0x8C && byte(2) <= 0x8F) ||
                              (byte(2) >= 0xAA && byte(2) <= 0xAE))) ||
         (byte(1) == 0x81 && byte(2) >= 0xAA && byte(2) <= 0xAF));
    if (general || next == "\xEF\xBB\xBF")
      i += 2;
    else
      out += name[i];
  }
  return out;
}

bool is_dot_git(std::string_view name) {
  std::string plain = ascii_lower(without_ignorable(name));
  while (plain.ends_with('.') || plain.ends_with(' ')) plain.pop_back();
  return plain == ".git" || plain == "git~1";
}

// Letters, digits, "-", "_" and inner dots: safe without a closer look, and
// what nearly all names are.
bool is_plain_name(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && is_word(name.front()) && is_word(name.back()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_word(c) || c == '.'; });
}

// Sorted by bytes and without upper case, names cannot be twins.
bool are_distinct_lower(const std::vector<git::TreeEntry>& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& name = entries[i].name;
    if (i > 0 && entries[i - 1].name >= name) return false;
    if (std::any_of(name.begin(), name.end(), [](char c) {
          return c < '!' || c > '~' || (c >= 'A' && c <= 'Z');
        }))
      return false;
  }
  return true;
}

class Walker {
 public:
  Walker(git::ObjectReader& objects, const TreePolicy& policy)
      : objects_(objects), policy_(policy) {}

  Result<void> enter(const git::TreeId& tree, const std::string& prefix,
                     std::size_t depth) {
    if (depth > limits::kTreeDepth)
      return fail(ErrorKind::unsafe_tree, "folders nested deeper than ",
                  limits::kTreeDepth);
    TRY_ASSIGN(const Bytes content,
               git::read_object(objects_, tree.id, git::ObjectType::tree,
                                limits::kTreeObject));
    TRY_ASSIGN(const std::vector<git::TreeEntry> entries,
               git::parse_tree(content, tree.id.view().size()));
    TRY(check_case_twins(entries, prefix));
    for (const git::TreeEntry& entry : entries)
      TRY(visit(entry, prefix, depth));
    return {};
  }

  TreeFiles out;

 private:
  Result<void> visit(const git::TreeEntry& entry, const std::string& prefix,
                     std::size_t depth) {
    // Folders count as well: a few trees can name each other 2^40 times.
    static_assert(limits::kTreeEntries <= limits::kResources);
    if (++visited_ > limits::kTreeEntries)
      return fail(ErrorKind::unsupported, "more than ", limits::kTreeEntries,
                  " files and folders");
    std::string path = prefix + entry.name;
    if (!is_plain_name(entry.name))
      TRY(check_tree_name(entry.name).context(path));
    if (path.size() > limits::kPathLength)
      return fail(ErrorKind::unsafe_tree, "a path is longer than ",
                  limits::kPathLength, " bytes");
    if (entry.mode == git::kModeTree)
      return enter(git::TreeId{entry.id}, path + "/", depth + 1);
    if (entry.mode == git::kModeSymlink && policy_.allow_symlinks) {
      out.links.push_back({std::move(path), git::BlobId{entry.id}});
      return {};
    }
    if (entry.mode == git::kModeSubmodule && policy_.allow_submodules) {
      out.submodules.push_back(std::move(path));
      return {};
    }
    if (entry.mode == git::kModeSymlink)
      return fail(ErrorKind::unsafe_tree, path,
                  " is a symbolic link; links cannot be signed");
    if (entry.mode == git::kModeSubmodule)
      return fail(ErrorKind::unsafe_tree, path,
                  " is a submodule; its files cannot be signed");
    if (entry.mode != git::kModeFile && entry.mode != git::kModeExecutable)
      return fail(ErrorKind::unsafe_tree, path, " has an unknown mode");
    if (entry.name == ".gitattributes")
      out.attributes.push_back({path, git::BlobId{entry.id}});
    out.files.push_back({std::move(path), git::BlobId{entry.id}});
    return {};
  }

  // On a file system that folds case, one would overwrite the other.
  static Result<void> check_case_twins(
      const std::vector<git::TreeEntry>& entries, const std::string& prefix) {
    if (are_distinct_lower(entries)) return {};
    std::vector<std::string> folded;
    folded.reserve(entries.size());
    for (const git::TreeEntry& entry : entries)
      folded.push_back(fold_name(entry.name));
    std::sort(folded.begin(), folded.end());
    const auto twin = std::adjacent_find(folded.begin(), folded.end());
    if (twin == folded.end()) return {};
    return fail(ErrorKind::unsafe_tree, "two names differ only in case",
                is_ascii(*twin) ? ": " : " or composition: ", prefix, *twin);
  }

  git::ObjectReader& objects_;
  const TreePolicy& policy_;
  std::size_t visited_ = 0;
};

bool is_off(const std::string& value) {
  return value.empty() || value == "unset" || value == "unspecified";
}

}  // namespace

Result<TreeFiles> walk_tree(git::ObjectReader& objects, git::TreeId tree,
                            const TreePolicy& policy) {
  Walker walker(objects, policy);
  TRY(walker.enter(tree, "", 0));
  return std::move(walker.out);
}

Result<void> check_tree_name(std::string_view name) {
  const auto unsafe = [](std::string_view why) {
    return fail(ErrorKind::unsafe_tree, "unsafe name: ", why);
  };
  if (name.empty() || name == "." || name == "..")
    return unsafe("it is empty, '.' or '..'");
  if (!is_utf8(name)) return unsafe("not valid UTF-8");
  if (is_dot_git(name)) return unsafe("some file systems take it for .git");
  TRY(check_disguise(name));
  const bool control = std::any_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
  if (control) return unsafe("it has control characters");
  if (name.find_first_of("\\:/") != std::string_view::npos)
    return unsafe("it has a backslash, colon or slash");
  if (name.ends_with('.') || name.ends_with(' '))
    return unsafe("it ends in a dot or space");
  return {};
}

Result<void> check_attributes(const git::PathAttributes& attributes,
                              std::string_view path) {
  const auto refuse = [&](std::string_view name, const std::string& value) {
    return fail(ErrorKind::unsafe_tree, "unsafe .gitattributes: '", name,
                value == "set" ? "" : "=", value == "set" ? "" : value, "' on ",
                path, " would change signed bytes");
  };
  if (!is_off(attributes.text)) return refuse("text", attributes.text);
  if (!is_off(attributes.crlf)) return refuse("crlf", attributes.crlf);
  if (!is_off(attributes.eol)) return refuse("eol", attributes.eol);
  if (!is_off(attributes.ident)) return refuse("ident", attributes.ident);
  if (!is_off(attributes.working_tree_encoding))
    return refuse("working-tree-encoding", attributes.working_tree_encoding);
  if (!is_off(attributes.filter) && !attributes.is_lfs())
    return refuse("filter", attributes.filter);
  return {};
}

}  // namespace sigstore
