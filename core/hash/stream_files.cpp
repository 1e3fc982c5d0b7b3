// SPDX-License-Identifier: Apache-2.0
#include "core/hash/stream_files.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/hash/lane_methods.h"
#include "core/hash/mapped_range.h"
#include "core/hash/open_job.h"
#include "core/hash/small_files.h"
#include "core/hash/stream_pool.h"

namespace sigstore {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kSmallBatch = 64;          // files at a time
constexpr std::size_t kReadAhead = 8192 * kKiB;  // beside one that hashes
// What is done with goes out of memory this much at a time, because each time
// all other threads are interrupted.
constexpr std::size_t kDropStep = 2048 * kKiB;

constexpr auto kNothing = std::numeric_limits<std::uint64_t>::max();

// What a stream advances before another thread may have it: the wider, the
// less, so that what is in use at once stays in the cache.
std::size_t slice_of(std::size_t width) {
  if (width >= 8) return 256 * kKiB;
  return width > 1 ? 512 * kKiB : 1024 * kKiB;
}

template <class Method>
struct Stream {
  std::size_t job = 0;
  std::uint64_t done = 0;            // bytes, whole blocks
  std::uint64_t dropped = 0;         // bytes, out of memory again
  std::uint64_t brought = kNothing;  // since, by others; from this byte on
  typename Method::State state = {};
  MappedRange map = {};
  bool is_open = false;
  struct stat status = {};
};

// What the threads share; `mutex` guards the pool, the error and `claimed`.
template <class Method>
struct Work {
  int root_fd;
  const std::vector<HashJob>& jobs;
  const std::vector<std::uint64_t>& lengths;
  const HashOptions& options;
  const typename Method::Lanes& lanes;
  std::vector<Stream<Method>> streams;
  StreamPool pool;
  std::vector<std::size_t> small;  // jobs, largest first
  std::vector<ContentDigest> digests;
  std::atomic<std::size_t> next_small{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<bool> failed{false};
  std::mutex mutex{};
  std::condition_variable moved{};
  std::optional<Error> error{};
  // The mapping that a thread without work may read ahead, and from where.
  const std::uint8_t* ahead = nullptr;
  std::uint64_t ahead_size = 0;
  std::size_t ahead_stream = 0;
};

template <class Method>
class Worker {
  using Stream = sigstore::Stream<Method>;

 public:
  Worker(Work<Method>& work, bool reports)
      : work_(work),
        reports_(reports),
        small_(work.root_fd, work.options.follow_symlinks, work.lanes) {}

  void run() {
    const MappingGuard guard;
    Result<void> done = run_all();
    if (done.ok()) return;
    const std::lock_guard lock(work_.mutex);
    work_.failed = true;
    if (!work_.error) work_.error = std::move(done).error();
    work_.moved.notify_all();
  }

 private:
  Result<void> run_all() {
    std::unique_lock lock(work_.mutex);
    while (!work_.failed) {
      const std::vector<std::size_t> taken = work_.pool.claim();
      if (!taken.empty()) {
        lock.unlock();
        Result<void> advanced = advance(taken);
        lock.lock();
        TRY(advanced);
        for (std::size_t i = 0; i < taken.size(); ++i)
          work_.pool.give_back(taken[i], advanced_[i]);
        offer_ahead(taken);
        work_.moved.notify_all();
        continue;
      }
      lock.unlock();
      TRY_ASSIGN(const bool had_small, hash_small());
      lock.lock();
      if (had_small) continue;
      if (!work_.pool.has_work()) return {};
      read_ahead(lock);
      lock.unlock();
      report(0);  // of what the others did
      lock.lock();
    }
    return {};
  }

  void report(std::uint64_t bytes) {
    work_.bytes += bytes;
    if (reports_ && work_.options.progress) work_.options.progress(work_.bytes);
  }

  // --- short jobs ---------------------------------------------------------

  Result<bool> hash_small() {
    const std::size_t first = work_.next_small.fetch_add(kSmallBatch);
    if (first >= work_.small.size()) return false;
    std::vector<SmallItem> items;
    const std::size_t end = std::min(first + kSmallBatch, work_.small.size());
    for (std::size_t i = first; i < end; ++i) {
      const std::size_t job = work_.small[i];
      items.push_back(
          {&work_.jobs[job], work_.lengths[job], &work_.digests[job]});
    }
    TRY(small_.hash(items, [this](std::uint64_t bytes) { report(bytes); }));
    return true;
  }

