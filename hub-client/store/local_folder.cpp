// SPDX-License-Identifier: Apache-2.0
#include "hub-client/store/local_folder.h"

#include <cstdio>
#include <set>
#include <utility>

#include "core/base/limits.h"
#include "core/crypto/message_digest.h"
#include "core/manifest/tree_names.h"
#include "core/manifest/tree_walk.h"
#include "hub-client/store/cache_tag.h"
#include "hub-client/store/hub_cache.h"
#include "hub-client/store/listing_file.h"

namespace sigstore::hub {
namespace {

const std::string kRecords = ".cache/huggingface";
constexpr std::size_t kRecordFile = 1024;

std::pair<std::string, std::string> split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

// Where partials of a file are, and how they begin. huggingface_hub has a
// SHA-1 in their names to keep them short, for the same reason.
std::string partial_folder(const std::string& path) {
  const std::string parent = split(path).first;
  return kRecords + "/download" + (parent.empty() ? "" : "/" + parent);
}
std::string partial_stem(const ListedFile& file) {
  const std::string name = split(file.path).second;
  return sha256(as_bytes(name)).to_hex().substr(0, 16) + "." + file.etag();
}

std::string record_path(const std::string& path) {
  return concat(kRecords, "/download/", path, ".metadata");
}

std::string tree_path(const git::CommitId& commit) {
  return concat(kRecords, "/trees/", commit.id.to_hex(), ".json");
}

// What huggingface_hub takes a file of this time for: unchanged since.
std::string write_record(const git::CommitId& commit, const ListedFile& file,
                         std::int64_t modified_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  char time[40];
  std::snprintf(time, sizeof time, "%lld.%06lld",
                static_cast<long long>(modified_ns / kSecond),
                static_cast<long long>(modified_ns % kSecond / 1000));
  return concat(commit.id.to_hex(), "\n", file.etag(), "\n",
                static_cast<const char*>(time), "\n");
}

// A name that every file system keeps as it is, and none of ours.
Result<void> check_name(const std::string& path) {
  TRY(check_path(path));
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    TRY(check_tree_name(std::string_view(path).substr(start, end - start))
            .context(path));
    start = end + 1;
  }
  if ((fold_name(path) + "/").starts_with(kRecords + "/"))
    return fail(ErrorKind::unsafe_tree, path,
                " would be taken for a record of what was downloaded");
  return {};
}

}  // namespace

Result<std::unique_ptr<LocalFolder>> LocalFolder::open(
    const std::filesystem::path& folder) {
  TRY_ASSIGN(RootFolder root, RootFolder::open(folder));
  return std::unique_ptr<LocalFolder>(new LocalFolder(std::move(root)));
}

Result<std::unique_ptr<LocalFolder>> LocalFolder::make(
    const std::filesystem::path& folder) {
  TRY_ASSIGN(RootFolder root, RootFolder::make(folder));
  auto store = std::unique_ptr<LocalFolder>(new LocalFolder(std::move(root)));
  const std::string ignore = kRecords + "/.gitignore";
  TRY_ASSIGN(const FoundEntry there, store->root_.look(ignore));
  if (there.type == FoundEntry::Type::none)
    TRY(store->root_.write(ignore, as_bytes("*"), Sync::later));
  const std::string tag = kRecords + "/CACHEDIR.TAG";
  // Written anew: it tells the mode of new files, and the time.
  TRY(store->root_.write(tag, as_bytes(kCacheTag), Sync::later));
  TRY_ASSIGN(const FoundEntry made, store->root_.look(tag));
  store->file_mode_ = made.mode;
  store->now_ns_ = made.modified_ns;
  return store;
}

Result<void> LocalFolder::lock(int seconds) {
  if (lock_) return {};
  TRY_ASSIGN(lock_, root_.lock(kRecords + "/hf-sigstore.lock", seconds));
  if (lock_) partials_.allow_resume();
  return {};
}

