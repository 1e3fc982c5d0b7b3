// SPDX-License-Identifier: Apache-2.0
// What changes a repository; hub.cpp only reads.
#include <chrono>
#include <utility>

#include "core/base/json.h"
#include "core/base/limits.h"
#include "hub-client/hub/hub.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kLfsJson = "application/vnd.git-lfs+json";

std::string at_branch(std::string_view call, std::string_view revision,
                      bool create_pr) {
  return concat(call, "/", escape_revision(revision),
                create_pr ? "?create_pr=1" : "");
}

std::string object_json(const LfsUpload& object) {
  return concat("{\"oid\":\"", object.oid.to_hex(),
                "\",\"size\":", object.size);
}

}  // namespace

http::Request Hub::post_json(std::string url, std::string body) const {
  http::Request request = request_to(std::move(url));
  request.method = http::Method::post;
  request.headers.push_back({"Content-Type", kJson});
  request.body = to_bytes(body);
  return request;
}

Result<Account> Hub::whoami() {
  const Subject subject{"the token's owner", {}, false};
  TRY_ASSIGN(const http::Response answer,
             ask(subject, request_to(options_.endpoint.at("api/whoami-v2"))));
  return parse_account(answer.body).context(subject.name);
}

Result<bool> Hub::create_repo(const RepoName& repo, bool is_private) {
  const Subject subject = subject_of(repo);
  const std::size_t slash = repo.id.find('/');
  Json body = {{"type", type_name(repo.type)}, {"private", is_private}};
  if (slash == std::string::npos) {
    body["name"] = repo.id;
  } else {
    body["organization"] = repo.id.substr(0, slash);
    body["name"] = repo.id.substr(slash + 1);
  }
  Result<http::Response> answer = client_.send(
      post_json(options_.endpoint.at("api/repos/create"), body.dump()));
  if (answer.ok() && answer->status == 409) return false;
  if (answer.ok() && answer->status == 403 &&
      resolve_revision(repo, "main").ok())
    return false;  // whoever may not make it can still propose a change
  TRY(answer_of(subject, std::move(answer)));
  return true;
}

Result<void> Hub::create_branch(const RepoName& repo, std::string_view branch,
                                BranchStart start) {
  const Subject subject = subject_of(repo, concat("@", branch));
  Result<http::Response> answer = client_.send(post_json(
      options_.endpoint.api(repo, concat("branch/", escape_revision(branch))),
      start == BranchStart::empty ? R"({"emptyBranch":true})" : "{}"));
  if (answer.ok() && answer->status == 409) return {};
  TRY(answer_of(subject, std::move(answer)));
  return {};
}

Result<std::vector<UploadMode>> Hub::preupload(
    const RepoName& repo, std::string_view revision,
    std::span<const PlannedFile> files, bool create_pr) {
  const Subject subject = subject_of(repo, concat("@", revision));
  Json list = Json::array();
  for (const PlannedFile& file : files)
    list.push_back({{"path", file.path},
                    {"size", file.size},
                    {"sample", to_base64(file.sample)}});
  TRY_ASSIGN(
      const http::Response answer,
      ask(subject,
          post_json(options_.endpoint.api(
                        repo, at_branch("preupload", revision, create_pr)),
                    Json{{"files", std::move(list)}}.dump())));
  TRY_ASSIGN(std::vector<UploadMode> modes,
             parse_preupload(answer.body).context(subject.name));
  bool fits = modes.size() == files.size();
  for (std::size_t i = 0; fits && i < modes.size(); ++i)
    fits = modes[i].path == files[i].path;
  if (!fits)
    return fail(ErrorKind::invalid_input, subject.name,
                ": the Hub answers about other files than it was asked about");
  return modes;
}

