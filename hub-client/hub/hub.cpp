// SPDX-License-Identifier: Apache-2.0
#include "hub-client/hub/hub.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "core/base/limits.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

constexpr int kMostRedirects = 5;
constexpr std::chrono::minutes kLongAnswer{10};

// hub.md 1.4. A window of the Hub's quotas is five minutes long, and who asks
// for 10,000 small files has to sit one out.
http::RetryRules hub_rules() {
  http::RetryRules rules;
  rules.tries = 5;
  rules.longest_wait = std::chrono::seconds(8);
  rules.longest_asked = std::chrono::seconds(310);
  rules.phase = std::chrono::minutes(15);
  return rules;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

// Where text files would come compressed, without a length (hub.md 1.2).
http::Header identity() { return {"Accept-Encoding", "identity"}; }

Result<void> check_encoding(const Subject& subject,
                            const http::Response& answer) {
  const std::string_view encoding = answer.header("Content-Encoding");
  if (encoding.empty() || encoding == "identity") return {};
  return fail(ErrorKind::network, subject.name,
              ": the content came encoded, although it was asked for as it is");
}

}  // namespace

// One file on the way to its bytes: from redirect to redirect.
struct Hub::Walk {
  Subject subject = {};
  std::string commit = {};  // that all answers have to be from
  std::string url = {};
  std::size_t limit = limits::kServiceAnswer;
  int hops = 0;
  bool done = false;
  bool outside = false;  // the URL is on another host
  bool saw_commit = false;
  std::optional<http::Response> answer = std::nullopt;
  std::optional<Error> error = std::nullopt;
};

Hub::Hub(http::Client& network, HubOptions options, http::Pauses pauses)
    : client_(network, hub_rules(), std::move(pauses)),
      options_(std::move(options)) {}

Subject Hub::subject_of(const RepoName& repo, std::string_view what) const {
  return {concat(repo.path(), what), options_.endpoint.page(repo), true};
}

http::Request Hub::request_to(std::string url) const {
  http::Request request;
  request.answer_limit = limits::kHubAnswer;
  request.repeatable = true;
  request.total_timeout = std::chrono::seconds(60);
  // The one place where a token is put into a request of this class.
  if (!options_.token.empty() && options_.endpoint.may_see_token(url))
    request.headers.push_back(options_.token.authorization());
  request.url = std::move(url);
  return request;
}

void Hub::keep_warnings(const http::Response& answer) {
  for (HubWarning& warning : warnings_of(answer)) {
    if (std::find(topics_.begin(), topics_.end(), warning.topic) !=
        topics_.end())
      continue;
    topics_.push_back(std::move(warning.topic));
    warnings_.push_back(std::move(warning.message));
  }
}

std::vector<std::string> Hub::take_warnings() {
  return std::exchange(warnings_, {});
}

Result<http::Response> Hub::answer_of(const Subject& subject,
                                      Result<http::Response> answer) {
  if (!answer.ok()) return std::move(answer).context(subject.name);
  keep_warnings(*answer);
  if (answer->status < 200 || answer->status > 299)
    return hub_error(subject, *answer);
  return answer;
}

Result<http::Response> Hub::ask(const Subject& subject, http::Request request) {
  // A repository that was renamed sends us to its new name.
  for (int hop = 0; hop < kMostRedirects; ++hop) {
    Result<http::Response> answer = client_.send(request);
    if (!answer.ok() || !is_redirect(answer->status) ||
        request.method != http::Method::get)
      return answer_of(subject, std::move(answer));
    TRY_ASSIGN(std::string next,
               options_.endpoint.follow(request.url, answer->header("Location"))
                   .context(subject.name));
    if (!options_.endpoint.is_here(next))
      return fail(ErrorKind::invalid_input, subject.name,
                  ": the Hub sends us to ", http::origin_of(next));
    request.url = std::move(next);
  }
  return fail(ErrorKind::invalid_input, subject.name, ": too many redirects");
}

