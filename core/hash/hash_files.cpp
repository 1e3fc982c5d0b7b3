// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/file.h"

namespace sigstore {
namespace {

constexpr std::size_t kBuffer = 1024 * 1024;

Error changed(const std::string& path) {
  return fail(ErrorKind::content_differs, path, " changed while it was read");
}

Result<FileDescriptor> open_job(int root_fd, const std::string& path,
                                bool follow) {
  if (!follow)
    return open_beneath(root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  FileDescriptor fd(openat(root_fd, path.c_str(),
                           O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid())
    return fail(ErrorKind::io, "cannot open ", path, ": ", errno_text(errno));
  return fd;
}

// One per thread: a buffer and a hash that serve job after job.
class Worker {
 public:
  Worker(int root_fd, const HashOptions& options, MessageDigest digest)
      : root_fd_(root_fd),
        options_(options),
        digest_(std::move(digest)),
        buffer_(kBuffer) {}

  // `length` is what the whole file must have.
  Result<ContentDigest> hash(const HashJob& job, std::uint64_t length,
                             std::atomic<std::uint64_t>& done, bool reports) {
    reports_ = reports && options_.progress;
    TRY_ASSIGN(const FileDescriptor fd,
               open_job(root_fd_, job.path, options_.follow_symlinks));
    struct stat before {};
    if (fstat(fd.get(), &before) != 0 || !S_ISREG(before.st_mode))
      return fail(ErrorKind::io, job.path, " is not a regular file");
    if (static_cast<std::uint64_t>(before.st_size) != length)
      return changed(job.path);
    TRY(read_range(fd.get(), job, done));
    struct stat after {};
    fstat(fd.get(), &after);
    if (after.st_size != before.st_size) return changed(job.path);
    return digest_.finish();
  }

 private:
  Result<void> read_range(int fd, const HashJob& job,
                          std::atomic<std::uint64_t>& done) {
    std::uint64_t offset = job.start;
    const std::uint64_t end = job.start + job.size;
    while (offset < end) {
      const std::size_t want = static_cast<std::size_t>(
          std::min<std::uint64_t>(kBuffer, end - offset));
      const ssize_t got =
          pread(fd, buffer_.data(), want, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        digest_.finish();  // forget the half-read file
        return fail(ErrorKind::io, "cannot read ", job.path, ": ",
                    errno_text(errno));
      }
      if (got == 0) {
        digest_.finish();
        return changed(job.path);
      }
      const auto size = static_cast<std::size_t>(got);
      digest_.update(ByteView(buffer_).first(size));
      offset += size;
      done += size;
      if (reports_) options_.progress(done);
    }
    return {};
  }

  int root_fd_;
  const HashOptions& options_;
  MessageDigest digest_;
  Bytes buffer_;
  bool reports_ = false;
};

// Jobs of one file follow each other: the last one ends where the file does.
std::vector<std::uint64_t> file_lengths(const std::vector<HashJob>& jobs) {
  std::vector<std::uint64_t> lengths(jobs.size());
  for (std::size_t i = jobs.size(); i-- > 0;) {
    const bool last = i + 1 == jobs.size() || jobs[i + 1].path != jobs[i].path;
    lengths[i] = last ? jobs[i].start + jobs[i].size : lengths[i + 1];
  }
  return lengths;
}

// What the threads share. Each takes the next job until none is left or one
// failed.
struct Pool {
  const std::vector<HashJob>& jobs;
  std::vector<std::uint64_t> lengths;
  std::vector<ContentDigest> digests;
  std::atomic<std::size_t> next{0};
  std::atomic<std::uint64_t> done{0};
  std::atomic<bool> failed{false};
  std::mutex error_mutex{};
  std::optional<Error> error = {};
};

void work(Pool& pool, Worker worker, bool reports) {
  while (!pool.failed) {
    const std::size_t index = pool.next++;
    if (index >= pool.jobs.size()) return;
    Result<ContentDigest> digest =
        worker.hash(pool.jobs[index], pool.lengths[index], pool.done, reports);
    if (digest.ok()) {
      pool.digests[index] = *digest;
    } else {
      const std::lock_guard lock(pool.error_mutex);
      pool.failed = true;
      if (!pool.error) pool.error = std::move(digest).error();
    }
  }
}

}  // namespace

Result<std::vector<ContentDigest>> hash_files(int root_fd,
                                              const std::vector<HashJob>& jobs,
                                              const HashOptions& options) {
  Pool pool{.jobs = jobs,
            .lengths = file_lengths(jobs),
            .digests = std::vector<ContentDigest>(jobs.size())};
  std::vector<Worker> workers;
  const std::size_t threads =
      std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1,
                              std::max<std::size_t>(jobs.size(), 1));
  for (std::size_t i = 0; i < threads; ++i) {
    TRY_ASSIGN(MessageDigest digest, make_digest(options.algorithm));
    workers.emplace_back(root_fd, options, std::move(digest));
  }
  {
    std::vector<std::jthread> running;
    for (std::size_t i = 1; i < threads; ++i)
      running.emplace_back(work, std::ref(pool), std::move(workers[i]), false);
    work(pool, std::move(workers[0]), true);
  }
  if (pool.error) return std::move(*pool.error);
  return std::move(pool.digests);
}

}  // namespace sigstore
