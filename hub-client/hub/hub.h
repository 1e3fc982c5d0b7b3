// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/git/ids.h"
#include "core/http/retrying_client.h"
#include "hub-client/hub/access_token.h"
#include "hub-client/hub/hub_answers.h"
#include "hub-client/hub/hub_error.h"
#include "hub-client/hub/hub_url.h"
#include "hub-client/hub/listing.h"
#include "hub-client/hub/repo_name.h"
#include "hub-client/hub/upload_answers.h"

namespace sigstore::hub {

// Where the Hub is and who asks it: hub_settings.h makes them.
struct HubOptions {
  Endpoint endpoint;
  AccessToken token;
};

// Where the bytes of a file are to be asked for now, with these headers and no
// others. The token is among them only when the URL is on the endpoint's
// origin. Signed URLs are good for about an hour.
struct ContentPlace {
  std::string url;
  std::vector<http::Header> headers;
};

// A file that is about to be uploaded.
struct PlannedFile {
  std::string path;
  std::uint64_t size = 0;
  Bytes sample;  // its first 512 bytes
};

// What became of a commit.
struct CommitOutcome {
  // Nothing: the branch has another head than the parent that was named (412,
  // 409), and nothing was changed.
  std::optional<CommitAnswer> answer = std::nullopt;
  std::string refusal = {};  // the Hub's words for it
};

// The Hub's HTTP API. What may be repeated is tried five times (hub.md 1.4).
// Errors name the repository and are hub_error's. For one thread at a time.
class Hub {
 public:
  // `network` lives longer.
  Hub(http::Client& network, HubOptions options,
      http::Pauses pauses = http::Pauses::real());
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  const HubOptions& options() const { return options_; }
  const Endpoint& endpoint() const { return options_.endpoint; }
  bool has_token() const { return !options_.token.empty(); }

  // The commit that a branch, tag, "refs/pr/N" or hash names now; "" is main.
  Result<git::CommitId> resolve_revision(const RepoName& repo,
                                         std::string_view revision);
  // Every file of a commit, by all pages.
  Result<Listing> list(const RepoName& repo, const git::CommitId& commit);
  // A small file; it is the caller who compares it with something.
  Result<Bytes> read(const RepoName& repo, const git::CommitId& commit,
                     std::string_view path, std::size_t limit);
  // Relative redirects are followed here; the first one to another host is
  // where the bytes are.
  Result<ContentPlace> locate(const RepoName& repo, const git::CommitId& commit,
                              const ListedFile& file);
  // Many of them side by side, in their order.
  std::vector<Result<ContentPlace>> locate_all(
      const RepoName& repo, const git::CommitId& commit,
      std::span<const ListedFile* const> files);
  Result<References> references(const RepoName& repo);
  // The newest first, one page of them.
  Result<std::vector<CommitInfo>> commits(const RepoName& repo,
                                          std::string_view revision);

  // Whose token is it? Has a small limit of its own: ask once.
  Result<Account> whoami();
  // True when it was made now, false when it was there.
  Result<bool> create_repo(const RepoName& repo, bool is_private);
  // There already is as good. Starts as main is now, or with no files.
  enum class BranchStart : std::uint8_t { main, empty };
  Result<void> create_branch(const RepoName& repo, std::string_view branch,
                             BranchStart start = BranchStart::main);
  // In the order of `files`, and about them.
  Result<std::vector<UploadMode>> preupload(const RepoName& repo,
                                            std::string_view revision,
                                            std::span<const PlannedFile> files,
                                            bool create_pr);
  // In the order of `objects`. No branch is named for a pull request.
  Result<std::vector<LfsUpload>> lfs_batch(
      const RepoName& repo, std::string_view branch,
      const std::vector<LfsObject>& objects);
  // After the last part: "<number> -> ETag", in order. Without the token.
  Result<void> complete_parts(const LfsUpload& object,
                              const std::vector<std::string>& etags);
  // Is it there now, whole? Nothing is asked where no one offered to tell.
  Result<void> verify_object(const LfsUpload& object);
  // `body` is NDJSON (upload/commit_body.h). Never repeated: `network` when it
  // cannot be known whether it was done.
  Result<CommitOutcome> commit(const RepoName& repo, std::string_view revision,
                               Bytes body, bool create_pr);

  // What the Hub wants people to know since the last call, each topic once.
  std::vector<std::string> take_warnings();

 private:
  struct Walk;

  Result<http::Response> ask(const Subject& subject, http::Request request);
  Result<http::Response> answer_of(const Subject& subject,
                                   Result<http::Response> answer);
  void keep_warnings(const http::Response& answer);
  http::Request request_to(std::string url) const;
  http::Request post_json(std::string url, std::string body) const;
  void walk(std::span<Walk> walks, http::Method method);
  void step(Walk& walk, Result<http::Response> answer);
  Result<Bytes> read_elsewhere(const Walk& walk, std::size_t limit);
  Subject subject_of(const RepoName& repo, std::string_view what = "") const;

  http::RetryingClient client_;
  HubOptions options_;
  std::vector<std::string> topics_;
  std::vector<std::string> warnings_;
};

}  // namespace sigstore::hub