Result<git::CommitId> Hub::resolve_revision(const RepoName& repo,
                                            std::string_view revision) {
  if (revision.empty()) revision = "main";
  const Subject subject = subject_of(repo, concat("@", revision));
  TRY_ASSIGN(
      const http::Response answer,
      ask(subject, request_to(options_.endpoint.api(
                       repo, concat("revision/", escape_revision(revision))))));
  TRY_ASSIGN(const RepoInfo info,
             parse_repo_info(answer.body).context(subject.name));
  // Nobody else's commit under this name, a branch that looks like one.
  const auto asked = git::ObjectId::parse_hex(revision);
  if (asked && revision.size() == 40 && *asked != info.commit.id)
    return fail(ErrorKind::invalid_input, subject.name,
                ": the Hub answers with another commit, ",
                info.commit.id.to_hex());
  return info.commit;
}

Result<Listing> Hub::list(const RepoName& repo, const git::CommitId& commit) {
  const std::string hash = commit.id.to_hex();
  const Subject subject = subject_of(repo, concat("@", hash.substr(0, 7)));
  Listing listing{commit, {}};
  std::string url =
      options_.endpoint.api(repo, concat("tree/", hash, "?recursive=true"));
  for (std::size_t page = 0; !url.empty(); ++page) {
    if (page == limits::kHubPages)
      return fail(ErrorKind::invalid_input, subject.name,
                  ": the list of files has no end");
    TRY_ASSIGN(const http::Response answer, ask(subject, request_to(url)));
    TRY_ASSIGN(std::vector<ListedFile> files,
               parse_tree_page(answer.body).context(subject.name));
    if (files.size() > limits::kListedFiles - listing.files.size())
      return fail(ErrorKind::unsupported, subject.name, ": more than ",
                  limits::kListedFiles, " files");
    std::move(files.begin(), files.end(), std::back_inserter(listing.files));
    const std::string next = link_target(answer.header("Link"), "next");
    url.clear();
    if (next.empty()) break;
    url = options_.endpoint.own_url(next);
    // hub.md 1.5: or the token goes wherever the answer says.
    if (!options_.endpoint.is_here(url))
      return fail(ErrorKind::invalid_input, subject.name,
                  ": the list of files goes on at ", http::origin_of(url),
                  ", which is another host");
  }
  TRY(sort_files(listing.files).context(subject.name));
  return listing;
}

void Hub::step(Walk& walk, Result<http::Response> answer) {
  const auto stop = [&](Error error) {
    walk.error = std::move(error);
    walk.done = true;
  };
  if (!answer.ok())
    return stop(std::move(answer).error().context(walk.subject.name));
  keep_warnings(*answer);
  const std::string_view commit = answer->header("X-Repo-Commit");
  if (!commit.empty() && commit != walk.commit)
    return stop(fail(ErrorKind::network, walk.subject.name,
                     ": the Hub answers from another commit"));
  walk.saw_commit = walk.saw_commit || !commit.empty();
  if (!is_redirect(answer->status)) {
    walk.done = true;
    if (answer->status < 200 || answer->status > 299)
      walk.error = hub_error(walk.subject, *answer);
    else if (Result<void> plain = check_encoding(walk.subject, *answer);
             !plain.ok())
      walk.error = std::move(plain).error();
    walk.answer = std::move(*answer);
    return;
  }
  Result<std::string> next =
      options_.endpoint.follow(walk.url, answer->header("Location"));
  if (!next.ok())
    return stop(std::move(next).error().context(walk.subject.name));
  walk.url = std::move(*next);
  walk.outside = walk.done = !options_.endpoint.is_here(walk.url);
  if (!walk.done && ++walk.hops > kMostRedirects)
    stop(fail(ErrorKind::invalid_input, walk.subject.name,
              ": too many redirects"));
}

