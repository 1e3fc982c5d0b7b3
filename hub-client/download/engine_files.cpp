// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <utility>

#include "hub-client/download/engine.h"

namespace sigstore::hub {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

}  // namespace

void Engine::post(Event event) {
  {
    const std::lock_guard lock(events_mutex_);
    events_.push_back(std::move(event));
  }
  network_.wake();
}

// From a worker, which nobody else waits for: a file that is what it should be
// goes to its place here.
void Engine::judged(std::size_t file, Result<void> verdict) {
  if (!verdict.ok()) {
    post({Event::What::refused, file, std::move(verdict)});
    return;
  }
  PartialFile& partial = *files_[file].open->partial;
  partial.finish();
  Result<void> placed;
  {
    const std::lock_guard lock(finished_mutex_);
    placed = finished_(file, partial.path());
  }
  if (placed.ok())
    partial.remove_sidecar();
  else
    partial.unfinish();
  post({Event::What::placed, file, std::move(placed)});
}

void Engine::write_down(std::size_t file, Time now) {
  Open& open_file = *files_[file].open;
  if (plan_.is_small(file) || open_file.checkpointing ||
      now < open_file.next_checkpoint ||
      plan_.have(file).total() == open_file.written_down)
    return;
  open_file.checkpointing = true;
  open_file.written_down = plan_.have(file).total();
  syncer_->post(
      [this, file, partial = open_file.partial.get(), have = plan_.have(file)] {
        const Time start = steady_clock::now();
        Result<void> result = partial->checkpoint(have);
        post({Event::What::checkpointed, file, std::move(result),
              std::chrono::duration_cast<milliseconds>(steady_clock::now() -
                                                       start)});
      });
}

void Engine::close(std::size_t file) {
  files_[file].open.reset();
  std::erase(open_, file);
}

// What was here from before may have been damaged with the machine, which is
// nobody's fault at the other end: only what came now speaks of that.
void Engine::restart(std::size_t file) {
  Open& open_file = *files_[file].open;
  open_file.verifier.reset();
  report_.resumed -= open_file.resumed;
  ++report_.retries;
  done_bytes_ -= wanted_[file].size;
  open_file.resumed = 0;
  open_file.written_down = 0;
  Result<void> restarted = open_file.partial->restart();
  if (restarted.ok()) restarted = verify_from_start(file);
  plan_.restart(file);
  if (!restarted.ok()) stop_with(std::move(restarted).error());
}

// False when it has to wait.
bool Engine::take_event(Event& event) {
  Open& open_file = *files_[event.file].open;
  if (event.what == Event::What::checkpointed) {
    open_file.checkpointing = false;
    // As much time for the rest as the disk took for this.
    open_file.next_checkpoint =
        steady_clock::now() + std::max(options_.checkpoint, event.took);
    if (!event.result.ok()) stop_with(std::move(event.result).error());
    return true;
  }
  if (open_file.checkpointing) return false;
  if (event.what == Event::What::placed) {
    if (event.result.ok()) {
      ++report_.files;
      close(event.file);
      return true;
    }
    stop_with(
        std::move(event.result).error().context(wanted_[event.file].path));
    return true;
  }
  const bool differs = event.result.error().kind == ErrorKind::content_differs;
  if (differs && open_file.resumed > 0 && !error_) {
    // A digest of its start may say no before the rest has come.
    if (plan_.on_the_way(event.file) > 0 || !plan_.is_complete(event.file))
      return false;
    restart(event.file);
    return true;
  }
  stop_with(std::move(event.result).error());
  if (!differs) return true;
  open_file.verifier.reset();
  open_file.partial->discard();
  close(event.file);
  return true;
}

void Engine::take_events() {
  std::vector<Event> events;
  {
    const std::lock_guard lock(events_mutex_);
    events = std::exchange(events_, {});
  }
  std::vector<Event> waiting;
  for (Event& event : events)
    if (!take_event(event)) waiting.push_back(std::move(event));
  if (waiting.empty()) return;
  const std::lock_guard lock(events_mutex_);
  for (Event& event : waiting) events_.push_back(std::move(event));
}

// Everything comes to rest; what is on its way stays for the next time.
void Engine::shut_down() {
  for (const auto& stream : streams_) stream->cancel(network_);
  streams_.clear();
  over_.clear();
  for (const std::size_t file : open_) files_[file].open->verifier.reset();
  syncer_.reset();  // when it has done what it was given
  take_events();    // those that made it to their place meanwhile
  take_events();
  for (const std::size_t file : std::vector<std::size_t>(open_)) {
    PartialFile& partial = *files_[file].open->partial;
    const ByteRanges& have = plan_.have(file);
    if (plan_.is_small(file) || have.total() == 0)
      partial.discard();
    else if (Result<void> kept = partial.checkpoint(have); !kept.ok())
      stop_with(std::move(kept).error());
    close(file);
  }
}

}  // namespace sigstore::hub