  // --- streams ------------------------------------------------------------

  const HashJob& job_of(const Stream& stream) const {
    return work_.jobs[stream.job];
  }
  std::uint64_t left(const Stream& stream) const {
    return job_of(stream).size - stream.done;
  }

  Result<void> open_stream(Stream& stream) const {
    if (stream.is_open) return {};
    const HashJob& job = job_of(stream);
    TRY_ASSIGN(const OpenedFile file,
               open_job(work_.root_fd, job.path, work_.lengths[stream.job],
                        work_.options.follow_symlinks));
    stream.status = file.status;
    stream.map = MappedRange(file.fd.get(), job.start, job.size);
    stream.is_open = true;
    return {};
  }

  // `size` bytes at the stream's place, in memory: of the mapping, or read
  // into this lane's buffer where there is none.
  Result<const std::uint8_t*> fetch(const Stream& stream, std::size_t size,
                                    std::size_t lane) {
    if (stream.map.valid()) return stream.map.data() + stream.done;
    const HashJob& job = job_of(stream);
    TRY_ASSIGN(const OpenedFile file,
               open_job(work_.root_fd, job.path, work_.lengths[stream.job],
                        work_.options.follow_symlinks));
    buffers_.resize(std::max(buffers_.size(), lane + 1));
    Bytes& buffer = buffers_[lane];
    buffer.resize(size);
    TRY(read_job(file.fd.get(), job, stream.done, buffer));
    return static_cast<const std::uint8_t*>(buffer.data());
  }

  // Every stream as far as all of them go; those with less than a block left
  // end. Leaves the bytes that each went in advanced_.
  Result<void> advance(const std::vector<std::size_t>& taken) {
    std::uint64_t size = slice_of(taken.size());
    for (const std::size_t index : taken) {
      Stream& stream = work_.streams[index];
      TRY(open_stream(stream));
      const std::uint64_t whole = Method::body(left(stream));
      if (whole > 0) size = std::min(size, whole);
    }
    MappedRange::forget_lost();
    rows_.clear();
    for (const std::size_t index : taken) {
      Stream& stream = work_.streams[index];
      if (Method::body(left(stream)) == 0) continue;
      TRY_ASSIGN(const std::uint8_t* data,
                 fetch(stream, static_cast<std::size_t>(size), rows_.size()));
      rows_.push_back({&stream.state, data});
    }
    work_.lanes.advance(rows_, static_cast<std::size_t>(size / Method::kBlock));
    if (MappedRange::lost_bytes()) return name_lost(taken);
    advanced_.clear();
    for (const std::size_t index : taken) {
      Stream& stream = work_.streams[index];
      const std::uint64_t went = Method::body(left(stream)) == 0 ? 0 : size;
      stream.done += went;
      drop(stream);
      const std::uint64_t rest = left(stream);
      const bool ends = Method::body(rest) == 0;
      if (ends) TRY(finish(stream));
      advanced_.push_back(went + (ends ? rest : 0));
      report(advanced_.back());
    }
    return {};
  }

  void drop(Stream& stream) const {
    const std::uint64_t size = stream.done - stream.dropped;
    if (!stream.map.valid() || size < kDropStep) return;
    stream.map.drop(stream.dropped, static_cast<std::size_t>(size));
    stream.dropped = stream.done;
  }

  Result<void> finish(Stream& stream) {
    const HashJob& job = job_of(stream);
    const auto rest = static_cast<std::size_t>(left(stream));
    const std::uint8_t* data = nullptr;
    if (rest > 0) {
      TRY_ASSIGN(data, fetch(stream, rest, 0));
    }
    std::uint8_t tail[Method::kTail];
    if (rest > 0) std::memcpy(tail, data, rest);
    if (MappedRange::lost_bytes()) return changed_while_read(job.path);
    const std::size_t blocks = Method::pad(tail, rest, job.size);
    const typename Method::Lane lane{&stream.state, tail};
    work_.lanes.advance({&lane, 1}, blocks);
    work_.digests[stream.job] = Method::end(stream.state, {tail, rest});
    stream.map = MappedRange();
    return check_unchanged(work_.root_fd, job.path, stream.status,
                           work_.options.follow_symlinks);
  }

  // One of them was cut off, or its disk has failed.
  Result<void> name_lost(const std::vector<std::size_t>& taken) const {
    for (const std::size_t index : taken) {
      const Stream& stream = work_.streams[index];
      TRY(check_unchanged(work_.root_fd, job_of(stream).path, stream.status,
                          work_.options.follow_symlinks));
    }
    return fail(ErrorKind::io, "cannot read ",
                job_of(work_.streams[taken.front()]).path);
  }

