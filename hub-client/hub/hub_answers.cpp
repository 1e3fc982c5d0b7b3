// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub_answers.h"

#include <algorithm>
#include <utility>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error malformed(std::string_view member, std::string_view why) {
  return fail(ErrorKind::invalid_input, "'", member, "' ", why);
}

Result<git::CommitId> commit_member(const Json& object, std::string_view name) {
  TRY_ASSIGN(const std::string_view text, string_member(object, name));
  const auto id = git::ObjectId::parse_hex(text);
  if (!is_hex(text, 40) || !id) return malformed(name, "is no commit");
  return git::CommitId{*id};
}

Result<std::uint64_t> size_member(const Json& object) {
  if (find_member(object, "size") == nullptr)
    return malformed("size", "is missing");
  TRY_ASSIGN(const std::int64_t size, int64_member(object, "size"));
  return static_cast<std::uint64_t>(size);
}

// "lfs": {"oid": SHA-256, "size": N, "pointerSize": N}
Result<void> read_lfs(const Json& entry, ListedFile& file) {
  if (find_member(entry, "lfs") == nullptr) return {};
  TRY_ASSIGN(const Json* lfs, object_member(entry, "lfs"));
  TRY_ASSIGN(const std::string_view oid, string_member(*lfs, "oid"));
  file.sha256 = Sha256Digest::parse_hex(oid);
  if (!file.sha256) return malformed("lfs.oid", "is no SHA-256");
  TRY_ASSIGN(file.size, size_member(*lfs).context("lfs"));
  return {};
}

Result<ListedFile> read_file_entry(const Json& entry) {
  ListedFile file;
  TRY_ASSIGN(const std::string_view path, string_member(entry, "path"));
  file.path = path;
  TRY_ASSIGN(file.size, size_member(entry));
  TRY_ASSIGN(const std::string_view oid, string_member(entry, "oid"));
  if (!is_hex(oid, 40)) return malformed("oid", "is no SHA-1");
  file.blob_id = oid;
  TRY(read_lfs(entry, file));
  TRY_ASSIGN(file.xet_hash, optional_string(entry, "xetHash"));
  if (!file.xet_hash.empty() && !is_hex(file.xet_hash, 64))
    return malformed("xetHash", "is no hash");
  return file;
}

Result<Json> parse_array(ByteView bytes) {
  TRY_ASSIGN(Json json, parse_json(as_text(bytes)));
  if (!json.is_array())
    return fail(ErrorKind::invalid_input, "the answer is not an array");
  return json;
}

Result<Json> parse_object(ByteView bytes) {
  TRY_ASSIGN(Json json, parse_json(as_text(bytes)));
  if (!json.is_object())
    return fail(ErrorKind::invalid_input, "the answer is not an object");
  return json;
}

Result<std::vector<Reference>> read_references(const Json& json,
                                               std::string_view name) {
  TRY_ASSIGN(const Json* array, optional_array(json, name));
  std::vector<Reference> all;
  for (const Json& item : *array) {
    Reference one;
    TRY_ASSIGN(const std::string_view short_name, string_member(item, "name"));
    TRY_ASSIGN(const std::string_view ref, string_member(item, "ref"));
    one.name = short_name;
    one.ref = ref;
    TRY_ASSIGN(one.target, commit_member(item, "targetCommit"));
    all.push_back(std::move(one));
  }
  return all;
}

bool is_bad_part(std::string_view part) {
  return part.empty() || part == "." || part == "..";
}

bool has_drive(std::string_view path) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return path.size() >= 2 && path[1] == ':' && is_letter(path[0]);
}

}  // namespace

const ListedFile* Listing::find(std::string_view path) const {
  const auto file =
      std::lower_bound(files.begin(), files.end(), path,
                       [](const ListedFile& item, std::string_view name) {
                         return item.path < name;
                       });
  return file != files.end() && file->path == path ? &*file : nullptr;
}

