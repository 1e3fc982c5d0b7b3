// SPDX-License-Identifier: Apache-2.0
#include "core/hash/hash_changed.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "core/hash/file_state.h"
#include "core/hash/open_job.h"

namespace sigstore {
namespace {

HashedRange range_of(const HashJob& job, HashAlgorithm algorithm) {
  return {job.start, job.size, algorithm};
}

// A file that is going to be read, and may be remembered.
struct Unknown {
  std::size_t first = 0;  // of its jobs
  std::size_t count = 0;
  FileState state;
};

// The digest of a job, without reading it.
struct Found {
  std::size_t job = 0;
  ContentDigest digest;
};

class Lookup {
 public:
  Lookup(int root_fd, std::span<const HashJob> jobs, const HashOptions& options,
         KnownDigests& known)
      : root_fd_(root_fd), jobs_(jobs), options_(options), known_(known) {}

  // Jobs of one file follow each other.
  Result<void> run() {
    for (std::size_t first = 0; first < jobs_.size();) {
      std::size_t end = first + 1;
      while (end < jobs_.size() && jobs_[end].path == jobs_[first].path) ++end;
      known_.count_asked();
      TRY(look_at(first, end - first));
      first = end;
    }
    return {};
  }

  // After the others were read: those that are as they were before.
  void remember(std::span<const ContentDigest> read) {
    for (const Unknown& file : unknown_) {
      const Result<OpenedFile> opened = open_file(file.first, file.count);
      if (!opened.ok()) continue;
      if (states_.look(opened->fd.get()) != file.state) continue;
      for (std::size_t i = file.first; i < file.first + file.count; ++i)
        known_.add(file.state, range_of(jobs_[i], options_.algorithm), read[i]);
    }
  }

  const std::vector<Found>& found() const { return found_; }
  std::uint64_t bytes() const { return bytes_; }  // of them

 private:
  std::uint64_t length(std::size_t first, std::size_t count) const {
    const HashJob& last = jobs_[first + count - 1];
    return last.start + last.size;
  }

  Result<OpenedFile> open_file(std::size_t first, std::size_t count) const {
    return open_job(root_fd_, jobs_[first].path, length(first, count),
                    options_.follow_symlinks);
  }

  Result<void> look_at(std::size_t first, std::size_t count) {
    const std::uint64_t size = length(first, count);
    if (size < kLeastKnown) return {};
    TRY_ASSIGN(const OpenedFile file, open_file(first, count));
    const std::optional<FileState> state = states_.look(file.fd.get());
    if (!state || state->size != size) return {};
    if (take_known(*state, first, count)) return {};
    if (!is_settled(*state, known_.now()) || !sync_pages(file.fd.get()))
      return {};
    // What was dirty may have been written to just now.
    if (states_.look(file.fd.get()) != state) return {};
    unknown_.push_back({first, count, *state});
    return {};
  }

  // All of a file's digests or none.
  bool take_known(const FileState& state, std::size_t first,
                  std::size_t count) {
    Timestamp oldest = known_.now();
    std::uint64_t bytes = 0;
    const std::size_t before = found_.size();
    for (std::size_t i = first; i < first + count; ++i) {
      const KnownDigest* found =
          known_.find(state, range_of(jobs_[i], options_.algorithm));
      if (found == nullptr) {
        found_.resize(before);
        return false;
      }
      found_.push_back({i, found->digest});
      oldest = std::min(oldest, found->hashed_at);
      bytes += jobs_[i].size;
    }
    known_.count_known(bytes, oldest);
    bytes_ += bytes;
    return true;
  }

  int root_fd_;
  std::span<const HashJob> jobs_;
  const HashOptions& options_;
  KnownDigests& known_;
  FileStates states_;
  std::vector<Unknown> unknown_;
  std::vector<Found> found_;
  std::uint64_t bytes_ = 0;
};

// Reads the jobs that nothing was found of, which leave `jobs` meanwhile.
Result<std::vector<ContentDigest>> hash_rest(int root_fd,
                                             std::vector<HashJob>& jobs,
                                             const HashOptions& options,
                                             std::span<const Found> found) {
  std::vector<HashJob> rest;
  std::size_t next = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (next < found.size() && found[next].job == i)
      ++next;
    else
      rest.push_back(std::move(jobs[i]));
  }
  TRY_ASSIGN(std::vector<ContentDigest> digests,
             hash_files(root_fd, rest, options));
  digests.resize(jobs.size());
  for (std::size_t i = jobs.size(); i-- > 0;) {
    if (next > 0 && found[next - 1].job == i) {
      digests[i] = found[--next].digest;
    } else {
      digests[i] = digests[i - next];
      jobs[i] = std::move(rest[i - next]);
    }
  }
  return digests;
}

}  // namespace

Result<std::vector<ContentDigest>> hash_changed_files(
    int root_fd, std::vector<HashJob> jobs, const HashOptions& options,
    KnownDigests* known) {
  if (known == nullptr) return hash_files(root_fd, jobs, options);
  Lookup lookup(root_fd, jobs, options, *known);
  TRY(lookup.run());
  HashOptions of_rest = options;
  if (options.progress) {
    of_rest.progress = [&](std::uint64_t bytes) {
      options.progress(lookup.bytes() + bytes);
    };
    if (lookup.bytes() > 0) options.progress(lookup.bytes());
  }
  if (lookup.found().empty()) {
    TRY_ASSIGN(std::vector<ContentDigest> digests,
               hash_files(root_fd, jobs, of_rest));
    lookup.remember(digests);
    return digests;
  }
  TRY_ASSIGN(std::vector<ContentDigest> digests,
             hash_rest(root_fd, jobs, of_rest, lookup.found()));
  lookup.remember(digests);
  return digests;
}

}  // namespace sigstore
