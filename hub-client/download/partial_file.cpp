// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/partial_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hub-client/download/partial_sidecar.h"

namespace sigstore::hub {
namespace {

constexpr mode_t kMode = 0666;  // less the umask: it becomes the file itself
constexpr std::uint64_t kSyncedAtOnce = 8U << 20U;

bool is_same_file(int fd, const std::filesystem::path& path) {
  struct stat opened {};
  struct stat named {};
  return fstat(fd, &opened) == 0 && lstat(path.c_str(), &named) == 0 &&
         opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

// "x.incomplete" -> "x<mark>.incomplete"
std::string beside(const std::filesystem::path& path, std::string_view mark) {
  constexpr std::string_view kEnding = ".incomplete";
  std::string name = path.string();
  if (name.ends_with(kEnding)) name.resize(name.size() - kEnding.size());
  return concat(name, mark, kEnding);
}

std::string temporary_of(const std::filesystem::path& path) {
  return beside(path, ".json.new");
}

}  // namespace

Error PartialFile::os_error(std::string_view action) const {
  return fail(ErrorKind::io, "cannot ", action, " ", path_.string(), ": ",
              errno_text(errno));
}

std::filesystem::path PartialFile::sidecar_of(
    const std::filesystem::path& path) {
  return beside(path, ".json");
}

// Whoever had it before may rename it to its place while we wait for nothing:
// then what we opened has another name, and is not ours to write.
Result<void> PartialFile::open_file() {
  constexpr int kTries = 5;
  for (int i = 0; !file_.valid() || !is_same_file(file_.get(), path_); ++i) {
    if (i == kTries)
      return fail(ErrorKind::io, "another process renames ", path_.string());
    file_.reset(::open(path_.c_str(),
                       O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                       kMode));
    if (!file_.valid()) return os_error("open");
    if (flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      return fail(ErrorKind::io, "another process is downloading ",
                  path_.string(), "; try again when it has ended");
  }
  struct stat status {};
  if (fstat(file_.get(), &status) != 0) return os_error("open");
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1)
    return fail(ErrorKind::unsafe_tree, path_.string(),
                " is no file of ours: remove it");
  return {};
}

Result<void> PartialFile::make_room() {
  if (size_ == 0) return {};
  const auto size = static_cast<off_t>(size_);
  while (fallocate(file_.get(), 0, 0, size) != 0) {
    if (errno == EINTR) continue;
    // Not every file system can.
    if (errno != EOPNOTSUPP && errno != ENOSYS)
      return os_error("make room for");
    if (ftruncate(file_.get(), size) != 0) return os_error("make room for");
    break;
  }
  return {};
}

void PartialFile::read_sidecar() {
  struct stat status {};
  if (fstat(file_.get(), &status) != 0 ||
      static_cast<std::uint64_t>(status.st_size) != size_)
    return;
  const Result<Bytes> bytes = read_file(sidecar_of(path_), kPartialSidecar);
  if (!bytes.ok()) return;
  Result<PartialSidecar> sidecar = parse_sidecar(*bytes);
  if (sidecar.ok() && sidecar->etag == etag_ && sidecar->size == size_)
    have_ = std::move(sidecar->have);
}

Result<std::unique_ptr<PartialFile>> PartialFile::open(
    const std::filesystem::path& path, std::string etag, std::uint64_t size) {
  std::unique_ptr<PartialFile> partial(
      new PartialFile(path, std::move(etag), size));
  TRY(partial->open_file());
  partial->read_sidecar();
  // A sidecar of which nothing is believed goes before there are new bytes
  // that it could be taken to speak of.
  if (partial->have_.total() == 0) TRY(partial->restart());
  return partial;
}

Result<void> PartialFile::restart() {
  const std::lock_guard lock(mutex_);
  have_ = {};
  on_disk_ = {};
  remove_sidecar();
  if (ftruncate(file_.get(), 0) != 0) return os_error("write");
  return make_room();
}

Result<void> PartialFile::write_at(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(file_.get(), bytes.data(), bytes.size(),
                                   static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return os_error("write");
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// A part of it, so that nobody waits for the whole: fdatasync(2) waits also for
// what came meanwhile, which is more than the disk takes where the network is
// faster. The extents are there already, by fallocate(2), and the journal is
// flushed with the sidecar.
Result<void> PartialFile::sync_range(ByteRange range) {
  constexpr unsigned kAll = SYNC_FILE_RANGE_WAIT_BEFORE |
                            SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  if (sync_file_range(file_.get(), static_cast<off_t>(range.start),
                      static_cast<off_t>(range.size()), kAll) == 0)
    return {};
  // Not every file system can.
  const bool unsupported = errno == ENOSYS || errno == EINVAL ||
                           errno == EOPNOTSUPP || errno == ESPIPE;
  if (unsupported && fdatasync(file_.get()) == 0) return {};
  return os_error("write");
}

Result<void> PartialFile::reach_disk(const ByteRanges& have) {
  for (ByteRange rest : have.list()) {
    while (!over_) {
      ByteRange next = on_disk_.first_gap(rest);
      if (next.size() == 0) break;
      next.end = std::min(next.end, next.start + kSyncedAtOnce);
      TRY(sync_range(next));
      on_disk_.add(next);
      rest.start = next.end;
    }
  }
  return {};
}

// Always the same temporary name, which whoever comes next uses again: nothing
// piles up however often this is killed.
Result<void> PartialFile::write_sidecar(const ByteRanges& have) {
  const std::filesystem::path sidecar = sidecar_of(path_);
  const std::string temporary = temporary_of(path_);
  const std::string text = encode_sidecar({etag_, size_, have});
  const FileDescriptor file(
      ::open(temporary.c_str(),
             O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kMode));
  if (!file.valid()) return os_error("write the state of");
  TRY(write_all(file.get(), as_bytes(text)).context(temporary));
  const bool synced = fdatasync(file.get()) == 0;
  const std::lock_guard lock(mutex_);
  if (synced && !over_ && rename(temporary.c_str(), sidecar.c_str()) == 0)
    return {};
  const Error error = os_error("write the state of");
  unlink(temporary.c_str());
  return error;
}

Result<void> PartialFile::checkpoint(const ByteRanges& have) {
  TRY(reach_disk(have));
  // What cannot be written down is fetched again: no reason to end.
  if (!over_) static_cast<void>(write_sidecar(have));
  return {};
}

void PartialFile::finish() {
  const std::lock_guard lock(mutex_);
  over_ = true;
}

void PartialFile::remove_sidecar() {
  unlink(sidecar_of(path_).c_str());
  unlink(temporary_of(path_).c_str());
}

void PartialFile::unfinish() {
  const std::lock_guard lock(mutex_);
  over_ = false;
}

void PartialFile::discard() {
  const std::lock_guard lock(mutex_);
  over_ = true;
  remove_sidecar();
  unlink(path_.c_str());
}

}  // namespace sigstore::hub
