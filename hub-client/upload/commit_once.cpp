// SPDX-License-Identifier: Apache-2.0
#include "hub-client/upload/commit_once.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sigstore::hub {
namespace {

constexpr int kTries = 4;
constexpr std::chrono::seconds kFirstWait{2};  // doubles

// Does a commit hold what ours would?
Result<bool> has_all(const Listing& listing, const CommitBody& body) {
  for (const CommitBody::SmallFile& file : body.small) {
    const ListedFile* listed = listing.find(file.path);
    TRY_ASSIGN(const std::string id, blob_id(file.content));
    if (listed == nullptr || listed->sha256 || listed->blob_id != id)
      return false;
  }
  for (const CommitBody::LargeFile& file : body.large) {
    const ListedFile* listed = listing.find(file.path);
    if (listed == nullptr || listed->sha256 != file.object.oid) return false;
  }
  return std::none_of(
      body.deleted.begin(), body.deleted.end(),
      [&](const std::string& path) { return listing.find(path) != nullptr; });
}

Error moved(const CommitPlace& place, const git::CommitId& head,
            const std::string& why) {
  return fail(ErrorKind::network, place.repo.path(), "@", place.branch,
              ": the branch moved to ", head.id.to_short(),
              " meanwhile, and nothing was changed: run it again (", why, ")");
}

}  // namespace

Result<CommitAnswer> commit_once(Hub& hub, const CommitPlace& place,
                                 const CommitBody& body) {
  TRY_ASSIGN(const Bytes text, write_commit(body));
  std::chrono::milliseconds pause = kFirstWait;
  std::string why;
  for (int tried = 0; tried < kTries; ++tried) {
    if (tried > 0) place.wait(std::exchange(pause, pause * 2));
    const Result<CommitOutcome> outcome =
        hub.commit(place.repo, place.branch, text, place.create_pr);
    if (outcome.ok() && outcome->answer) return *outcome->answer;
    if (!outcome.ok() && outcome.error().kind != ErrorKind::network)
      return outcome.error();
    why = outcome.ok() ? outcome->refusal : outcome.error().message;
    // The head of the branch says nothing of pull requests.
    if (place.create_pr && !outcome.ok())
      return fail(ErrorKind::network,
                  "it is not known whether the pull request was opened, look "
                  "at ",
                  hub.endpoint().page(place.repo), "/discussions: ", why);
    TRY_ASSIGN(const git::CommitId head,
               hub.resolve_revision(place.repo, place.branch)
                   .context("it is not known whether the commit was made"));
    if (head == body.parent) continue;
    // Nobody but us can have made it when we never sent it before.
    if ((outcome.ok() && tried == 0) || place.create_pr)
      return moved(place, head, why);
    TRY_ASSIGN(const Listing listing, hub.list(place.repo, head));
    TRY_ASSIGN(const bool ours, has_all(listing, body));
    if (!ours) return moved(place, head, why);
    return CommitAnswer{
        head,
        concat(hub.endpoint().page(place.repo), "/commit/", head.id.to_hex()),
        {}};
  }
  return fail(ErrorKind::network, place.repo.path(), "@", place.branch,
              ": the commit was not made: ", why);
}

}  // namespace sigstore::hub