Result<void> check_path(std::string_view path) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::unsafe_tree, "the name of a file ", why, ": '",
                path.substr(0, 200), "'");
  };
  if (path.size() > limits::kPathLength) return refuse("is too long");
  const bool has_control = std::any_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
  });
  if (has_control) return refuse("has control characters");
  if (path.find('\\') != std::string_view::npos)
    return refuse("has a backslash");
  if (has_drive(path)) return refuse("begins with a drive");
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (is_bad_part(path.substr(start, end - start)))
      return refuse("leads elsewhere");
    start = end + 1;
  }
  return {};
}

Result<RepoInfo> parse_repo_info(ByteView bytes) {
  TRY_ASSIGN(const Json json, parse_object(bytes));
  RepoInfo info;
  TRY_ASSIGN(info.id, optional_string(json, "id"));
  TRY_ASSIGN(info.commit, commit_member(json, "sha"));
  if (find_member(json, "private") != nullptr) {
    TRY_ASSIGN(info.is_private, bool_member(json, "private"));
  }
  return info;
}

Result<std::vector<ListedFile>> parse_tree_page(ByteView bytes) {
  TRY_ASSIGN(const Json json, parse_array(bytes));
  if (json.size() > limits::kListedFiles)
    return fail(ErrorKind::invalid_input, "more than ", limits::kListedFiles,
                " files");
  std::vector<ListedFile> files;
  for (const Json& entry : json) {
    TRY_ASSIGN(const std::string_view type, string_member(entry, "type"));
    if (type == "directory") continue;
    // A submodule, say, is something that nobody can fetch or vouch for.
    if (type != "file")
      return malformed("type", "is neither file nor directory");
    TRY_ASSIGN(ListedFile file, read_file_entry(entry));
    files.push_back(std::move(file));
  }
  return files;
}

Result<void> sort_files(std::vector<ListedFile>& files) {
  std::sort(
      files.begin(), files.end(),
      [](const ListedFile& a, const ListedFile& b) { return a.path < b.path; });
  const auto twice = std::adjacent_find(
      files.begin(), files.end(), [](const ListedFile& a, const ListedFile& b) {
        return a.path == b.path;
      });
  if (twice != files.end())
    return fail(ErrorKind::invalid_input, "two files are called '",
                twice->path.substr(0, 200), "'");
  return {};
}

Result<References> parse_references(ByteView bytes) {
  TRY_ASSIGN(const Json json, parse_object(bytes));
  // Every repository has some: an object without them is another answer.
  if (find_member(json, "branches") == nullptr)
    return fail(ErrorKind::invalid_input, "there is no 'branches'");
  References references;
  TRY_ASSIGN(references.branches, read_references(json, "branches"));
  TRY_ASSIGN(references.converts, read_references(json, "converts"));
  TRY_ASSIGN(references.tags, read_references(json, "tags"));
  TRY_ASSIGN(references.pull_requests, read_references(json, "pullRequests"));
  return references;
}

Result<std::vector<CommitInfo>> parse_commits(ByteView bytes) {
  TRY_ASSIGN(const Json json, parse_array(bytes));
  std::vector<CommitInfo> commits;
  for (const Json& item : json) {
    CommitInfo commit;
    TRY_ASSIGN(commit.id, commit_member(item, "id"));
    TRY_ASSIGN(commit.title, optional_string(item, "title"));
    TRY_ASSIGN(commit.date, optional_string(item, "date"));
    commits.push_back(std::move(commit));
  }
  return commits;
}

Result<Account> parse_account(ByteView bytes) {
  TRY_ASSIGN(const Json json, parse_object(bytes));
  Account account;
  TRY_ASSIGN(const std::string_view name, string_member(json, "name"));
  account.name = name;
  TRY_ASSIGN(account.type, optional_string(json, "type"));
  TRY_ASSIGN(const Json* organizations, optional_array(json, "orgs"));
  for (const Json& item : *organizations) {
    TRY_ASSIGN(const std::string_view one, string_member(item, "name"));
    account.organizations.emplace_back(one);
  }
  const Json* auth = find_member(json, "auth");
  if (auth == nullptr) return account;
  const Json* token = find_member(*auth, "accessToken");
  if (token == nullptr) return account;
  TRY_ASSIGN(account.role, optional_string(*token, "role"));
  return account;
}

}  // namespace sigstore::hub
