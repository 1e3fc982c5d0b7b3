// SPDX-License-Identifier: Apache-2.0
// Test double: shares no protocol code with the product.

// Where the bytes of a file are: hub.md 1.9. A regular file is at a relative
// address of this origin, an LFS file at a signed one of the second.

#include "tests/support/test_hub/api.h"
#include "tests/support/test_hub/content.h"
#include "tests/support/test_hub/git.h"
#include "tests/support/test_hub/signed_url.h"

namespace test_hub {
namespace {

/// A request for a file, of a revision or a commit.
struct FileCall {
  Hub& hub;
  const httplib::Request& request;
  httplib::Response& response;
  Repository repository;
  std::string revision = {};
  std::string path = {};
  std::string commit = {};

  Target target() const {
    return {.scope = "resolve",
            .repo = repository.full_name(),
            .oid = "",
            .file = path,
            .method = request.method};
  }
};

std::string join(const std::vector<std::string>& parts, size_t from) {
  std::string path;
  for (size_t i = from; i < parts.size(); ++i) {
    if (i > from) path += '/';
    path += parts[i];
  }
  return path;
}

std::string encode_path(const std::string& path) {
  std::string encoded;
  for (const auto part : split(path, '/')) {
    if (!encoded.empty()) encoded += '/';
    encoded += encode_component(part);
  }
  return encoded;
}

// Faults, permission, and the revision. X-Repo-Commit is on every answer
// from then on, the refusals too. False when it is answered.
bool admit_file(FileCall& call) {
  Hub& hub = call.hub;
  if (answer_fault(hub, call.target(), call.request, call.response)) {
    return false;
  }
  if (const auto refusal = refuse(hub, call.repository,
                                  find_caller(call.request), Need::content)) {
    answer_refusal(call.response, *refusal);
    return false;
  }
  const auto commit = resolve_revision(hub, call.repository, call.revision);
  if (!commit) {
    answer_refusal(call.response, {404, "RevisionNotFound",
                                   "Invalid rev id: " + call.revision});
    return false;
  }
  call.commit = *commit;
  std::string shown = *commit;
  if (const auto wrong = hub.switches.take("wrong-commit", call.target())) {
    shown = wrong->at("commit");
  }
  if (!shown.empty()) call.response.set_header("X-Repo-Commit", shown);
  return true;
}

// Answers EntryNotFound when there is none.
std::optional<TreeEntry> find_file(FileCall& call) {
  const auto tree = read_tree(call.hub, call.repository, call.commit);
  const auto* const entry = tree ? find_entry(*tree, call.path) : nullptr;
  if (entry != nullptr && !entry->is_folder &&
      !call.hub.switches.take("not-found", call.target())) {
    return *entry;
  }
  answer_refusal(call.response, {404, "EntryNotFound", "Entry not found"});
  return std::nullopt;
}

std::string etag_of(FileCall& call, const std::string& etag) {
  if (const auto wrong = call.hub.switches.take("wrong-etag", call.target())) {
    return "\"" + wrong->at("etag").get<std::string>() + "\"";
  }
  return "\"" + etag + "\"";
}

void add_xet_headers(FileCall& call, const std::string& hash) {
  const std::string api = own_origin(call.request) + "/api/" +
                          call.repository.api_type() + "/" +
                          call.repository.id();
  const std::string token_route = api + "/xet-read-token/" + call.commit;
  call.response.set_header("X-Xet-Hash", hash);
  call.response.set_header("X-Xet-Refresh-Route", token_route);
  call.response.set_header(
      "Link", "<" + token_route + ">; rel=\"xet-auth\", <" +
                  call.hub.cdn_origin + "/v2/reconstructions/" + hash +
                  ">; rel=\"xet-reconstruction-info\"");
}

void redirect_to_cdn(FileCall& call, const LfsPointer& lfs) {
  std::uint64_t size = lfs.size;
  if (const auto wrong = call.hub.switches.take("wrong-size", call.target())) {
    size += wrong->at("add").get<std::uint64_t>();
  }
  call.response.set_header("X-Linked-Etag", etag_of(call, lfs.oid));
  call.response.set_header("X-Linked-Size", std::to_string(size));
  std::string path = "/lfs/" + lfs.oid;
  const auto xet = call.hub.switches.take("xet", call.target());
  if (xet) {
    add_xet_headers(call, xet_hash(lfs.oid));
    if (xet->at("bridge") == true) path = "/xet-bridge/" + xet_hash(lfs.oid);
  }
  call.response.status = 302;
  call.response.set_header(
      "Location", make_signed_url(call.hub, {.method = "GET",
                                             .path = path,
                                             .repository = call.repository,
                                             .oid = lfs.oid,
                                             .file = call.path}));
}

void redirect_to_cache(FileCall& call, const TreeEntry& entry) {
  const std::string etag = etag_of(call, entry.oid);
  const std::string& target = call.request.target;
  const size_t mark = target.find('?');
  call.response.status = 307;
  call.response.set_header("ETag", etag);
  call.response.set_header(
      "Location",
      "/api/resolve-cache/" + call.repository.api_type() + "/" +
          call.repository.id() + "/" + call.commit + "/" +
          encode_path(call.path) + "?" +
          (mark == std::string::npos ? "" : target.substr(mark + 1) + "&") +
          "etag=" + encode_component(etag));
}

void send_blob(FileCall& call, const TreeEntry& entry) {
  FileDescriptor file =
      run_git_to_file(call.hub, call.repository,
                      {.arguments = {"cat-file", "blob", entry.oid}});
  if (!file) return answer_refusal(call.response, {500, "", "no such blob"});
  const std::string etag = etag_of(call, entry.oid);
  call.response.set_header("ETag", etag);
  if (call.request.get_header_value("If-None-Match") == etag) {
    call.response.status = 304;
    return;
  }
  if (!call.request.has_param("noContentDisposition")) {
    call.response.set_header("Content-Disposition", "inline");
  }
  answer_content(call.hub,
                 {std::move(file), call.target(), "text/plain; charset=utf-8"},
                 call.request, call.response);
}

void answer_resolve(FileCall call, bool is_raw) {
  if (!admit_file(call)) return;
  const auto entry = find_file(call);
  if (!entry) return;
  if (is_raw) return send_blob(call, *entry);
  if (entry->lfs) return redirect_to_cdn(call, *entry->lfs);
  redirect_to_cache(call, *entry);
}

void answer_cached(FileCall call) {
  if (!admit_file(call)) return;
  const auto entry = find_file(call);
  if (entry) send_blob(call, *entry);
}

// /[datasets/]org/name/resolve/<revision>/<path>
void route_resolve(Hub& hub, const httplib::Request& request,
                   httplib::Response& response) {
  auto parts = decode_path(request);
  const size_t org = request.matches[1].str().empty() ? 1 : 2;
  join_revision(parts, org + 3);
  const auto repository =
      parse_repository(request.matches[1].str(), request.matches[2].str(),
                       request.matches[3].str());
  if (!repository || parts.size() < org + 5) {
    return answer_refusal(response,
                          {404, "RepoNotFound", "Repository not found"});
  }
  FileCall call{hub, request, response, *repository};
  call.revision = parts[org + 3];
  call.path = join(parts, org + 4);
  answer_resolve(std::move(call), parts[org + 2] == "raw");
}

// /api/resolve-cache/<type>/org/name/<commit>/<path>
void route_cached(Hub& hub, const httplib::Request& request,
                  httplib::Response& response) {
  const auto parts = decode_path(request);
  const auto repository =
      parts.size() < 8
          ? std::nullopt
          : parse_repository(parts[3] == "models" ? "" : parts[3] + "/",
                             parts[4], parts[5]);
  if (!repository) {
    return answer_refusal(response,
                          {404, "RepoNotFound", "Repository not found"});
  }
  FileCall call{hub, request, response, *repository};
  call.revision = parts[6];
  call.path = join(parts, 7);
  answer_cached(std::move(call));
}

}  // namespace

void add_resolve_routes(httplib::Server& server, Hub& hub) {
  server.Get(
      std::string(kRepositoryPattern) + R"(/(resolve|raw)/[\s\S]+)",
      [&hub](const httplib::Request& request, httplib::Response& response) {
        route_resolve(hub, request, response);
      });
  server.Get(
      R"(/api/resolve-cache/[\s\S]+)",
      [&hub](const httplib::Request& request, httplib::Response& response) {
        route_cached(hub, request, response);
      });
}

}  // namespace test_hub
