// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/store.h"

#include <utility>

namespace sigstore::hub {

std::optional<git::CommitId> parse_commit(std::string_view text) {
  if (text.size() != 40) return std::nullopt;
  const std::optional<git::ObjectId> id = git::ObjectId::parse_hex(text);
  if (!id) return std::nullopt;
  return git::CommitId{*id};
}

Result<Listing> find_offline(Store& store, std::string_view revision) {
  TRY_ASSIGN(const git::CommitId commit, store.read_ref(revision));
  TRY_ASSIGN(std::optional<Listing> listing, store.read_listing(commit));
  if (!listing)
    return fail(ErrorKind::not_found, "there is no listing of commit ",
                commit.id.to_hex(), " in ", store.roots().front().string(),
                ": which files it has is not known without the Hub");
  Error missing{ErrorKind::incomplete, ""};
  for (const ListedFile& file : listing->files)
    if (!store.find(commit, file)) missing.details.push_back(file.path);
  if (missing.details.empty()) return std::move(*listing);
  missing.message = concat(missing.details.size(), " of ",
                           listing->files.size(), " files of ", revision,
                           " are not here, such as ", missing.details.front());
  return missing;
}

}  // namespace sigstore::hub
