// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_files.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/file.h"
#include "core/hash/open_job.h"
#include "core/hash/sha256_files.h"

namespace sigstore {
namespace {

constexpr std::size_t kBuffer = 1024 * 1024;

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
    TRY_ASSIGN(const OpenedFile file,
               open_job(root_fd_, job.path, length, options_.follow_symlinks));
    TRY(read_range(file.fd.get(), job, done));
    const ContentDigest digest = digest_.finish();
    TRY(check_unchanged(root_fd_, job.path, file.status,
                        options_.follow_symlinks));
    return digest;
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
        return changed_while_read(job.path);
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
  if (!is_supported(options.engine))
    return fail(ErrorKind::unsupported,
                "this processor cannot run the hash engine that was asked for");
  std::vector<std::uint64_t> lengths = file_lengths(jobs);
  if (options.algorithm == HashAlgorithm::sha256)
    return hash_sha256_files(root_fd, jobs, lengths, options);
  Pool pool{.jobs = jobs,
            .lengths = std::move(lengths),
            .digests = std::vector<ContentDigest>(jobs.size())};
  std::vector<Worker> workers;
  const std::size_t threads = std::clamp<std::size_t>(
      usable_cores(), 1, std::max<std::size_t>(jobs.size(), 1));
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
