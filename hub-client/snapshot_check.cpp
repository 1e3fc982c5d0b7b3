// SPDX-License-Identifier: Apache-2.0
#include "hub-client/snapshot_check.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/base/limits.h"
#include "core/manifest/signature_file.h"
#include "hub-client/store/present_files.h"
#include "hub-client/store/snapshot_content.h"

namespace sigstore::hub {
namespace {

using State = SnapshotVerdict::State;
using How = DifferingFile::How;
using Cause = DifferingFile::Cause;

const ListedFile* find_listed(const std::optional<Listing>& listing,
                              std::string_view path) {
  return listing ? listing->find(path) : nullptr;
}

// What the Hub had, by the name of a blob: the digest that it gave.
std::optional<ListedFile> listed_by_name(const std::string& etag,
                                         std::uint64_t size) {
  const auto sha256 = Sha256Digest::parse_hex(etag);
  if (!sha256 && !parse_commit(etag)) return std::nullopt;  // 40 digits
  return ListedFile{"", size, sha256 ? "" : etag, sha256};
}

// One repository of the cache, and one commit of it.
struct Snapshot {
  const HubCache& cache;
  git::CommitId commit;
  std::optional<Listing> listing;
};

Result<Cause> blame_changed(const Snapshot& snapshot, const std::string& path) {
  TRY_ASSIGN(const std::optional<SnapshotFile> real,
             find_in_snapshot(snapshot.cache, snapshot.commit, path));
  if (!real) return Cause::unknown;  // gone since
  TRY_ASSIGN(const FoundEntry entry, real->root->look(real->path));
  const ListedFile* listed = find_listed(snapshot.listing, path);
  const std::optional<ListedFile> named =
      listed_by_name(real->etag, entry.size);
  if (listed == nullptr && snapshot.listing) return Cause::cache;
  if (listed == nullptr && !named) return Cause::unknown;
  const ListedFile& expected = listed != nullptr ? *listed : *named;
  TRY_ASSIGN(const bool intact, is_intact(*real->root, real->path, expected));
  return intact ? Cause::hub : Cause::cache;
}

Cause blame(const Snapshot& snapshot, const std::string& path, How how) {
  if (how == How::changed) {
    const Result<Cause> cause = blame_changed(snapshot, path);
    return cause.ok() ? *cause : Cause::unknown;
  }
  if (!snapshot.listing) return Cause::unknown;
  const bool hub_has = find_listed(snapshot.listing, path) != nullptr;
  // The Hub has what is missing here; what is extra was put here, or there.
  return hub_has == (how == How::extra) ? Cause::hub : Cause::cache;
}

std::vector<DifferingFile> blame_all(const Snapshot& snapshot,
                                     const Difference& difference) {
  std::vector<DifferingFile> files;
  const auto add = [&](const std::vector<std::string>& paths, How how) {
    for (const std::string& path : paths)
      files.push_back({path, how, blame(snapshot, path, how)});
  };
  add(difference.changed, How::changed);
  add(difference.missing, How::missing);
  add(difference.extra, How::extra);
  return files;
}

// The signature's bytes; nothing when the commit is not signed.
Result<std::optional<Bytes>> read_signature(const Snapshot& snapshot) {
  const std::string name(kSignatureName);
  TRY_ASSIGN(const std::optional<SnapshotFile> file,
             find_in_snapshot(snapshot.cache, snapshot.commit, name));
  if (file) {
    TRY_ASSIGN(Bytes bytes, file->root->read(file->path, limits::kBundle));
    return std::optional<Bytes>(std::move(bytes));
  }
  if (find_listed(snapshot.listing, name) != nullptr)
    return fail(ErrorKind::incomplete, "the signature of this commit, ", name,
                ", was not pulled into the cache");
  return std::optional<Bytes>();
}

SnapshotVerdict failed(Error error) {
  SnapshotVerdict verdict;
  verdict.state = is_refusal(error.kind) ? State::refused : State::unknown;
  verdict.error = std::move(error);
  return verdict;
}

// The verdict on files that differ.
void explain(const Snapshot& snapshot, const SnapshotContent& content,
             SnapshotVerdict& verdict) {
  const Difference difference =
      compare(verdict.signature->signed_manifest.manifest(), content.last());
  verdict.files = blame_all(snapshot, difference);
  // Files that were not pulled are missing, and nothing else is wrong.
  const bool is_partial =
      std::all_of(verdict.files.begin(), verdict.files.end(),
                  [](const DifferingFile& file) {
                    return file.how == How::missing && file.cause != Cause::hub;
                  });
  if (!is_partial) return;
  verdict.state = State::partial;
  verdict.error.reset();
}

}  // namespace

SnapshotVerdict check_snapshot(const CacheOptions& cache, const RepoName& repo,
                               const git::CommitId& commit,
                               VerifyRequest request, Trace& trace,
                               const DirectoryContent::Progress& progress) {
  Result<std::unique_ptr<HubCache>> store = HubCache::open(cache, repo);
  if (!store.ok()) return failed(std::move(store).error());
  const std::string folder = "snapshots/" + commit.id.to_hex();
  const Result<FoundEntry> entry = (*store)->repo_folder().look(folder);
  if (!entry.ok()) return failed(entry.error());
  if (entry->type != FoundEntry::Type::folder)
    return failed(
        fail(ErrorKind::not_found, "this commit is not in the cache"));
  Result<std::optional<Listing>> listing = (*store)->read_listing(commit);
  // A damaged listing is no evidence, and the signature needs none.
  SnapshotVerdict verdict;
  if (!listing.ok()) verdict.notes.push_back(listing.error().message);
  const Snapshot snapshot{**store, commit,
                          listing.ok() ? std::move(*listing) : std::nullopt};
  Result<std::optional<Bytes>> bytes = read_signature(snapshot);
  if (!bytes.ok()) return failed(std::move(bytes).error());
  if (!*bytes) {
    verdict.state = State::not_signed;
    return verdict;
  }
  request.signature_path = kSignatureName;
  Result<ModelSignature> signature = verify_signature(**bytes, request, trace);
  if (!signature.ok()) return failed(std::move(signature).error());
  verdict.signature = std::move(*signature);
  verdict.resources =
      verdict.signature->signed_manifest.manifest().resources.size();
  SnapshotContent content(**store, commit, progress);
  Result<CheckedContent> checked =
      verify_content(*verdict.signature, content, request, trace);
  if (checked.ok()) {
    verdict.state = State::verified;
    verdict.total_size = checked->total_size;
    for (std::string& note : checked->notes)
      verdict.notes.push_back(std::move(note));
    return verdict;
  }
  verdict.error = std::move(checked).error();
  verdict.state =
      is_refusal(verdict.error->kind) ? State::refused : State::unknown;
  if (verdict.error->kind == ErrorKind::content_differs)
    explain(snapshot, content, verdict);
  return verdict;
}

}  // namespace sigstore::hub
