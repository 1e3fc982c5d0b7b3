// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/hub_cache.h"

#include <algorithm>
#include <utility>

#include "core/base/limits.h"
#include "hub-client/store/cache_tag.h"
#include "hub-client/store/listing_file.h"

namespace sigstore::hub {
namespace {

// Another program that downloads the same file holds its lock all the while.
constexpr int kBlobLockSeconds = 2;
constexpr std::size_t kRefFile = 256;
constexpr std::size_t kMostEtag = 128;

std::string blob_path(const std::string& etag) { return "blobs/" + etag; }

std::string snapshot_path(const git::CommitId& commit, std::string_view path) {
  return concat("snapshots/", commit.id.to_hex(), "/", path);
}

std::string tree_path(const git::CommitId& commit) {
  return concat("trees/", commit.id.to_hex(), ".json");
}

// From a file of a snapshot to a blob: up through its folders, the commit's
// and "snapshots".
std::string link_target(const std::string& snapshot, const std::string& blob) {
  std::string target;
  for (const char c : snapshot)
    if (c == '/') target += "../";
  return target + blob;
}

bool is_file(const RootFolder& root, const std::string& path) {
  const Result<FoundEntry> entry = root.look(path);
  return entry.ok() && entry->type == FoundEntry::Type::file;
}

Result<void> check_file(const ListedFile& file) {
  TRY(check_path(file.path));
  return check_etag(file.etag());
}

}  // namespace

Result<void> check_etag(std::string_view etag) {
  const auto is_fine = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
  };
  if (etag.empty() || etag.size() > kMostEtag || etag.front() == '.' ||
      !std::all_of(etag.begin(), etag.end(), is_fine))
    return fail(ErrorKind::unsafe_tree, "'", etag,
                "' cannot be the name of a blob");
  return {};
}

std::optional<std::string> shared_blob_path(std::string_view target) {
  constexpr std::string_view kUp = "../../";
  constexpr std::string_view kFolder = "blobs/xx/";
  if (!target.starts_with(kUp)) return std::nullopt;
  const std::string path(target.substr(kUp.size()));
  if (path.size() != kFolder.size() + 64) return std::nullopt;
  const std::string hash = path.substr(kFolder.size());
  if (!Sha256Digest::parse_hex(hash) ||
      path != concat("blobs/", hash.substr(0, 2), "/", hash))
    return std::nullopt;
  return path;
}

Result<void> check_revision(std::string_view revision) {
  Result<void> safe = check_path(revision);
  if (safe.ok()) return safe;
  return std::move(safe).error().context("revision");
}

// --- opening ----------------------------------------------------------------

// The mode of new files (open(2), umask) and whether links can be made are
// tried out, for no call tells.
Result<HubCache::Manners> HubCache::probe(const RootFolder& cache) {
  Manners manners;
  TRY_ASSIGN(const std::string random, random_hex(8));
  const std::string file = "tmp_" + random;
  const std::string link = file + ".link";
  TRY(cache.write(file, {}, Sync::later));
  TRY_ASSIGN(const FoundEntry made, cache.look(file));
  manners.file_mode = made.mode;
  manners.now_ns = made.modified_ns;
  manners.has_links = cache.make_link(link, file).ok();
  TRY(cache.remove(link));
  TRY(cache.remove(file));
  return manners;
}

Result<std::unique_ptr<HubCache>> HubCache::make(const CacheOptions& options,
                                                 const RepoName& repo) {
  const std::string name = repo.folder();
  Result<RootFolder> made = RootFolder::make(options.folder / name);
  if (!made.ok()) {
    // Perhaps it may only be read, and is there.
    Result<std::unique_ptr<HubCache>> opened = open(options, repo);
    if (!opened.ok()) return std::move(made).error();
    return opened;
  }
  TRY_ASSIGN(RootFolder cache, RootFolder::open(options.folder));
  Manners manners;
  manners.writable = cache.is_writable() && made->is_writable();
  if (manners.writable) {
    TRY_ASSIGN(manners, probe(cache));
  }
  auto store = std::unique_ptr<HubCache>(new HubCache(
      std::move(cache), std::move(*made), name, options.no_symlinks));
  store->manners_ = manners;
  TRY_ASSIGN(const FoundEntry tag, store->cache_.look("CACHEDIR.TAG"));
  if (manners.writable && tag.type == FoundEntry::Type::none)
    TRY(store->cache_.write("CACHEDIR.TAG", as_bytes(kCacheTag), Sync::later));
  return store;
}