  // --- reading ahead --------------------------------------------------------

  // Under the lock: where the last stream of those that went on is now.
  void offer_ahead(const std::vector<std::size_t>& taken) {
    // What came in when it was done with goes again: not each time, because
    // most of it has gone.
    for (const std::size_t index : taken) {
      Stream& stream = work_.streams[index];
      if (stream.brought >= stream.dropped ||
          stream.dropped - stream.brought < 2 * kReadAhead)
        continue;
      stream.dropped = stream.brought;
      stream.brought = kNothing;
    }
    work_.ahead = nullptr;
    if (taken.size() > 1) return;
    const Stream& stream = work_.streams[taken.front()];
    if (!stream.map.valid()) return;
    work_.ahead = stream.map.data() + stream.done;
    work_.ahead_size = left(stream);
    work_.ahead_stream = taken.front();
  }

  // Hashing one stream leaves a core that can bring its pages in.
  void read_ahead(std::unique_lock<std::mutex>& lock) {
    const std::uint8_t* from = work_.ahead;
    const std::uint64_t size = work_.ahead_size;
    Stream& stream = work_.streams[work_.ahead_stream];
    if (from != nullptr && from != seen_ahead_) {
      seen_ahead_ = from;
      lock.unlock();
      MappedRange::populate(
          from,
          static_cast<std::size_t>(std::min<std::uint64_t>(size, kReadAhead)));
      lock.lock();
      stream.brought = std::min(stream.brought, job_of(stream).size - size);
      return;
    }
    work_.moved.wait(lock);
  }

  Work<Method>& work_;
  bool reports_;
  SmallFiles<Method> small_;
  std::vector<typename Method::Lane> rows_;
  std::vector<std::uint64_t> advanced_;
  std::vector<Bytes> buffers_;
  const std::uint8_t* seen_ahead_ = nullptr;
};

template <class Method>
Result<std::vector<ContentDigest>> hash_all(
    int root_fd, const std::vector<HashJob>& jobs,
    const std::vector<std::uint64_t>& lengths, const HashOptions& options) {
  const typename Method::Lanes lanes(options.engine);
  std::vector<Stream<Method>> streams;
  std::vector<std::uint64_t> sizes;
  std::vector<std::size_t> small;
  std::uint64_t small_bytes = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].size > kMostSmall) {
      streams.push_back(Stream<Method>{.job = i});
      sizes.push_back(jobs[i].size);
    } else {
      small.push_back(i);
      small_bytes += jobs[i].size;
    }
  }
  std::stable_sort(small.begin(), small.end(), [&](auto left, auto right) {
    return jobs[left].size > jobs[right].size;
  });
  const std::size_t batches = (small.size() + kSmallBatch - 1) / kSmallBatch;
  // One more than there are streams reads ahead for the others.
  const std::size_t threads =
      std::clamp<std::size_t>(usable_cores(), 1, 1 + streams.size() + batches);
  Work<Method> work{
      .root_fd = root_fd,
      .jobs = jobs,
      .lengths = lengths,
      .options = options,
      .lanes = lanes,
      .streams = std::move(streams),
      .pool = StreamPool(sizes, lanes.widths(), threads, small_bytes),
      .small = std::move(small),
      .digests = std::vector<ContentDigest>(jobs.size())};
  {
    std::vector<std::jthread> running;
    for (std::size_t i = 1; i < threads; ++i)
      running.emplace_back([&work] { Worker<Method>(work, false).run(); });
    Worker<Method>(work, true).run();
  }
  if (work.error) return std::move(*work.error);
  // The others' last bytes are all that this thread may have to tell of.
  if (options.progress && work.bytes > 0) options.progress(work.bytes);
  return std::move(work.digests);
}

}  // namespace

std::size_t usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0)
    return std::max<std::size_t>(static_cast<std::size_t>(CPU_COUNT(&set)), 1);
  return std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

Result<std::vector<ContentDigest>> hash_stream_files(
    int root_fd, const std::vector<HashJob>& jobs,
    const std::vector<std::uint64_t>& lengths, const HashOptions& options) {
  if (options.algorithm == HashAlgorithm::blake2b)
    return hash_all<Blake2bMethod>(root_fd, jobs, lengths, options);
  return hash_all<Sha256Method>(root_fd, jobs, lengths, options);
}

}  // namespace sigstore
