// SPDX-License-Identifier: Apache-2.0
#include "hub-client/download/engine.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "hub-client/download/file_digests.h"

namespace sigstore::hub {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Descriptors, where a process may have 1024.
constexpr std::size_t kOpenFiles = 96;
constexpr std::size_t kHashThreads = 4;
// The verifier is told of so many new bytes at once.
constexpr std::uint64_t kAnnounced = 4U << 20U;
constexpr milliseconds kHouse{50};
constexpr milliseconds kProgress{100};

std::vector<std::uint64_t> sizes_of(std::span<const WantedFile> files) {
  std::vector<std::uint64_t> sizes;
  sizes.reserve(files.size());
  for (const WantedFile& file : files) sizes.push_back(file.size);
  return sizes;
}

std::size_t hash_threads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1,
                                 kHashThreads);
}

}  // namespace

Engine::Engine(http::StreamClient& network, std::span<const WantedFile> files,
               const ContentSource& source, const Finished& finished,
               const DownloadOptions& options)
    : network_(network),
      wanted_(files),
      source_(source),
      finished_(finished),
      options_(options),
      plan_(sizes_of(files), options.plan),
      connections_(options.connections),
      workers_(hash_threads()),
      files_(files.size()),
      syncer_(std::make_unique<Workers>(1)) {
  for (const WantedFile& file : files) total_bytes_ += file.size;
}

void Engine::stop_with(Error error) {
  if (!error_) error_ = std::move(error);
}

Result<void> Engine::verify_from_start(std::size_t file) {
  const WantedFile& wanted = wanted_[file];
  Open& open_file = *files_[file].open;
  TRY_ASSIGN(FileDigests digests,
             FileDigests::create(wanted.path, wanted.size, wanted.expected));
  open_file.announced = 0;
  open_file.verifier = std::make_unique<StreamVerifier>(
      open_file.partial->fd(), wanted.size, std::move(digests), workers_,
      [this, file](Result<void> verdict) { judged(file, std::move(verdict)); });
  return {};
}

Result<void> Engine::open(std::size_t file) {
  const WantedFile& wanted = wanted_[file];
  auto opened = std::make_unique<Open>();
  TRY_ASSIGN(opened->partial,
             PartialFile::open(wanted.partial, wanted.etag, wanted.size));
  opened->next_checkpoint = steady_clock::now() + options_.checkpoint;
  if (!plan_.is_small(file)) {
    opened->resumed = opened->partial->have().total();
    opened->written_down = opened->resumed;
    report_.resumed += opened->resumed;
    done_bytes_ += opened->resumed;
    plan_.open(file, opened->partial->have());
  }
  files_[file].open = std::move(opened);
  open_.push_back(file);
  TRY(verify_from_start(file));
  if (!plan_.is_small(file)) announce(file);
  return {};
}

void Engine::announce(std::size_t file) {
  Open& open_file = *files_[file].open;
  const bool complete = plan_.is_complete(file);
  const std::uint64_t prefix = plan_.have(file).prefix();
  if (!complete && prefix < open_file.announced + kAnnounced) return;
  open_file.announced = prefix;
  open_file.verifier->advance(prefix);
}

// Bytes that are here already are never written again: they may have been
// hashed. That a server sends them twice happens where it ignores ranges.
Result<void> Engine::store(std::size_t file, std::uint64_t offset,
                           ByteView bytes) {
  ByteRange rest{offset, offset + bytes.size()};
  while (rest.size() > 0) {
    const ByteRange gap = plan_.have(file).first_gap(rest);
    if (gap.size() == 0) break;
    TRY(files_[file].open->partial->write_at(
        gap.start, bytes.subspan(static_cast<std::size_t>(gap.start - offset),
                                 static_cast<std::size_t>(gap.size()))));
    plan_.received(file, gap);
    report_.fetched += gap.size();
    done_bytes_ += gap.size();
    if (!plan_.is_small(file)) large_bytes_ += gap.size();
    rest.start = gap.end;
  }
  if (!plan_.is_small(file)) announce(file);
  return {};
}

