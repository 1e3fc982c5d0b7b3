// SPDX-License-Identifier: Apache-2.0
#include "core/hash/blake3_files.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/hash/blake3.h"
#include "core/hash/blake_kernels.h"
#include "core/hash/mapped_range.h"
#include "core/hash/open_job.h"
#include "core/hash/small_files.h"
#include "core/hash/stream_files.h"

namespace sigstore {
namespace {

constexpr std::uint64_t kPiece = 1024ULL * 1024;  // bytes, a power of two
constexpr std::uint64_t kMostPieces = 128ULL * 1024;
// Bytes: the threads take pieces of one file in turn, in which the system sees
// no sequence to read ahead of.
constexpr std::uint64_t kAhead = 4 * kPiece;
// Bytes that go out of memory at a time, because each time all other threads
// are interrupted.
constexpr std::uint64_t kStretch = 4 * kPiece;

// A power of two, and not too many of them.
std::uint64_t piece_of(std::uint64_t size) {
  std::uint64_t piece = kPiece;
  while (size / piece >= kMostPieces) piece *= 2;
  return piece;
}

// A job that is longer than a piece.
struct Tree {
  std::size_t job = 0;
  std::uint64_t piece = 0;  // bytes of each but the last
  std::size_t pieces = 0;   // in all
  std::size_t stretch = 1;  // pieces that go out of memory together
  OpenedFile file{};
  MappedRange map{};
  std::vector<Blake3Value> values{};
  std::atomic<std::size_t> left{0};               // pieces that are not done
  std::vector<std::atomic<std::uint8_t>> done{};  // pieces of each stretch
};

// What the threads share; `mutex` guards what goes next, and the error.
struct Work {
  int root_fd;
  const std::vector<HashJob>& jobs;
  const std::vector<std::uint64_t>& lengths;
  const HashOptions& options;
  Blake3Lanes lanes;
  std::vector<ContentDigest> digests;
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<bool> failed{false};
  std::mutex mutex{};
  std::size_t next_job = 0;
  std::map<std::size_t, Tree> trees{};  // by job: those that are not done
  Tree* tree = nullptr;  // the one of them whose pieces are given out
  std::size_t next_piece = 0;
  std::optional<Error> error{};
};

class Worker {
 public:
  Worker(Work& work, bool reports) : work_(work), reports_(reports) {}

  void run() {
    const MappingGuard guard;
    Result<void> done = run_all();
    if (done.ok()) return;
    const std::lock_guard lock(work_.mutex);
    work_.failed = true;
    if (!work_.error) work_.error = std::move(done).error();
  }

 private:
  // What one thread does next: a short job, or a piece of a long one.
  struct Task {
    std::size_t job = 0;
    Tree* tree = nullptr;
    std::size_t piece = 0;
  };

  Result<void> run_all() {
    while (!work_.failed) {
      TRY_ASSIGN(const std::optional<Task> task, claim());
      if (!task) return {};
      if (task->tree != nullptr) {
        TRY(hash_piece(*task->tree, task->piece));
      } else {
        TRY(hash_short(task->job));
      }
    }
    return {};
  }

  Result<std::optional<Task>> claim() {
    const std::lock_guard lock(work_.mutex);
    if (work_.tree == nullptr) {
      if (work_.next_job == work_.jobs.size()) return std::optional<Task>();
      const std::size_t job = work_.next_job++;
      if (work_.jobs[job].size <= kPiece)
        return std::optional<Task>(Task{.job = job});
      work_.tree = &work_.trees[job];
      TRY(open_tree(*work_.tree, job));
      work_.next_piece = 0;
    }
    const std::size_t piece = work_.next_piece++;
    const Task task{work_.tree->job, work_.tree, piece};
    if (work_.next_piece == work_.tree->pieces) work_.tree = nullptr;
    return std::optional<Task>(task);
  }

  Result<void> open_tree(Tree& tree, std::size_t number) const {
    const HashJob& job = work_.jobs[number];
    TRY_ASSIGN(tree.file,
               open_job(work_.root_fd, job.path, work_.lengths[number],
                        work_.options.follow_symlinks));
    tree.job = number;
    tree.piece = piece_of(job.size);
    tree.pieces =
        static_cast<std::size_t>((job.size + tree.piece - 1) / tree.piece);
    tree.map = MappedRange(tree.file.fd.get(), job.start, job.size);
    tree.values.resize(tree.pieces);
    tree.left = tree.pieces;
    tree.stretch = static_cast<std::size_t>(
        std::max<std::uint64_t>(kStretch / tree.piece, 1));
    tree.done =
        std::vector<std::atomic<std::uint8_t>>(tree.pieces / tree.stretch + 1);
    return {};
  }