Result<std::unique_ptr<HubCache>> HubCache::open(const CacheOptions& options,
                                                 const RepoName& repo) {
  const std::string name = repo.folder();
  TRY_ASSIGN(RootFolder cache, RootFolder::open(options.folder));
  TRY_ASSIGN(RootFolder folder, RootFolder::open(options.folder / name));
  auto store = std::unique_ptr<HubCache>(new HubCache(
      std::move(cache), std::move(folder), name, options.no_symlinks));
  store->manners_.writable = false;
  return store;
}

// --- files ------------------------------------------------------------------

Result<void> HubCache::lock(int seconds) {
  if (lock_ || !manners_.writable) return {};
  TRY_ASSIGN(lock_, cache_.lock(concat(".locks/", name_, "/hf-sigstore.lock"),
                                seconds));
  if (lock_) partials_.allow_resume();
  return {};
}

std::optional<FileDescriptor> HubCache::lock_blob(
    const std::string& etag) const {
  Result<std::optional<FileDescriptor>> held = cache_.lock(
      concat(".locks/", name_, "/", etag, ".lock"), kBlobLockSeconds);
  // Nothing rests on it: what is placed is whole, and one rename.
  return held.ok() ? std::move(*held) : std::nullopt;
}

// The blob itself, or the shared one that its link is for; any other link is
// no blob.
std::optional<std::filesystem::path> HubCache::find_blob(
    const std::string& etag) const {
  const std::string blob = blob_path(etag);
  if (is_file(repo_, blob)) return repo_.at(blob);
  const Result<std::string> link = repo_.read_link(blob);
  const auto shared = link.ok() ? shared_blob_path(*link) : std::nullopt;
  if (shared && is_file(cache_, *shared)) return cache_.at(*shared);
  return std::nullopt;
}

std::optional<std::filesystem::path> HubCache::find(const git::CommitId& commit,
                                                    const ListedFile& file) {
  if (!check_file(file).ok()) return std::nullopt;
  if (auto blob = find_blob(file.etag())) return blob;
  const std::string snapshot = snapshot_path(commit, file.path);
  if (is_file(repo_, snapshot)) return repo_.at(snapshot);
  return std::nullopt;
}

Result<std::filesystem::path> HubCache::partial_path(const ListedFile& file) {
  TRY(check_file(file));
  return partials_.choose("blobs", file.etag());
}

Result<std::filesystem::path> HubCache::place(
    const git::CommitId& commit, const ListedFile& file,
    const std::filesystem::path& partial) {
  TRY(check_file(file));
  const std::string snapshot = snapshot_path(commit, file.path);
  const std::string blob = blob_path(file.etag());
  const std::optional<FileDescriptor> held = lock_blob(file.etag());
  const bool links = manners_.has_links && !no_links_;
  TRY(partials_.place(partial, links ? blob : snapshot, manners_.file_mode));
  if (links) TRY(point(snapshot, blob));
  return repo_.at(snapshot);
}

Result<std::filesystem::path> HubCache::adopt(const git::CommitId& commit,
                                              const ListedFile& file) {
  TRY(check_file(file));
  const std::string snapshot = snapshot_path(commit, file.path);
  if (find_blob(file.etag()))
    TRY(point(snapshot, blob_path(file.etag())));
  else if (!is_file(repo_, snapshot))  // which is what find() gave, then
    return fail(ErrorKind::io, repo_.at(snapshot).string(), " is gone");
  return repo_.at(snapshot);
}

Result<bool> HubCache::share(const git::CommitId& commit,
                             const ListedFile& file) {
  TRY(check_file(file));
  if (!manners_.has_links || no_links_) return false;
  TRY(point(snapshot_path(commit, file.path), blob_path(file.etag())));
  return true;
}

