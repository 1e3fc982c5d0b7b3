// SPDX-License-Identifier: Apache-2.0
#include "core/git/attributes.h"

#include <algorithm>
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
Result<void> check_present(ObjectReader& objects,
                           const std::vector<AttributesFile>& files) {
  for (const AttributesFile& file : files) {
    const Result<ObjectHeader> header = objects.header(file.blob.id);
    if (!header.ok()) return Error(header.error()).context(file.path);
  }
  return {};
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

// The number of `attributes` in `kinds`. Neighbours are alike, so only the
// newest few are looked at: nobody can make this slow.
std::uint32_t kind_number(std::vector<PathAttributes>& kinds,
                          const PathAttributes& attributes) {
  constexpr std::size_t kLookedAt = 16;
  const std::size_t end = kinds.size() - std::min(kinds.size(), kLookedAt);
  for (std::size_t i = kinds.size(); i > end; --i)
    if (kinds[i - 1] == attributes) return static_cast<std::uint32_t>(i - 1);
  kinds.push_back(attributes);
  return static_cast<std::uint32_t>(kinds.size() - 1);
}

// Takes "path NUL" from the front if it stands there.
bool take_path(std::string_view& rest, const std::string& path) {
  if (rest.size() <= path.size() || rest[path.size()] != '\0' ||
      !rest.starts_with(path))
    return false;
  rest.remove_prefix(path.size() + 1);
  return true;
}

}  // namespace

Result<AttributeQuery> AttributeQuery::start(
    const Git& git, ObjectReader& objects,
    const std::vector<AttributesFile>& files,
    const std::vector<std::string>& paths) {
  std::error_code error;
  TRY_ASSIGN(
      TemporaryDirectory folder,
      TemporaryDirectory::create((std::filesystem::temp_directory_path(error) /
                                  "sigstore-index-XXXXXX")
                                     .string()));
  TRY(check_present(objects, files));
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
  std::string lines;
  for (const std::string& path : paths) lines.append(path).push_back('\0');
  const ByteView view = as_bytes(lines);
  Bytes input(view.begin(), view.end());
  TRY_ASSIGN(
      RunningCommand running,
      indexed.start_run({"check-attr", "--cached", "-z", "--stdin", "-a"},
                        {.input = input}));
  AttributeQuery query(std::move(folder), std::move(input), std::move(running),
                       paths);
  query.table_.kinds_.emplace_back();
  query.table_.kind_of_path_.assign(paths.size(), 0);
  return query;
}

// path NUL attribute NUL value NUL, in the order of the paths; a path without
// attributes does not appear. Takes all whole records.
void AttributeQuery::take_answers(std::string& output) {
  std::string_view rest = output;
  std::string_view record = rest;
  std::string_view name;
  std::string_view value;
  while (path_ < paths_.size()) {
    if (!take_path(record, paths_[path_])) {
      // Another path, or the rest of this one has not arrived.
      if (record.find('\0') == std::string_view::npos) break;
      table_.kind_of_path_[path_] = kind_number(table_.kinds_, current_);
      current_ = PathAttributes();
      ++path_;
      continue;
    }
    if (!take_field(record, name) || !take_field(record, value)) break;
    if (std::string* slot = slot_for(current_, name)) *slot = value;
    rest = record;
  }
  output.erase(0, output.size() - rest.size());
}

Result<void> AttributeQuery::step() {
  TRY(running_.step());
  take_answers(running_.output());
  return {};
}

Result<AttributeTable> AttributeQuery::finish() {
  TRY_ASSIGN(CommandOutput output, running_.finish());
  TRY_ASSIGN(std::string rest,
             Git::successful("check-attr", std::move(output)));
  take_answers(rest);
  if (!rest.empty())
    return fail(ErrorKind::internal, "git check-attr answered out of order");
  if (path_ < paths_.size())
    table_.kind_of_path_[path_] = kind_number(table_.kinds_, current_);
  return std::move(table_);
}

Result<AttributeTable> read_attributes(const Git& git, ObjectReader& objects,
                                       const std::vector<AttributesFile>& files,
                                       const std::vector<std::string>& paths) {
  TRY_ASSIGN(AttributeQuery query,
             AttributeQuery::start(git, objects, files, paths));
  return query.finish();
}

}  // namespace sigstore::git
