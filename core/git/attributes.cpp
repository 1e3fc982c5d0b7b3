// SPDX-License-Identifier: Apache-2.0
#include "core/git/attributes.h"

#include <filesystem>
#include <string_view>

#include "core/base/file.h"

namespace sigstore::git {
namespace {

// Before git 2.40 attributes of a commit are read only through an index; one
// that holds nothing but the attribute files is enough.
Result<void> fill_index(const Git& git,
                        const std::vector<AttributesFile>& files) {
  std::string lines;
  for (const AttributesFile& file : files)
    lines += concat("100644 ", file.blob.id.to_hex(), "\t", file.path, '\0');
  TRY(git.read({"update-index", "-z", "--index-info"},
               {.input = as_bytes(lines)}));
  return {};
}

// git takes an attribute file that is not here for an empty one.
Result<void> check_present(const Git& git,
                           const std::vector<AttributesFile>& files) {
  if (files.empty()) return {};
  std::string names;
  for (const AttributesFile& file : files)
    names += file.blob.id.to_hex() + "\n";
  TRY_ASSIGN(const std::string answer, git.read({"cat-file", "--batch-check"},
                                                {.input = as_bytes(names)}));
  if (answer.find(" missing") == std::string::npos) return {};
  return fail(ErrorKind::incomplete,
              "a .gitattributes file is not in this repository");
}

// The next NUL-terminated field.
bool take_field(std::string_view& rest, std::string_view& field) {
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return false;
  field = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return true;
}

std::string* slot_for(PathAttributes& attributes, std::string_view name) {
  if (name == "filter") return &attributes.filter;
  if (name == "text") return &attributes.text;
  if (name == "crlf") return &attributes.crlf;
  if (name == "eol") return &attributes.eol;
  if (name == "ident") return &attributes.ident;
  if (name == "working-tree-encoding") return &attributes.working_tree_encoding;
  return nullptr;
}

}  // namespace

Result<std::vector<PathAttributes>> read_attributes(
    const Git& git, const std::vector<AttributesFile>& files,
    const std::vector<std::string>& paths) {
  std::error_code error;
  TRY_ASSIGN(
      const TemporaryDirectory folder,
      TemporaryDirectory::create((std::filesystem::temp_directory_path(error) /
                                  "sigstore-index-XXXXXX")
                                     .string()));
  TRY(check_present(git, files));
  TRY_ASSIGN(const std::string git_dir,
             git.read({"rev-parse", "--absolute-git-dir"}));
  // A work tree elsewhere: paths must not be taken for relative to ours.
  const Git indexed =
      git.with("GIT_INDEX_FILE", (folder.path() / "index").string())
          .with("GIT_DIR", git_dir)
          .with("GIT_WORK_TREE", folder.path().string())
          // It would write once a path otherwise.
          .with("GIT_FLUSH", "0");
  TRY(fill_index(indexed, files));

  std::string input;
  for (const std::string& path : paths) input.append(path).push_back('\0');
  TRY_ASSIGN(const std::string output,
             indexed.read({"check-attr", "--cached", "-z", "--stdin", "-a"},
                          {.input = as_bytes(input)}));
  // path NUL attribute NUL value NUL, in the order of the paths; a path
  // without attributes does not appear.
  std::vector<PathAttributes> all(paths.size());
  std::string_view rest = output;
  std::string_view path;
  std::string_view name;
  std::string_view value;
  std::size_t index = 0;
  while (take_field(rest, path) && take_field(rest, name) &&
         take_field(rest, value)) {
    while (index < paths.size() && paths[index] != path) ++index;
    if (index == paths.size())
      return fail(ErrorKind::internal, "git check-attr answered out of order");
    if (std::string* slot = slot_for(all[index], name)) *slot = value;
  }
  return all;
}

}  // namespace sigstore::git