Result<std::vector<LfsUpload>> Hub::lfs_batch(
    const RepoName& repo, std::string_view branch,
    const std::vector<LfsObject>& objects) {
  const Subject subject = subject_of(repo);
  Json list = Json::array();
  for (const LfsObject& object : objects)
    list.push_back({{"oid", object.oid.to_hex()}, {"size", object.size}});
  Json body = {{"operation", "upload"},
               {"transfers", {"basic", "multipart"}},
               {"hash_algo", "sha256"},
               {"objects", std::move(list)}};
  if (!branch.empty()) body["ref"] = {{"name", branch}};
  http::Request request = request_to(
      concat(options_.endpoint.page(repo), ".git/info/lfs/objects/batch"));
  request.method = http::Method::post;
  request.headers.push_back({"Accept", kLfsJson});
  request.headers.push_back({"Content-Type", kLfsJson});
  request.body = to_bytes(body.dump());
  TRY_ASSIGN(const http::Response answer, ask(subject, std::move(request)));
  TRY_ASSIGN(std::vector<LfsUpload> uploads,
             parse_lfs_batch(answer.body, objects).context(subject.name));
  for (LfsUpload& upload : uploads) {
    if (upload.upload)
      upload.upload->url = options_.endpoint.own_url(upload.upload->url);
    if (upload.verify)
      upload.verify->url = options_.endpoint.own_url(upload.verify->url);
    for (LfsPart& part : upload.parts)
      part.url = options_.endpoint.own_url(part.url);
  }
  return uploads;
}

Result<void> Hub::complete_parts(const LfsUpload& object,
                                 const std::vector<std::string>& etags) {
  const Subject subject{concat("object ", object.oid.to_hex()), {}, false};
  Json parts = Json::array();
  for (std::size_t i = 0; i < etags.size(); ++i)
    parts.push_back({{"partNumber", i + 1}, {"etag", etags[i]}});
  http::Request request;
  request.method = http::Method::post;
  request.url = object.upload->url;
  request.headers = {{"Accept", kLfsJson}, {"Content-Type", kLfsJson}};
  request.body = to_bytes(
      Json{{"oid", object.oid.to_hex()}, {"parts", std::move(parts)}}.dump());
  request.repeatable = true;
  request.total_timeout = std::chrono::minutes(5);
  TRY(ask(subject, std::move(request)));
  return {};
}

Result<void> Hub::verify_object(const LfsUpload& object) {
  if (!object.verify) return {};
  const Subject subject{concat("object ", object.oid.to_hex()), {}, false};
  // The Hub's token where it may go, and what the answer said beside it.
  http::Request request = request_to(object.verify->url);
  request.method = http::Method::post;
  request.headers.push_back({"Accept", kLfsJson});
  request.headers.push_back({"Content-Type", kLfsJson});
  for (const http::Header& header : object.verify->headers)
    request.headers.push_back(header);
  request.body = to_bytes(object_json(object) + "}");
  TRY(ask(subject, std::move(request)));
  return {};
}

Result<CommitOutcome> Hub::commit(const RepoName& repo,
                                  std::string_view revision, Bytes body,
                                  bool create_pr) {
  const Subject subject = subject_of(repo, concat("@", revision));
  http::Request request = request_to(
      options_.endpoint.api(repo, at_branch("commit", revision, create_pr)));
  request.method = http::Method::post;
  request.headers.push_back({"Content-Type", "application/x-ndjson"});
  request.body = std::move(body);
  request.repeatable = false;
  request.total_timeout = std::chrono::minutes(10);
  Result<http::Response> answer = client_.send(request);
  CommitOutcome outcome;
  // hub.md, open question 6: both may mean that the parent is no head.
  if (answer.ok() && (answer->status == 412 || answer->status == 409)) {
    outcome.refusal = hub_error(subject, *answer).message;
    return outcome;
  }
  TRY_ASSIGN(const http::Response done, answer_of(subject, std::move(answer)));
  // It is done; what we cannot read of the answer does not undo it.
  TRY_ASSIGN(outcome.answer,
             parse_commit_answer(done.body).context(subject.name));
  return outcome;
}

}  // namespace sigstore::hub