Result<void> Engine::start(const Block& block) {
  File& file = files_[block.file];
  if (!file.open) TRY(open(block.file));
  if (block.range.size() == 0) {
    plan_.ended(block);
    announce(block.file);
    return {};
  }
  Place place;
  if (file.place) {
    place = *file.place;
  } else {
    TRY_ASSIGN(place.request, source_.first(block.file));
  }
  auto stream =
      std::make_unique<BlockStream>(*this, block, wanted_[block.file].size);
  stream->ask(network_, std::move(place.request), place.is_first, options_);
  streams_.push_back(std::move(stream));
  report_.connections = std::max(report_.connections, streams_.size());
  return {};
}

void Engine::fill() {
  const Time now = steady_clock::now();
  while (!error_) {
    while (open_.size() < kOpenFiles && !error_) {
      const std::optional<std::size_t> file = plan_.next_file();
      if (!file) break;
      if (Result<void> opened = open(*file); !opened.ok())
        stop_with(std::move(opened).error());
    }
    PlanRoom room;
    room.large = connections_.limit();
    room.most = std::max<std::size_t>(options_.connections.most, 1);
    room.may_locate = now >= locate_after_;
    room.may_fetch = now >= fetch_after_;
    room.may_open = open_.size() < kOpenFiles;
    const std::optional<Block> block = plan_.next(room);
    if (!block) break;
    if (Result<void> started = start(*block); !started.ok())
      stop_with(std::move(started).error());
  }
  if (plan_.large_streams() < connections_.limit()) busy_ = false;
}

void Engine::show_progress() const {
  DownloadProgress progress;
  progress.done = done_bytes_;
  progress.total = total_bytes_;
  progress.files_done = report_.files;
  progress.files = files_.size();
  for (const std::size_t file : open_)
    progress.active.push_back({file, plan_.have(file).total()});
  options_.progress(progress);
}

// What is looked after now and then, and not for every byte.
void Engine::keep_house(Time now) {
  if (options_.stop != nullptr && options_.stop->load())
    stop_with(fail(ErrorKind::incomplete,
                   "stopped; what came is kept for the next time"));
  std::erase_if(held_, [&](std::size_t file) {
    if (now < files_[file].held_until) return false;
    plan_.release(file);
    return true;
  });
  if (now < next_house_) return;
  next_house_ = now + kHouse;
  for (const std::size_t file : open_) write_down(file, now);
  connections_.measure(now, large_bytes_, busy_);
  busy_ = true;
  if (!options_.progress || now < next_progress_) return;
  next_progress_ = now + kProgress;
  show_progress();
}

void Engine::turn() {
  const Time now = steady_clock::now();
  over_.clear();
  take_events();
  keep_house(now);
  if (error_ || report_.files == files_.size()) return;
  fill();
  milliseconds wait = kHouse;
  for (const std::size_t file : held_)
    wait = std::min(
        wait, std::chrono::ceil<milliseconds>(files_[file].held_until - now));
  if (Result<void> polled = network_.poll(std::max(wait, milliseconds(0)));
      !polled.ok())
    stop_with(std::move(polled).error());
}

// All that can be said without asking anybody.
Result<void> Engine::check() const {
  std::vector<const std::filesystem::path*> partials;
  for (const WantedFile& file : wanted_) {
    TRY(FileDigests::create(file.path, file.size, file.expected));
    partials.push_back(&file.partial);
  }
  const auto less = [](const auto* a, const auto* b) { return *a < *b; };
  const auto same = [](const auto* a, const auto* b) { return *a == *b; };
  std::sort(partials.begin(), partials.end(), less);
  const auto twice = std::adjacent_find(partials.begin(), partials.end(), same);
  if (twice == partials.end()) return {};
  return fail(ErrorKind::internal, "asked twice for ", (*twice)->string());
}

Result<DownloadReport> Engine::run() {
  TRY(check());
  while (!error_ && report_.files < files_.size()) turn();
  shut_down();
  if (options_.progress) show_progress();
  if (error_) return std::move(*error_);
  return report_;
}

}  // namespace sigstore::hub