// Of two names that some file system takes for one, the second would
// overwrite the first.
Result<void> LocalFolder::admit(const ListedFile& file) {
  TRY(check_name(file.path));
  TRY(check_etag(file.etag()));
  for (std::size_t end = 0; end < file.path.size();) {
    end = std::min(file.path.find('/', end + 1), file.path.size());
    const std::string part = file.path.substr(0, end);
    const auto [known, is_new] = names_.emplace(fold_name(part), part);
    if (!is_new && known->second != part)
      return fail(ErrorKind::unsafe_tree, part, " and ", known->second,
                  " are one name on some file systems");
  }
  return {};
}

std::optional<std::filesystem::path> LocalFolder::find(const git::CommitId&,
                                                       const ListedFile& file) {
  if (!check_name(file.path).ok()) return std::nullopt;
  const Result<FoundEntry> entry = root_.look(file.path);
  if (!entry.ok() || entry->type != FoundEntry::Type::file) return std::nullopt;
  return root_.at(file.path);
}

Result<std::filesystem::path> LocalFolder::partial_path(
    const ListedFile& file) {
  TRY(admit(file));
  return partials_.choose(partial_folder(file.path), partial_stem(file));
}

Result<std::filesystem::path> LocalFolder::place(
    const git::CommitId& commit, const ListedFile& file,
    const std::filesystem::path& partial) {
  TRY(admit(file));
  TRY_ASSIGN(const FoundEntry old, root_.look(file.path));
  if (old.type == FoundEntry::Type::link)
    return fail(ErrorKind::io, root_.at(file.path).string(),
                " is a symbolic link; remove it, or pull into another folder");
  TRY(partials_.place(partial, file.path, file_mode_));
  TRY(note(commit, file));
  return root_.at(file.path);
}

Result<std::filesystem::path> LocalFolder::adopt(const git::CommitId& commit,
                                                 const ListedFile& file) {
  TRY(admit(file));
  TRY(note(commit, file));
  return root_.at(file.path);
}

// huggingface_hub asks the Hub about files without this record.
Result<void> LocalFolder::note(const git::CommitId& commit,
                               const ListedFile& file) {
  TRY_ASSIGN(const FoundEntry entry, root_.look(file.path));
  if (entry.type != FoundEntry::Type::file)
    return fail(ErrorKind::io, root_.at(file.path).string(), " is gone");
  const std::string record = write_record(commit, file, entry.modified_ns);
  const Result<Bytes> old = root_.read(record_path(file.path), kRecordFile);
  if (old.ok() && as_text(*old) == record) return {};
  return root_.write(record_path(file.path), as_bytes(record), Sync::later);
}

Result<void> LocalFolder::finish(std::string_view, const Listing& listing) {
  const std::string text = write_listing(listing);
  const std::string path = tree_path(listing.commit);
  const Result<Bytes> old = root_.read(path, limits::kTreeObject);
  if (!old.ok() || as_text(*old) != text)
    TRY(root_.write(path, as_bytes(text)));
  std::set<std::string> folders;
  for (const ListedFile& file : listing.files)
    folders.insert(partial_folder(file.path));
  // What is wanted was placed; what else lies there may be wanted again.
  for (const std::string& folder : folders)
    partials_.sweep(folder, now_ns_, [](const std::string&) { return false; });
  return {};
}

Result<git::CommitId> LocalFolder::read_ref(std::string_view revision) {
  if (const std::optional<git::CommitId> commit = parse_commit(revision))
    return *commit;
  return fail(ErrorKind::not_found, "without the Hub, revision ", revision,
              " is known in the cache alone, not in ", root_.path().string());
}

Result<std::optional<Listing>> LocalFolder::read_listing(
    const git::CommitId& commit) {
  const std::string path = tree_path(commit);
  Result<Bytes> text = root_.read(path, limits::kTreeObject);
  if (!text.ok() && text.error().kind == ErrorKind::not_found)
    return std::optional<Listing>();
  if (!text.ok()) return std::move(text).error();
  return parse_listing(as_text(*text), commit).context(root_.at(path).string());
}

}  // namespace sigstore::hub