void Hub::walk(std::span<Walk> walks, http::Method method) {
  while (true) {
    std::vector<http::Request> requests;
    std::vector<Walk*> waiting;
    for (Walk& one : walks) {
      if (one.done) continue;
      http::Request request = request_to(one.url);
      request.method = method;
      request.headers.push_back(identity());
      request.answer_limit = one.limit;
      if (method == http::Method::get) request.total_timeout = kLongAnswer;
      requests.push_back(std::move(request));
      waiting.push_back(&one);
    }
    if (requests.empty()) break;
    std::vector<Result<http::Response>> answers = client_.send_all(requests);
    for (std::size_t i = 0; i < waiting.size(); ++i)
      step(*waiting[i], std::move(answers[i]));
  }
  for (Walk& one : walks)
    if (!one.error && !one.saw_commit)
      one.error = fail(ErrorKind::network, one.subject.name,
                       ": no X-Repo-Commit in the answer, so it is no Hub's");
}

// Once we left the Hub, the token stays at home, even if we are sent back.
Result<Bytes> Hub::read_elsewhere(const Walk& walk, std::size_t limit) {
  http::Request request;
  request.url = walk.url;
  request.headers = {identity()};
  request.answer_limit = limit;
  request.repeatable = true;
  request.total_timeout = kLongAnswer;
  for (int hop = 0; hop < kMostRedirects; ++hop) {
    TRY_ASSIGN(http::Response answer,
               client_.send(request).context(walk.subject.name));
    if (is_redirect(answer.status)) {
      TRY_ASSIGN(
          request.url,
          options_.endpoint.follow(request.url, answer.header("Location"))
              .context(walk.subject.name));
      continue;
    }
    if (answer.status != 200)
      return fail(ErrorKind::network, walk.subject.name, ": ",
                  http::origin_of(request.url), " answers with status ",
                  answer.status);
    TRY(check_encoding(walk.subject, answer));
    return std::move(answer.body);
  }
  return fail(ErrorKind::invalid_input, walk.subject.name,
              ": too many redirects");
}

Result<Bytes> Hub::read(const RepoName& repo, const git::CommitId& commit,
                        std::string_view path, std::size_t limit) {
  Walk one;
  one.subject = subject_of(
      repo, concat("@", commit.id.to_hex().substr(0, 7), ": ", path));
  one.commit = commit.id.to_hex();
  one.url = options_.endpoint.resolve(repo, commit, path);
  one.limit = limit;
  walk({&one, 1}, http::Method::get);
  if (one.error) return std::move(*one.error);
  if (one.outside) return read_elsewhere(one, limit);
  return std::move(one.answer->body);
}

std::vector<Result<ContentPlace>> Hub::locate_all(
    const RepoName& repo, const git::CommitId& commit,
    std::span<const ListedFile* const> files) {
  std::vector<Walk> walks(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    walks[i].subject = subject_of(
        repo,
        concat("@", commit.id.to_hex().substr(0, 7), ": ", files[i]->path));
    walks[i].commit = commit.id.to_hex();
    walks[i].url = options_.endpoint.resolve(repo, commit, files[i]->path);
  }
  walk(walks, http::Method::head);
  std::vector<Result<ContentPlace>> places;
  for (Walk& one : walks) {
    if (one.error) {
      places.emplace_back(std::move(*one.error));
      continue;
    }
    ContentPlace place;
    if (!one.outside) place.headers = request_to(one.url).headers;
    place.headers.push_back(identity());
    place.url = std::move(one.url);
    places.emplace_back(std::move(place));
  }
  return places;
}

Result<ContentPlace> Hub::locate(const RepoName& repo,
                                 const git::CommitId& commit,
                                 const ListedFile& file) {
  const ListedFile* const one = &file;
  return std::move(locate_all(repo, commit, {&one, 1}).front());
}

Result<References> Hub::references(const RepoName& repo) {
  const Subject subject = subject_of(repo);
  TRY_ASSIGN(const http::Response answer,
             ask(subject, request_to(options_.endpoint.api(
                              repo, "refs?include_prs=1"))));
  return parse_references(answer.body).context(subject.name);
}

Result<std::vector<CommitInfo>> Hub::commits(const RepoName& repo,
                                             std::string_view revision) {
  const Subject subject = subject_of(repo, concat("@", revision));
  TRY_ASSIGN(
      const http::Response answer,
      ask(subject, request_to(options_.endpoint.api(
                       repo, concat("commits/", escape_revision(revision))))));
  return parse_commits(answer.body).context(subject.name);
}

}  // namespace sigstore::hub