  void report(std::uint64_t bytes) {
    work_.bytes += bytes;
    if (reports_ && work_.options.progress) work_.options.progress(work_.bytes);
  }

  Result<void> hash_short(std::size_t number) {
    const HashJob& job = work_.jobs[number];
    buffer_.resize(kPiece + 1);
    TRY(read_small(work_.root_fd, {&job, work_.lengths[number]},
                   work_.options.follow_symlinks, buffer_.data()));
    const ByteView bytes =
        ByteView(buffer_).first(static_cast<std::size_t>(job.size));
    work_.digests[number] = to_digest(work_.lanes.root(bytes));
    report(job.size);
    return {};
  }

  Result<ByteView> fetch(const Tree& tree, std::uint64_t offset,
                         std::size_t size) {
    const HashJob& job = work_.jobs[tree.job];
    if (tree.map.valid()) {
      const std::uint64_t ahead = offset + kAhead;
      const std::uint64_t last = std::min(ahead + size, job.size) - 1;
      // The system would look for each of its pages.
      if (ahead <= last && !is_in_memory(tree.file.fd.get(), job.start + last))
        tree.map.announce(ahead, size);
      tree.map.touch(offset, size);
      return ByteView(tree.map.data() + offset, size);
    }
    buffer_.resize(std::max(buffer_.size(), size));
    const std::span<std::uint8_t> to(buffer_.data(), size);
    TRY(read_job(tree.file.fd.get(), job, offset, to));
    return ByteView(to);
  }

  Result<void> hash_piece(Tree& tree, std::size_t piece) {
    const HashJob& job = work_.jobs[tree.job];
    const std::uint64_t offset = piece * tree.piece;
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>(tree.piece, job.size - offset));
    MappedRange::forget_lost();
    TRY_ASSIGN(const ByteView bytes, fetch(tree, offset, size));
    tree.values[piece] = work_.lanes.subtree(bytes, offset / kBlake3Chunk);
    if (MappedRange::lost_bytes()) {
      TRY(check_unchanged(work_.root_fd, job.path, tree.file.status,
                          work_.options.follow_symlinks));
      return fail(ErrorKind::io, "cannot read ", job.path);
    }
    drop(tree, piece / tree.stretch);
    if (--tree.left == 0) TRY(finish(tree));
    report(size);
    return {};
  }

  // By whoever was last in it: what is read again would stay.
  static void drop(Tree& tree, std::size_t stretch) {
    if (++tree.done[stretch] < tree.stretch || !tree.map.valid()) return;
    const std::uint64_t size = tree.stretch * tree.piece;
    tree.map.drop(stretch * size, static_cast<std::size_t>(size));
  }

  // Nobody else has anything of it any more.
  Result<void> finish(Tree& tree) {
    work_.digests[tree.job] =
        to_digest(work_.lanes.root(std::move(tree.values)));
    TRY(check_unchanged(work_.root_fd, work_.jobs[tree.job].path,
                        tree.file.status, work_.options.follow_symlinks));
    const std::lock_guard lock(work_.mutex);
    work_.trees.erase(tree.job);
    return {};
  }

  Work& work_;
  bool reports_;
  Bytes buffer_;
};

}  // namespace

Result<std::vector<ContentDigest>> hash_blake3_files(
    int root_fd, const std::vector<HashJob>& jobs,
    const std::vector<std::uint64_t>& lengths, const HashOptions& options) {
  Work work{.root_fd = root_fd,
            .jobs = jobs,
            .lengths = lengths,
            .options = options,
            .lanes = Blake3Lanes(options.engine),
            .digests = std::vector<ContentDigest>(jobs.size())};
  std::uint64_t pieces = 0;
  for (const HashJob& job : jobs) pieces += 1 + job.size / kPiece;
  const auto threads = static_cast<std::size_t>(
      std::clamp<std::uint64_t>(pieces, 1, usable_cores()));
  {
    std::vector<std::jthread> running;
    for (std::size_t i = 1; i < threads; ++i)
      running.emplace_back([&work] { Worker(work, false).run(); });
    Worker(work, true).run();
  }
  if (work.error) return std::move(*work.error);
  // The others' last bytes are all that this thread may have to tell of.
  if (options.progress && work.bytes > 0) options.progress(work.bytes);
  return std::move(work.digests);
}

}  // namespace sigstore
