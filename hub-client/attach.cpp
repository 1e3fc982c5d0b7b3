// SPDX-License-Identifier: Apache-2.0
#include "hub-client/attach.h"

#include <utility>

#include "core/base/encoding.h"
#include "core/base/limits.h"
#include "core/manifest/signature_file.h"
#include "hub-client/attachments.h"
#include "hub-client/claims.h"
#include "hub-client/hub/hub_limits.h"

namespace sigstore::hub {
namespace {

// How often somebody else may be faster.
constexpr int kTries = 8;

// Where it goes: the branch as it is now.
struct Place {
  std::string branch;
  bool create_pr = false;
  Listing listing;
};

Result<Place> open_place(const AttachTools& tools,
                         const AttachRequest& request) {
  Place place{request.branch, request.create_pr, {}};
  Result<git::CommitId> head =
      tools.hub.resolve_revision(request.repo, place.branch);
  if (!head.ok() && head.error().kind == ErrorKind::not_found &&
      place.branch == kSideBranch) {
    const Result<void> made = tools.hub.create_branch(request.repo, kSideBranch,
                                                      Hub::BranchStart::empty);
    if (!made.ok() && made.error().kind != ErrorKind::unauthorized)
      return made.error();
    if (!made.ok()) {
      place.branch = request.revision;
      place.create_pr = true;
    }
    head = tools.hub.resolve_revision(request.repo, place.branch);
  }
  if (!head.ok()) return std::move(head).error();
  TRY_ASSIGN(place.listing, tools.hub.list(request.repo, *head));
  return place;
}

// A file more than its signature lists.
Result<void> check_unsigned(const AttachTools& tools,
                            const AttachRequest& request, const Place& place) {
  if (place.branch == kSideBranch ||
      place.listing.find(kSignatureName) == nullptr)
    return {};
  const std::string name = concat(request.repo.path(), "@", place.branch);
  if (place.branch == request.branch)
    return fail(ErrorKind::invalid_input, name,
                " is signed, and its signature lists no further file: use the "
                "branch ",
                kSideBranch);
  tools.warn(concat("the pull request is for ", name,
                    ", since there is no branch ", kSideBranch,
                    " yet: merged there, it would make ", kSignatureName,
                    " wrong; its owner can fetch it and attach it"));
  return {};
}

Result<std::string> read_claims(const AttachTools& tools,
                                const AttachRequest& request,
                                const Listing& listing) {
  if (listing.find(kClaimsName) == nullptr) return std::string();
  TRY_ASSIGN(const Bytes bytes,
             tools.hub.read(request.repo, listing.commit, kClaimsName,
                            limits::kClaimsFile));
  return std::string(as_text(bytes));
}

struct Changes {
  std::vector<PublishedFile> files;
  std::size_t added = 0;
};

Result<Changes> find_changes(const AttachTools& tools,
                             const AttachRequest& request,
                             const Listing& listing) {
  Changes changes;
  TRY_ASSIGN(const std::string old, read_claims(tools, request, listing));
  TRY_ASSIGN(std::string now, add_claims(old, request.lines));
  if (now != old) {
    TRY_ASSIGN(const std::vector<Claim> before, split_claims(old));
    TRY_ASSIGN(const std::vector<Claim> after, split_claims(now));
    changes.added += after.size() - before.size();
    changes.files.push_back({std::string(kClaimsName), std::move(now)});
  }
  for (const PublishedFile& file : request.files) {
    if (listing.find(file.path) != nullptr) {
      TRY_ASSIGN(const Bytes there, tools.hub.read(request.repo, listing.commit,
                                                   file.path, limits::kBundle));
      if (as_text(there) == file.text) continue;
      return fail(ErrorKind::invalid_input, file.path,
                  " is there already, with other bytes: give yours another "
                  "name");
    }
    changes.files.push_back(file);
    ++changes.added;
  }
  return changes;
}

}  // namespace

Result<Attached> attach(const AttachTools& tools,
                        const AttachRequest& request) {
  Attached attached;
  for (int tried = 1;; ++tried) {
    TRY_ASSIGN(const Place place, open_place(tools, request));
    attached.branch = place.branch;
    TRY(check_unsigned(tools, request, place));
    TRY_ASSIGN(const Changes changes,
               find_changes(tools, request, place.listing));
    attached.added = changes.added;
    if (changes.files.empty()) return attached;
    Result<Published> published = publish(
        tools.hub, tools.network,
        {request.repo, place.branch, place.listing.commit, changes.files,
         request.summary, place.create_pr},
        [&tools] {
          tools.warn("the token may not write here: opening a pull request");
        });
    if (published.ok()) {
      attached.published = std::move(*published);
      return attached;
    }
    if (published.error().kind != ErrorKind::network || tried == kTries)
      return std::move(published).error();
    // Somebody else was faster, or the network failed.
    TRY_ASSIGN(const git::CommitId head,
               tools.hub.resolve_revision(request.repo, place.branch));
    if (head == place.listing.commit) return std::move(published).error();
  }
}

}  // namespace sigstore::hub