// The blob under its name in the snapshot. What pointed elsewhere, or was a
// file of its own, is replaced: only the blob was hashed.
Result<void> HubCache::point(const std::string& snapshot,
                             const std::string& blob) {
  const std::string target = link_target(snapshot, blob);
  TRY_ASSIGN(const FoundEntry entry, repo_.look(snapshot));
  if (entry.type == FoundEntry::Type::link) {
    const Result<std::string> old = repo_.read_link(snapshot);
    if (old.ok() && *old == target) return {};
  }
  if (manners_.has_links && !no_links_)
    return repo_.make_link(snapshot, target);
  TRY_ASSIGN(const FoundEntry source, repo_.look(blob));
  // A link to a shared blob is for where there are links.
  if (source.type != FoundEntry::Type::file)
    return fail(ErrorKind::io, repo_.at(blob).string(), " is a link");
  return repo_.copy(blob, snapshot);
}

Result<void> HubCache::note_missing(const git::CommitId& commit,
                                    std::string_view path) {
  TRY(check_path(path));
  return repo_.write(concat(".no_exist/", commit.id.to_hex(), "/", path), {},
                     Sync::later);
}

std::filesystem::path HubCache::folder(const git::CommitId& commit) const {
  return repo_.at("snapshots/" + commit.id.to_hex());
}

// --- revisions --------------------------------------------------------------

Result<void> HubCache::write_ref(const std::string& revision,
                                 const std::string& hex) {
  if (revision == hex) return {};
  const std::string path = "refs/" + revision;
  const Result<Bytes> old = repo_.read(path, kRefFile);
  if (old.ok() && as_text(*old) == hex) return {};
  return repo_.write(path, as_bytes(hex));
}

Result<void> HubCache::finish(std::string_view revision,
                              const Listing& listing) {
  TRY(check_revision(revision));
  const std::string hex = listing.commit.id.to_hex();
  const auto write = [&]() -> Result<void> {
    TRY(repo_.make_folder("snapshots/" + hex));
    const std::string text = write_listing(listing);
    const std::string path = tree_path(listing.commit);
    const Result<Bytes> old = repo_.read(path, limits::kTreeObject);
    if (!old.ok() || as_text(*old) != text)
      TRY(repo_.write(path, as_bytes(text)));
    return write_ref(std::string(revision), hex);
  };
  const Result<void> written = write();
  TRY_ASSIGN(const FoundEntry snapshot, repo_.look("snapshots/" + hex));
  if (!written.ok() && !manners_.writable &&
      snapshot.type == FoundEntry::Type::folder)
    return {};
  if (!written.ok()) return written;
  partials_.sweep("blobs", manners_.now_ns, [&](const std::string& etag) {
    const Result<FoundEntry> blob = repo_.look(blob_path(etag));
    return blob.ok() && blob->type == FoundEntry::Type::file;
  });
  return {};
}

Result<git::CommitId> HubCache::read_ref(std::string_view revision) {
  if (const std::optional<git::CommitId> commit = parse_commit(revision))
    return *commit;
  TRY(check_revision(revision));
  const std::string path = concat("refs/", revision);
  Result<Bytes> text = repo_.read(path, kRefFile);
  if (!text.ok() && text.error().kind == ErrorKind::not_found)
    return fail(ErrorKind::not_found, "revision ", revision, " of ", name_,
                " is not in the cache");
  if (!text.ok()) return std::move(text).error();
  std::string_view hex = as_text(*text);
  while (hex.ends_with('\n') || hex.ends_with('\r')) hex.remove_suffix(1);
  const std::optional<git::CommitId> commit = parse_commit(hex);
  if (!commit)
    return fail(ErrorKind::invalid_input, repo_.at(path).string(),
                " does not hold the name of a commit");
  return *commit;
}

Result<std::optional<Listing>> HubCache::read_listing(
    const git::CommitId& commit) {
  const std::string path = tree_path(commit);
  Result<Bytes> text = repo_.read(path, limits::kTreeObject);
  if (!text.ok() && text.error().kind == ErrorKind::not_found)
    return std::optional<Listing>();
  if (!text.ok()) return std::move(text).error();
  return parse_listing(as_text(*text), commit).context(repo_.at(path).string());
}

}  // namespace sigstore::hub
