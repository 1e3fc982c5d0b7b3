// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// Preupload and commit: hub.md 1.11.

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/commit_request.h"
#include "tests/support/test_hub/digest.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/index.h"
#include "tests/support/test_hub/lfs_answer.h"
#include "tests/support/test_hub/lfs_store.h"
#include "tests/support/test_hub/process.h"

namespace test_hub {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kLargeFile = 10U << 20U;
constexpr size_t kMaxFiles = 1000;

struct WantedFile {
  std::string path;
  std::uint64_t size = 0;
  std::string sample;
};

std::optional<std::vector<WantedFile>> parse_files(const Json& body) {
  const auto list = body.find("files");
  if (list == body.end() || !list->is_array() || list->size() > kMaxFiles) {
    return std::nullopt;
  }
  std::vector<WantedFile> files;
  for (const auto& json : *list) {
    const auto sample = decode_base64(text_member(json, "sample"));
    const std::string path = text_member(json, "path");
    if (path.empty() || !sample) return std::nullopt;
    const auto size = json.find("size");
    if (size == json.end() || !size->is_number_unsigned()) return std::nullopt;
    files.push_back({path, size->get<std::uint64_t>(), *sample});
  }
  return files;
}

// What .gitignore says, in the request or at the revision: git has to be
// told of a working tree, and this one has nothing but that file.
std::vector<bool> are_ignored(ApiCall& call, const Json& body,
                              const std::string& commit,
                              const std::vector<WantedFile>& files) {
  std::vector<bool> answers(files.size(), false);
  std::string rules = text_member(body, "gitIgnore");
  if (rules.empty() && !commit.empty()) {
    rules = run_git(call.hub, call.repository,
                    {.arguments = {"cat-file", "blob", commit + ":.gitignore"}})
                .value_or("");
  }
  if (rules.empty() || files.empty()) return answers;
  const auto folder = call.hub.spool() / ("ignore-" + sha256_hex(rules));
  std::error_code ignored;
  std::filesystem::create_directory(folder, ignored);
  write_file_atomic(folder / ".gitignore", rules);
  std::string input;
  for (const auto& file : files) input += file.path + '\0';
  const auto output =
      run_git(call.hub, call.repository,
              {.arguments = {"--work-tree=" + folder.string(), "check-ignore",
                             "--no-index", "-z", "--stdin"},
               .input = input});
  std::filesystem::remove_all(folder, ignored);
  for (const auto path : split(output ? std::string_view(*output) : "", '\0')) {
    for (size_t i = 0; i < files.size(); ++i) {
      if (files[i].path == path) answers[i] = true;
    }
  }
  return answers;
}

bool is_large(ApiCall& call, const WantedFile& file) {
  if (file.size == 0) return false;
  const auto reaches = [&](const Json& settings) {
    return file.size >= settings.at("from").get<std::uint64_t>();
  };
  return file.size >= kLargeFile ||
         file.sample.find('\0') != std::string::npos ||
         call.hub.switches.take("large-file", call.target(file.path), reaches);
}

Json describe_modes(ApiCall& call, const Json& body, const std::string& commit,
                    const std::vector<WantedFile>& files) {
  Index index(call.hub, call.repository, commit);
  const std::string rules = text_member(body, "gitAttributes");
  if (!rules.empty()) index.add(".gitattributes", rules);
  std::vector<std::string> paths;
  for (const auto& file : files) paths.push_back(file.path);
  const auto lfs = index.are_lfs(paths);
  const auto ignored = are_ignored(call, body, commit, files);
  const auto tree =
      commit.empty() ? nullptr : read_tree(call.hub, call.repository, commit);
  Json list = Json::array();
  for (size_t i = 0; i < files.size(); ++i) {
    const bool large =
        files[i].size > 0 && (lfs[i] || is_large(call, files[i]));
    Json json = {{"path", files[i].path},
                 {"uploadMode", large ? "lfs" : "regular"},
                 {"shouldIgnore", static_cast<bool>(ignored[i])}};
    const auto* const entry = tree ? find_entry(*tree, files[i].path) : nullptr;
    if (entry != nullptr && !entry->is_folder) {
      json["oid"] = entry->lfs ? entry->lfs->oid : entry->oid;
    }
    list.push_back(std::move(json));
  }
  return list;
}

std::string pointer_of(const Operation& operation) {
  return "version https://git-lfs.github.com/spec/v1\noid sha256:" +
         operation.oid + "\nsize " + std::to_string(operation.size) + "\n";
}

// "" or what is wrong: each LFS file must have been uploaded.
std::string check_uploads(ApiCall& call, const CommitRequest& request) {
  for (auto operation : request.operations) {
    if (operation.kind != Operation::Kind::lfs_file) continue;
    const auto stored = find_lfs_object(call.hub.root, operation.oid);
    if (!stored) {
      return "Your push was rejected because an LFS pointer pointed to a file "
             "that does not exist: " +
             operation.path;
    }
    if (operation.size != 0 && operation.size != *stored) {
      return "the size of " + operation.path + " is wrong";
    }
  }
  return "";
}

void apply(ApiCall& call, const Tree& tree, const Operation& operation,
           Index& index) {
  using enum Operation::Kind;
  switch (operation.kind) {
    case file:
      return index.add(operation.path, operation.content);
    case lfs_file: {
      Operation sized = operation;
      sized.size = find_lfs_object(call.hub.root, operation.oid).value_or(0);
      return index.add(operation.path, pointer_of(sized));
    }
    case remove:
      return index.remove(operation.path);
    case remove_folder:
      for (const auto& entry : tree) {
        if (!entry.is_folder && entry.path.starts_with(operation.path + "/")) {
          index.remove(entry.path);
        }
      }
      return;
    case rename:
      const auto* const entry = find_entry(tree, operation.old_path);
      if (entry != nullptr) index.add_blob(operation.path, entry->oid);
      return index.remove(operation.old_path);
  }
}

std::optional<std::string> make_commit(ApiCall& call,
                                       const CommitRequest& request,
                                       const std::string& base) {
  const auto listed =
      base.empty() ? nullptr : read_tree(call.hub, call.repository, base);
  const Tree tree = listed ? *listed : Tree();
  Index index(call.hub, call.repository, base);
  std::vector<std::string> lfs_paths;
  for (const auto& operation : request.operations) {
    apply(call, tree, operation, index);
    if (operation.kind == Operation::Kind::lfs_file) {
      lfs_paths.push_back(operation.path);
    }
  }
  index.track(lfs_paths);
  const std::string message =
      request.summary + "\n" +
      (request.description.empty() ? "" : "\n" + request.description + "\n");
  return index.commit(base, call.caller.user, message);
}

// Where a commit goes, and what it is made on.
struct Destination {
  std::string ref;
  std::string head = {};  // what the ref must be at; "" is not there yet
  std::string base = {};
  unsigned pull_request = 0;
};

// Nothing when the answer is made: 404, 412.
std::optional<Destination> find_destination(ApiCall& call,
                                            const CommitRequest& request) {
  const std::string revision = call.path_from(0);
  Hub& hub = call.hub;
  const auto head = resolve_revision(hub, call.repository, revision);
  const bool opens = call.request.get_param_value("create_pr") == "1";
  const bool is_ref = revision.starts_with("refs/");
  if (!head && (is_ref || opens || revision != "main")) {
    answer_refusal(call.response,
                   {404, "RevisionNotFound", "Invalid rev id: " + revision});
    return std::nullopt;
  }
  const std::string parent =
      request.parent.empty() ? head.value_or("") : request.parent;
  if (!parent.empty() && !resolve_revision(hub, call.repository, parent)) {
    answer_refusal(call.response, {404, "RevisionNotFound",
                                   "Invalid parent commit: " + parent});
    return std::nullopt;
  }
  if (opens) {
    const unsigned number = hub.discussions.add(
        call.repository.full_name(), {.title = request.summary,
                                      .description = request.description,
                                      .author = call.caller.user,
                                      .is_pull_request = true,
                                      .status = "open"});
    return Destination{"refs/pr/" + std::to_string(number), "", parent, number};
  }
  if (parent != head.value_or("") ||
      hub.switches.take("commit-moved", call.target())) {
    answer_refusal(call.response,
                   {412, "",
                    "A commit has happened since. Please refresh and try "
                    "again."});
    return std::nullopt;
  }
  return Destination{is_ref ? revision : "refs/heads/" + revision,
                     head.value_or(""), parent};
}

}  // namespace

