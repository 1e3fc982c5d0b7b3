// SPDX-License-Identifier: Apache-2.0
#pragma once

// Private to download/: all that one download is about. The network's thread
// runs it; workers hash, one more writes down what is here.

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "hub-client/download/block_plan.h"
#include "hub-client/download/block_stream.h"
#include "hub-client/download/connection_controller.h"
#include "hub-client/download/download.h"
#include "hub-client/download/partial_file.h"
#include "hub-client/download/stream_verifier.h"
#include "hub-client/download/workers.h"

namespace sigstore::hub {

class Engine final : public BlockOwner {
 public:
  Engine(http::StreamClient& network, std::span<const WantedFile> files,
         const ContentSource& source, const Finished& finished,
         const DownloadOptions& options);

  Result<DownloadReport> run();

  void answered(BlockStream& stream) override;
  Result<void> store(std::size_t file, std::uint64_t offset,
                     ByteView bytes) override;
  void ended(BlockStream& stream, Result<void> result) override;

 private:
  using Time = std::chrono::steady_clock::time_point;

  // What is held of a file while it is on its way.
  struct Open {
    std::unique_ptr<PartialFile> partial;
    std::unique_ptr<StreamVerifier> verifier;  // goes before the partial
    std::uint64_t announced = 0;               // to the verifier
    std::uint64_t resumed = 0;  // of what is here; none after a restart
    bool checkpointing = false;
    std::uint64_t written_down = 0;
    Time next_checkpoint = {};
  };
  struct Place {
    ContentRequest request;
    bool is_first = true;  // what ContentSource names, and nothing else
  };
  struct File {
    std::unique_ptr<Open> open = nullptr;
    std::optional<Place> place = std::nullopt;
    int failures = 0;  // since something came
    Time last_failure = {};
    Time held_until = {};
    int forbidden = 0;
  };
  // What another thread has to say.
  struct Event {
    enum class What : std::uint8_t { placed, refused, checkpointed };
    What what;
    std::size_t file;
    Result<void> result;
    std::chrono::milliseconds took = {};
  };

  // engine.cpp: the loop
  Result<void> check() const;
  void turn();
  void fill();
  Result<void> open(std::size_t file);
  Result<void> start(const Block& block);
  Result<void> verify_from_start(std::size_t file);
  void announce(std::size_t file);
  void keep_house(Time now);
  void show_progress() const;
  void stop_with(Error error);

  // engine_files.cpp: what becomes of files
  void judged(std::size_t file, Result<void> verdict);
  void post(Event event);
  void take_events();
  bool take_event(Event& event);
  void restart(std::size_t file);
  void write_down(std::size_t file, Time now);
  void close(std::size_t file);
  void shut_down();

  // engine_answers.cpp: what becomes of requests
  void follow(BlockStream& stream);
  void settle(BlockStream& stream, Result<void> result);
  void forbidden(BlockStream& stream);
  void try_again(BlockStream& stream, Error error,
                 std::optional<std::chrono::milliseconds> asked = std::nullopt);
  void remove(BlockStream& stream);

  http::StreamClient& network_;
  std::span<const WantedFile> wanted_;
  const ContentSource& source_;
  const Finished& finished_;
  const DownloadOptions& options_;

  BlockPlan plan_;
  ConnectionController connections_;
  DownloadReport report_;
  std::optional<Error> error_;  // ends it
  std::uint64_t large_bytes_ = 0;
  std::uint64_t done_bytes_ = 0;
  std::uint64_t total_bytes_ = 0;
  bool busy_ = true;  // all connections, since they were counted last
  Time next_house_ = {};
  Time next_progress_ = {};
  Time locate_after_ = {};
  Time fetch_after_ = {};
  std::vector<std::size_t> held_;

  std::mutex events_mutex_;
  std::vector<Event> events_;
  std::mutex finished_mutex_;

  // In this order: those who use something go before it.
  Workers workers_;
  std::vector<File> files_;
  std::vector<std::size_t> open_;
  std::unique_ptr<Workers> syncer_;
  std::vector<std::unique_ptr<BlockStream>> streams_;
  std::vector<std::unique_ptr<BlockStream>> over_;  // may be on the stack
};

}  // namespace sigstore::hub
