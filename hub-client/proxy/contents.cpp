// SPDX-License-Identifier: Apache-2.0
#include "hub-client/proxy/contents.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <utility>

#include "core/crypto/message_digest.h"
#include "hub-client/download/download.h"
#include "hub-client/download/file_digests.h"
#include "hub-client/download/hub_source.h"

namespace sigstore::hub {
namespace {

constexpr std::size_t kMostKnown = 10'000;
// Of one file: clients ask for several at once.
constexpr std::size_t kConnections = 4;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string name_of(const Release& release) {
  return one_line(concat(release.repo.path(), ": ", release.file->path));
}

}  // namespace

Result<FileIdentity> identify(int fd) {
  struct stat found {};
  if (fstat(fd, &found) != 0)
    return fail(ErrorKind::io, "cannot look at a file: ", errno_text(errno));
  if (!S_ISREG(found.st_mode))
    return fail(ErrorKind::unsafe_tree, "what is in the cache is no file");
  return FileIdentity{found.st_dev, found.st_ino,
                      static_cast<std::uint64_t>(found.st_size),
                      nanoseconds(found.st_mtim), nanoseconds(found.st_ctim)};
}

std::string fingerprint(const Expected& expected) {
  std::string text = concat(
      expected.sha256 ? expected.sha256->to_hex() : "", "\n", expected.git_blob,
      "\n", static_cast<int>(expected.parameters.method), "\n",
      static_cast<int>(expected.parameters.hash_type), "\n");
  for (const Resource& resource : expected.resources)
    text += concat(resource.name, "\n", resource.digest.to_hex(), "\n");
  return sha256(as_bytes(text)).to_hex();
}

bool Contents::is_known(const std::string& key, const FileIdentity& identity) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(key);
  return known != known_.end() && known->second == identity;
}

void Contents::keep(const std::string& key, const FileIdentity& identity) {
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_[key] = identity;
}

std::filesystem::path Contents::left_over(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto left = left_over_.extract(key);
  return left ? left.mapped() : std::filesystem::path();
}

// Whatever is in the cache in the place of this file; nobody vouches for it.
Result<std::optional<Contents::Found>> Contents::find(
    Store& store, const Release& release) const {
  const auto path = store.find(release.commit, *release.file);
  if (!path) return std::optional<Found>();
  FileDescriptor file(
      ::open(path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) return std::optional<Found>();
  TRY_ASSIGN(const FileIdentity identity, identify(file.get()));
  if (identity.size != release.file->size) return std::optional<Found>();
  return std::optional<Found>(Found{*path, std::move(file), identity});
}

Result<FileDescriptor> Contents::open(const Caller& caller,
                                      const Release& release,
                                      const StillWaiting& still_waiting) {
  const std::string key =
      concat(release.repo.folder(), "/", release.file->etag(), "/",
             fingerprint(release.expected));
  // Twice: somebody else may replace it between the two.
  for (int attempt = 0; attempt < 3; ++attempt) {
    Result<std::unique_ptr<HubCache>> cache =
        HubCache::open(tools_.cache, release.repo);
    if (cache.ok()) {
      TRY_ASSIGN(std::optional<Found> found, find(**cache, release));
      if (found && is_known(key, found->identity))
        return std::move(found->file);
    }
    if (attempt == 2) break;
    TRY(errands_.run(
        key,
        [this, caller, release, key] { return prepare(caller, release, key); },
        still_waiting));
  }
  return fail(ErrorKind::io, name_of(release),
              ": the cache changes while it is read");
}

// In a thread of ours: makes sure of the file in the cache.
Result<void> Contents::prepare(const Caller& caller, const Release& release,
                               const std::string& key) {
  TRY_ASSIGN(const std::unique_ptr<HubCache> store,
             HubCache::make(tools_.cache, release.repo));
  bool is_there = false;
  TRY_ASSIGN(std::optional<Found> found, find(*store, release));
  if (found) {
    TRY_ASSIGN(is_there, has_digests(found->file.get(), release.file->path,
                                     release.file->size, release.expected));
    // Nobody wrote to it meanwhile.
    TRY_ASSIGN(const FileIdentity after, identify(found->file.get()));
    is_there = is_there && after == found->identity;
  }
  if (is_there) {
    keep(key, found->identity);
    TRY(store->adopt(release.commit, *release.file));
  } else {
    Result<void> fetched = fetch(caller, release, key, *store);
    if (!fetched.ok()) {
      tools_.records.failed(
          key, {name_of(release), 0, 0, one_line(fetched.error().message)});
      tools_.terminal.report(fetched.error());
      return fetched;
    }
    TRY_ASSIGN(found, find(*store, release));
    if (found) keep(key, found->identity);
  }
  // As after a pull of all of it; a part has no name.
  const std::optional<Listing> whole = states_.check_off(release);
  return whole ? store->finish(release.revision, *whole) : Result<void>();
}

Result<void> Contents::fetch(const Caller& caller, const Release& release,
                             const std::string& key, HubCache& store) {
  const ListedFile& file = *release.file;
  std::filesystem::path partial = left_over(key);
  if (partial.empty()) {
    TRY_ASSIGN(partial, store.partial_path(file));
  }
  const std::array<WantedFile, 1> wanted{
      WantedFile{file.path, file.size, file.etag(), release.expected, partial}};
  TRY_ASSIGN(const auto stream, tools_.streams.lend());
  const HubSource source(HubOptions{tools_.endpoint, caller.token},
                         release.repo, release.commit, {file.path});
  const Finished place =
      [&](std::size_t, const std::filesystem::path& whole) -> Result<void> {
    TRY(store.place(release.commit, file, whole));
    return {};
  };
  DownloadOptions options;
  options.connections.most = kConnections;
  options.stop = &tools_.stop;
  options.progress = [&](const DownloadProgress& now) {
    tools_.records.fetching(key, {name_of(release), now.done, now.total});
  };
  tools_.records.fetching(key, {name_of(release), 0, file.size});
  Result<DownloadReport> report =
      download(*stream, wanted, source, place, options);
  if (!report.ok()) {
    const std::lock_guard lock(mutex_);
    if (left_over_.size() < kMostKnown) left_over_[key] = std::move(partial);
    return std::move(report).error().context(release.repo.path());
  }
  tools_.records.fetched(key, report->fetched);
  return {};
}

}  // namespace sigstore::hub