void answer_preupload(ApiCall& call) {
  const auto body = read_json(call.request, call.response);
  if (!body) return;
  const auto files = parse_files(*body);
  if (!files) {
    return answer_refusal(call.response,
                          {422, "", "files: path, size and sample are needed"});
  }
  const std::string commit =
      resolve_revision(call.hub, call.repository, call.path_from(0))
          .value_or("");
  Json answer = {{"files", describe_modes(call, *body, commit, *files)}};
  if (!commit.empty()) answer["commitOid"] = commit;
  answer_json(call.response, answer);
}

void answer_commit(ApiCall& call) {
  std::string complaint;
  const auto request = parse_commit_request(call.request.body, complaint);
  if (request) complaint = check_uploads(call, *request);
  if (!complaint.empty()) {
    return answer_refusal(call.response, {400, "", complaint});
  }
  if (call.hub.switches.take("commit-busy", call.target())) {
    return answer_refusal(
        call.response,
        {409, "", "another conflicting operation is in progress"});
  }
  const std::lock_guard lock(call.hub.commits);
  const auto destination = find_destination(call, *request);
  if (!destination) return;
  const auto commit = make_commit(call, *request, destination->base);
  if (!commit || !move_ref(call.hub, call.repository, destination->ref, *commit,
                           destination->head)) {
    return answer_refusal(call.response, {500, "", "the commit failed"});
  }
  if (call.hub.switches.take("lost-commit", call.target())) {
    return cut_connection(call.request);
  }
  const std::string page =
      own_origin(call.request) + "/" + call.repository.full_name();
  Json answer = {{"success", true},
                 {"commitOid", *commit},
                 {"commitUrl", page + "/commit/" + *commit},
                 {"hookOutput", ""}};
  if (destination->pull_request != 0) {
    answer["pullRequestUrl"] =
        page + "/discussions/" + std::to_string(destination->pull_request);
  }
  answer_json(call.response, answer);
}

}  // namespace test_hub
